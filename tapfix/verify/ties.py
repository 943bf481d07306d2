"""Which resources of a template a finding is about: those that its lines of source made."""

from __future__ import annotations

import ast
import functools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapfix.api.result import Reported
from tapfix.model.python.source import SourceError, parse
from tapfix.verify.assembly import Assembly, Frame, Resource


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a file, first and last, 1-based; the file by its real path."""

    path: str
    first: int
    last: int

    def hold(self, frame: Frame, root: Path) -> bool:
        """Whether a line that was running, of the app in the folder ``root``, is one of these."""
        is_within = self.first <= frame.line <= self.last
        return is_within and _real(os.path.join(root, frame.path)) == self.path


_real = functools.cache(os.path.realpath)
"""Who runs a file may know it by a link, and who reads it not; or the other way around."""


@dataclass(frozen=True, slots=True)
class Around:
    """Resources that some lines around a finding made; ``is_own``: those of its statement alone."""

    resources: tuple[Resource, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class Ties:
    """The resources of an assembly by the lines that made them.

    ``root`` is the app's folder; ``sources`` are its files before the change, where they changed.
    """

    root: Path
    assembly: Assembly
    sources: Mapping[str, bytes | None]

    def around(self, reported: Reported) -> Iterator[Around]:
        """The resources that a finding's statement made, then those of what is around it.

        The narrowest first: the statement, the function, the class. Nothing where the file makes
        no resource, as a handler's.
        """
        for lines, is_own in self._ranges(reported):
            found = tuple(
                resource
                for resource in self.assembly.entries
                if any(lines.hold(frame, self.root) for frame in resource.frames)
            )
            if found:
                yield Around(found, is_own)

    def _ranges(self, reported: Reported) -> list[tuple[Lines, bool]]:
        path, line = reported.place.path, reported.place.line
        data = self.sources.get(path)
        try:
            tree = parse(path, data if data is not None else Path(path).read_bytes()).tree
        except (OSError, SourceError):
            return []
        real = _real(path)
        return [(Lines(real, *lines), is_own) for lines, is_own in _enclosing(tree, line)]


def _enclosing(tree: ast.AST, line: int) -> list[tuple[tuple[int, int], bool]]:
    """The statements around a line, the innermost first, and whether each has none within it."""
    around = {
        (node.lineno, node.end_lineno or node.lineno): not hasattr(node, "body")
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    }
    return sorted(around.items(), key=lambda item: item[0][1] - item[0][0])
