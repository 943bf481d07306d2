"""An app as ``cdk deploy`` sees it: stacks in order, nested templates, and assets."""

from __future__ import annotations

import graphlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cycles import stack_graph
from tests.rehearsal.cloud import ACCOUNT, REGION
from tests.synthesis import Template, synthesise

ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
"""The bucket that ``cdk bootstrap`` makes."""


@dataclass(frozen=True)
class App:
    """A synthesised app.

    ``stacks`` are templates by the stacks' names, each after those it imports from; ``nested``
    templates by the hash that a nested stack's URL has; ``assets`` the zip archives by their keys
    in the bucket of assets.
    """

    stacks: Mapping[str, Template]
    nested: Mapping[str, Template]
    assets: Mapping[str, bytes]


def synthesised(folder: Path, suffix: str) -> App:
    """An app in the environment ``suffix``; raises RuntimeError if it does not synthesise.

    Layers are not bundled: the folder that would be is taken as it is.
    """
    context: dict[str, Any] = dict.fromkeys(
        ("environmentSuffix", "stage", "env", "env_name"), suffix
    )
    context["aws:cdk:bundling-stacks"] = []
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        made = synthesise(folder, context=context, env={"ENVIRONMENT_SUFFIX": suffix}, outdir=out)
        if made.error is not None:
            raise RuntimeError(f"{folder}: {made.error}")
        files = dict(_files(out))
        nested = {
            key.removesuffix(".json"): json.loads(path.read_text("utf-8"))
            for key, path in files.items()
            if path.name.endswith(".nested.template.json")
        }
        assets = {key: _zipped(path) for key, path in files.items() if key.endswith(".zip")}
        own = {name for name in made.templates if not _is_nested(out, name)}
        order = graphlib.TopologicalSorter(stack_graph(made.templates)).static_order()
        stacks = {name: made.templates[name] for name in order if name in own}
        return App(stacks, nested, assets)


def _files(assembly: Path) -> Iterator[tuple[str, Path]]:
    """The files that a deployment uploads, by their keys."""
    for manifest in assembly.rglob("*.assets.json"):
        for asset in json.loads(manifest.read_text("utf-8"))["files"].values():
            for destination in asset["destinations"].values():
                yield destination["objectKey"], manifest.parent / asset["source"]["path"]


def _is_nested(assembly: Path, name: str) -> bool:
    return any(assembly.rglob(f"{name}.nested.template.json"))


def _zipped(path: Path) -> bytes:
    """A folder as the archive that is uploaded for it; an archive as it is."""
    if path.is_file():
        return path.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in sorted(path.rglob("*")):
            archive.write(file, file.relative_to(path))
    return buffer.getvalue()
