"""What the lines of an app made, as its assembly tells: what rules may build on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tapfix.model.cdk.constructs import CONTAINERS
from tapfix.model.shown import Made
from tapfix.proof import KEEPING
from tapfix.verify.assembly import Assembly, Resource

_LIBRARY = "aws-cdk-lib."
_PYTHON = "aws_cdk."
_CHILDREN = ("Resource", "Default")
"""The ids of the resource that a construct stands for, below it."""


def made_by(root: Path, assembly: Assembly) -> Mapping[tuple[str, int], tuple[Made, ...]]:
    """The constructs that lines of the app in the folder ``root`` made, as ``Shown`` has them."""
    lines: dict[tuple[str, int], dict[str, Made]] = {}
    for resource in assembly.resources:
        path = _maker(resource.path, assembly.classes)
        if resource.frames and path is not None and resource.path in _own(path):
            frame = resource.frames[0]
            file = os.path.normpath(root / frame.path)
            known = lines.setdefault((file, frame.line), {})
            known[path] = _made(path, resource, assembly.classes[path])
    return {line: tuple(made.values()) for line, made in lines.items()}


def _maker(path: str, classes: Mapping[str, str]) -> str | None:
    """The construct of the library in which a resource lies, by path: the outermost one.

    What carries others is none: an app's own code makes what is in it.
    """
    around = (outer for outer in _outward(path) if _is_own_class(classes.get(outer, "")))
    return next(around, None)


def _outward(path: str) -> Iterator[str]:
    """The paths to a resource, the outermost first."""
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts) + 1))


def _is_own_class(name: str) -> bool:
    return name.startswith(_LIBRARY) and name.removeprefix(_LIBRARY) not in CONTAINERS


def _own(path: str) -> tuple[str, ...]:
    return (path, *(f"{path}/{child}" for child in _CHILDREN))


def _made(path: str, resource: Resource, cls: str) -> Made:
    return Made(
        _PYTHON + cls.removeprefix(_LIBRARY),
        path.rpartition("/")[2],
        resource.body.get("DeletionPolicy") in KEEPING,
        resource.properties,
    )
