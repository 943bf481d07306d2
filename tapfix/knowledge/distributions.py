"""Which distribution brings a module, and which modules a Python runtime of Lambda has by itself.

The data beside this module are made by ``tools/build_distributions.py``: the distributions' from
their wheels, the standard library's from interpreters. Each fact carries the wheel it is from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "packages"
_CALENDAR = 1900
"""A version that starts with a higher number is a date: it promises nothing."""

OF_LAMBDA = frozenset(
    [
        "boto3",
        "botocore",
        "s3transfer",
        "jmespath",
        "dateutil",
        "six",
        "urllib3",
        "aws_durable_execution_sdk_python",
        "awslambdaric",
        "runtime_client",
        "lambda_runtime_client",
        "lambda_runtime_exception",
        "lambda_runtime_marshaller",
        "snapshot_restore_py",
    ]
)
"""What Lambda's Python runtimes bring besides the standard library, some of them at least.

The SDKs (the developer guide says so), what they need, and the runtime's own client. They come in
a version of Lambda's choice and without a promise, but a handler that imports one runs.
"""

# No interpreter of that version was at hand; its release notes name them.
_SINCE_14 = frozenset(["annotationlib", "compression"])


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution of the package index.

    ``requirement`` is its name, with the extras that a handler needs; ``source`` the wheel that is
    the source of these facts. ``python`` is the minor version of the lowest Python 3 it takes,
    ``megabytes`` its size unpacked, without what it needs itself: ``needs``, by canonical names.
    """

    requirement: str
    source: str
    version: str
    python: int
    megabytes: float
    needs: tuple[str, ...]
    modules: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its name as the index compares it."""
        return canonical(self.requirement)

    def pinned(self, minor: int) -> str:
        """A line for ``requirements.txt``: from the known version on, below the next major one.

        For a Python 3 of that minor version; one too old for the known version gets what the index
        still has for it.
        """
        first, second, *_ = [*self.version.split("."), "0"]
        after = f"0.{int(second) + 1}" if first == "0" else str(int(first) + 1)
        below = "" if int(first) > _CALENDAR else f"<{after}"
        since = f">={first}.{second}" if minor >= self.python else ""
        return self.requirement + ",".join(bound for bound in (since, below) if bound)


def canonical(requirement: str) -> str:
    """The name in a line of ``requirements.txt`` as the index compares it; empty if there is none.

    Extras, versions, markers and comments are no part of it.
    """
    found = re.match(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)", requirement)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def provider(module: str) -> Distribution | None:
    """The distribution to install for a module, by its dotted name; None if that is not known."""
    known = _by_module()
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((known[name] for name in names if name in known), None)


def distribution(name: str) -> Distribution | None:
    """A distribution by its name, however it is spelled; None if nothing is known of it."""
    return _by_name().get(canonical(name))


@cache
def _by_name() -> Mapping[str, Distribution]:
    found = (Distribution(**_frozen(entry)) for entry in _entries("distributions"))
    return {one.key: one for one in found}


@cache
def _by_module() -> Mapping[str, Distribution]:
    return {module: one for one in _by_name().values() for module in one.modules}


@cache
def standard_library(minor: int) -> frozenset[str]:
    """The topmost modules of Python 3's standard library in a minor version.

    Of one that is older or newer than those known, the nearest known one's.
    """
    now: set[str] = set()
    for index, change in enumerate(_entries("standard_library")):
        if index == 0 or change["python"] <= minor:
            now |= set(change["came"].split())
            now -= set(change["went"].split())
    return frozenset(now) | (_SINCE_14 if minor >= 14 else frozenset())


@cache
def former_standard_library() -> frozenset[str]:
    """The modules that any known Python 3 had, though a later one may have dropped them."""
    changes = _entries("standard_library")
    return frozenset(name for change in changes for name in change["came"].split())


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in entry.items()}


def _entries(name: str) -> list[dict[str, Any]]:
    content: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_bytes())
    entries: list[dict[str, Any]] = content["entries"]
    return entries
