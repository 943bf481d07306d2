"""The formats of a report by name, and where each report goes."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tapfix.report.content import Content

FORMATS = {
    "text": "text",
    "concise": "concise",
    "json": "json",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
    "rdjson": "rdjson",
    "markdown": "markdown",
    "html": "html",
}
"""Each format, and the module of this package that writes it; only those asked for are loaded."""

FOR_PEOPLE = frozenset({"text", "concise", "markdown"})
"""Formats beside which the talk of a run does no harm; they count where counts are asked for."""

_STANDARD_OUTPUT = "-"


class Writer(Protocol):
    """Writes one format."""

    def __call__(self, content: Content) -> str | bytes:
        """The whole report; bytes where it holds those of files."""
        ...


class BadTarget(ValueError):
    """Formats or files that do not go together; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A format, and the file that it goes to; None: standard output."""

    format: str
    file: Path | None = None


def writer(name: str) -> Writer:
    """What writes a format."""
    write: Writer = importlib.import_module(f"tapfix.report.{FORMATS[name]}").write
    return write


def targets(words: Sequence[str], file: str | None) -> tuple[Target, ...]:
    """The reports that are asked for: ``FORMAT`` or ``FORMAT:FILE`` each, without any: text.

    ``file`` is where the one goes that has no file of its own. Raises ``BadTarget``.
    """
    found = [_target(word) for word in words or ("text",)]
    open_ones = [one for one in found if one.file is None]
    if file is not None:
        if len(open_ones) != 1:
            raise BadTarget("--output-file is for the one --output-format without a file")
        found = [Target(one.format, Path(file)) if one in open_ones else one for one in found]
    found = [Target(one.format) if str(one.file) == _STANDARD_OUTPUT else one for one in found]
    _check_apart(found)
    return tuple(found)


def _target(word: str) -> Target:
    name, colon, file = word.partition(":")
    if name not in FORMATS:
        raise BadTarget(f"there is no format {name!r}: {', '.join(FORMATS)}")
    if colon and not file:
        raise BadTarget(f"{word!r} names no file: FORMAT or FORMAT:FILE")
    return Target(name, Path(file) if colon else None)


def _check_apart(found: Iterable[Target]) -> None:
    """Two reports in one place would be neither."""
    taken: dict[str | None, str] = {}
    for one in found:
        place = os.path.realpath(one.file) if one.file is not None else None
        if place in taken:
            where = one.file if one.file is not None else "standard output"
            raise BadTarget(f"both {taken[place]} and {one.format} would go to {where}")
        taken[place] = one.format
