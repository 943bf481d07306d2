"""What a journal says of a run: as values, and as the text that is kept.

A text that is none of ours, or was damaged, must do no harm: nothing in it is believed before all
of it has been looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tapfix.engine.files import Kind

_FORMAT = 1
_FOREVER = 2.0**40
"""Seconds for which no clock shows a date."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a run: its path as it was named, where it really is, and its names on the way.

    ``before`` and ``after`` are SHA-256 sums, None where there was no file. What it held is
    ``size`` bytes from ``offset``; ``kind`` is what it was besides. A link that comes or goes
    itself holds where it leads.
    """

    path: str
    target: str
    new: str
    old: str
    before: str | None
    after: str | None
    offset: int = 0
    size: int = 0
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run that wrote, or began to.

    ``number`` grows from run to run, ``time`` is when it began, in seconds since the epoch,
    ``undoes`` the number of the run that it took back, ``fixes`` how many fixes it made. ``made``
    are the folders it made, the outermost first, ``dropped`` those that it was to remove if empty.
    ``is_whole`` says whether it came to its end.
    """

    number: int
    time: float
    undoes: int | None
    fixes: int
    files: tuple[Kept, ...]
    made: tuple[str, ...]
    dropped: tuple[str, ...]
    is_whole: bool


def text_of(
    files: Sequence[Kept],
    made: Sequence[str],
    dropped: Sequence[str],
    *,
    time: float,
    undoes: int | None,
    fixes: int,
) -> bytes:
    """The text that says all of a run but its number and its end."""
    index = {
        "format": _FORMAT,
        "time": time,
        "undoes": undoes,
        "fixes": fixes,
        "files": [asdict(kept) for kept in files],
        "made": list(made),
        "dropped": list(dropped),
    }
    # ASCII: a path may hold bytes that are no UTF-8, which no encoder would take.
    return json.dumps(index).encode("ascii")


def run_of(text: bytes, number: int, *, is_whole: bool) -> Run:
    """A run from its text. Raises ValueError if that is none of ours."""
    try:
        index = _Table(json.loads(text))
    except RecursionError as error:
        raise ValueError("too deep") from error
    if index.number("format") != _FORMAT:
        raise ValueError("another version of tapfix wrote this")
    undoes = index.number_or_none("undoes")
    if undoes is not None and not undoes < number:
        raise ValueError("a run undoes an earlier one")
    return Run(
        number=number,
        time=index.time("time"),
        undoes=undoes,
        fixes=index.number("fixes"),
        files=tuple(_kept_of(_Table(file)) for file in index.list("files")),
        made=index.paths("made"),
        dropped=index.paths("dropped"),
        is_whole=is_whole,
    )


def _kept_of(file: _Table) -> Kept:
    before = file.text_or_none("before")
    kind = file.value("kind")
    if (before is None) is not (kind is None):
        raise ValueError("what was there is of a kind, and nothing else")
    return Kept(
        path=file.path("path"),
        target=file.path("target"),
        new=file.path("new"),
        old=file.path("old"),
        before=before,
        after=file.text_or_none("after"),
        offset=file.number("offset"),
        size=file.number("size"),
        kind=_kind_of(_Table(kind)) if kind is not None else None,
    )


def _kind_of(kind: _Table) -> Kind:
    return Kind(
        mode=kind.number("mode"),
        owner=kind.number("owner"),
        group=kind.number("group"),
        link=kind.text_or_none("link"),
    )


class _Table:
    """A table of JSON; what it does not hold as it is asked for is a ValueError."""

    def __init__(self, value: object) -> None:
        if not isinstance(value, Mapping):
            raise ValueError("a table is missing")
        self._value = value

    def value(self, key: str) -> object:
        if key not in self._value:
            raise ValueError(f"{key} is missing")
        return self._value[key]

    def number(self, key: str) -> int:
        value = self.value(key)
        if not isinstance(value, int) or value < 0:
            raise ValueError(f"{key} is no number")
        return value

    def number_or_none(self, key: str) -> int | None:
        return None if self.value(key) is None else self.number(key)

    def time(self, key: str) -> float:
        value = self.value(key)
        if not isinstance(value, int | float) or not 0 <= value < _FOREVER:
            raise ValueError(f"{key} is no time")
        return value

    def text_or_none(self, key: str) -> str | None:
        value = self.value(key)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{key} is no text")
        return value

    def path(self, key: str) -> str:
        return _path(self.value(key))

    def list(self, key: str) -> list[object]:
        value = self.value(key)
        if not isinstance(value, list):
            raise ValueError(f"{key} is no list")
        return value

    def paths(self, key: str) -> tuple[str, ...]:
        return tuple(map(_path, self.list(key)))


def _path(value: object) -> str:
    if not isinstance(value, str) or not Path(value).is_absolute() or "\0" in value:
        raise ValueError("a path is missing")
    return value
