"""What a synthesis showed of an app's lines: more than reading the source can tell.

A verification makes it. Without one nothing is shown, and rules rest on the source alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any


@dataclass(frozen=True, slots=True)
class Made:
    """A construct that a line of the app made.

    ``cls`` is the dotted Python name of its class in the library, or of the library's class that
    its own derives from. ``properties`` are those of its resource in the template; ``kept`` says
    whether that outlives its stack.
    """

    cls: str
    id: str
    kept: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """The constructs that lines made, by file and 1-based line.

    ``files`` are the files as they were synthesised.
    """

    lines: Mapping[tuple[str, int], tuple[Made, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def between(self, path: str, first: int, last: int) -> tuple[Made, ...]:
        """What some lines of a file made."""
        if not self.lines:
            return ()
        return tuple(
            made for line in range(first, last + 1) for made in self.lines.get((path, line), ())
        )

    def only(self, lines: Collection[tuple[str, int]]) -> Shown:
        """The same of some lines alone."""
        kept = {line: made for line, made in self.lines.items() if line in lines}
        return Shown(kept, self.files)

    def carried_to(self, files: Mapping[str, bytes]) -> Shown:
        """The same of files as they are now: lines that have changed show nothing."""
        moved = {
            path: _moved(data, files.get(path, b""))
            for path, data in self.files.items()
            if files.get(path) != data
        }
        if not moved:
            return self
        return Shown(dict(self._carried(moved)), files)

    def _carried(
        self, moved: Mapping[str, Mapping[int, int]]
    ) -> Iterator[tuple[tuple[str, int], tuple[Made, ...]]]:
        for (path, line), made in self.lines.items():
            now = moved[path].get(line) if path in moved else line
            if now is not None:
                yield (path, now), made


def _moved(old: bytes, new: bytes) -> dict[int, int]:
    """Where the lines of a file stand in another version of it."""
    matcher = SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    return {
        start + number + 1: other + number + 1
        for start, other, size in matcher.get_matching_blocks()
        for number in range(size)
    }
