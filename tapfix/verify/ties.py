"""Which resources of a template a finding is about: those that its lines of source made."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapfix.api.result import Reported
from tapfix.model.python.source import SourceError, parse
from tapfix.verify.assembly import Assembly, Frame, Resource


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a file, first and last, 1-based; the file by its path within the app."""

    path: str
    first: int
    last: int

    def hold(self, frame: Frame) -> bool:
        """Whether a line that was running is one of these."""
        return frame.path == self.path and self.first <= frame.line <= self.last


@dataclass(frozen=True, slots=True)
class Ties:
    """The resources of an assembly by the lines that made them.

    ``root`` is the app's folder; ``sources`` are its files before the change, where they changed.
    """

    root: Path
    assembly: Assembly
    sources: Mapping[str, bytes | None]

    def around(self, reported: Reported) -> Iterator[tuple[Resource, ...]]:
        """The resources that a finding's statement made, then those of what is around it.

        The narrowest first: the statement, the function, the class. Nothing where the file makes
        no resource, as a handler's.
        """
        for lines in self._ranges(reported):
            found = tuple(
                resource
                for resource in self.assembly.entries
                if any(lines.hold(frame) for frame in resource.frames)
            )
            if found:
                yield found

    def _ranges(self, reported: Reported) -> list[Lines]:
        path, line = reported.place.path, reported.place.line
        try:
            inner = str(Path(path).relative_to(self.root))
        except ValueError:
            return []
        data = self.sources.get(path)
        try:
            tree = parse(path, data if data is not None else Path(path).read_bytes()).tree
        except (OSError, SourceError):
            return []
        return [Lines(inner, first, last) for first, last in _enclosing(tree, line)]


def _enclosing(tree: ast.AST, line: int) -> list[tuple[int, int]]:
    """The statements around a line, the innermost first."""
    around = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return sorted(set(around), key=lambda lines: lines[1] - lines[0])
