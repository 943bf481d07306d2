"""What a run changes, as lines that take the place of others: what reports and reviews show."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tapfix.api.result import Result
from tapfix.engine.errors import RewriteError
from tapfix.engine.source import decode

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


class NoText(Exception):
    """A changed file is no text that can be told; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a file holds: its lines with their ends, without byte-order mark."""

    lines: tuple[str, ...]
    encoding: str = "utf-8"
    exists: bool = True

    def patched(self, hunks: Sequence[Hunk]) -> tuple[str, ...]:
        """The lines with hunks of this file done."""
        lines = list(self.lines)
        for hunk in sorted(hunks, key=lambda hunk: hunk.start, reverse=True):
            lines[hunk.start : hunk.end] = hunk.new
        return tuple(lines)


@dataclass(frozen=True, slots=True)
class Hunk:
    """New lines for the lines ``start`` to ``end`` of a file, 0-based, the end not included.

    ``old`` is the whole file as it was; ``deletes`` says that there is to be no file. What
    ``first`` says is where the new lines begin in the file as it becomes.
    """

    path: str
    start: int
    end: int
    new: tuple[str, ...]
    old: Text = field(repr=False)
    first: int = 0
    deletes: bool = False

    def meets(self, start: int, end: int) -> bool:
        """Whether it shares a line, or an edge, with a range of lines of the file as it was."""
        return self.start <= end and start <= self.end


def hunks_of(result: Result) -> tuple[Hunk, ...]:
    """All that a result changes, in order of path and line.

    Raises ``NoText`` where a file that changes is no text.
    """
    changes = sorted(result.changes.items())
    return tuple(hunk for path, pair in changes for hunk in _hunks(path, *pair))


def text_of(path: str, data: bytes | None) -> Text:
    """A file as lines, of Python files in the encoding that they declare. Raises ``NoText``."""
    if data is None:
        return Text((), exists=False)
    try:
        source = decode(data) if path.endswith(".py") else None
        string = (source.text if source is not None else data).decode()
    except (RewriteError, UnicodeDecodeError) as error:
        raise NoText(f"{path}: {error}") from None
    return Text(tuple(_LINE.findall(string)), source.encoding if source else "utf-8")


def _hunks(path: str, before: bytes | None, after: bytes | None) -> Iterator[Hunk]:
    old, new = text_of(path, before), text_of(path, after)
    if before is None or after is None:
        yield Hunk(path, 0, len(old.lines), new.lines, old, deletes=after is None)
        return
    for tag, start, end, first, last in opcodes(old.lines, new.lines):
        if tag != "equal":
            yield Hunk(path, start, end, new.lines[first:last], old, first)


def opcodes(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """What becomes of the lines of a text, as difflib says it."""
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
