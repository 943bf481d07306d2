"""One source file: its bytes, its text, its syntax tree, and places in it.

Positions follow ``ast``: a column counts bytes of the line encoded as UTF-8. ``Ref`` offsets count
bytes of the whole text without byte-order mark, encoded as UTF-8.
"""

from __future__ import annotations

import ast
import bisect
import codecs
import io
import re
import sys
import tokenize
import warnings
from dataclasses import dataclass
from functools import cached_property

from tapfix.edits import Ref

# ast ends a line at these three only; str.splitlines knows more (form feed, U+2028, …).
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file could not be read. ``line`` and ``column`` are 1-based, 0 where not known."""

    path: str
    message: str
    line: int = 0
    column: int = 0


class SourceError(Exception):
    """A file is no Python source that can be read; carries the ``Problem``."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, eq=False)
class SourceFile:
    """A parsed file. ``data`` is what stands on disk (or in the editor's buffer)."""

    path: str
    data: bytes
    text: str
    tree: ast.Module

    @cached_property
    def utf8(self) -> bytes:
        """The text without byte-order mark as UTF-8: what ``Ref`` offsets count in."""
        return self.text.encode("utf-8")

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset at which each line starts."""
        return (0, *(match.end() for match in _LINE_END.finditer(self.utf8)))

    def offset(self, line: int, column: int) -> int:
        """The offset of a 1-based line and a column in UTF-8 bytes."""
        return self.line_starts[line - 1] + column

    def ref(self, node: ast.AST) -> Ref:
        """The place of a node that has a position; decorators are not part of a definition's."""
        start = self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]  # positioned
        end = self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]  # positioned
        return Ref(self.path, start, end - start)

    def source(self, ref: Ref) -> str:
        """The source text at a place."""
        return self.utf8[ref.offset : ref.end].decode("utf-8")

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and the 1-based column in characters of an offset."""
        line = bisect.bisect_right(self.line_starts, offset)
        start = self.line_starts[line - 1]
        return line, len(self.utf8[start:offset].decode("utf-8", "replace")) + 1


def decode(path: str, data: bytes) -> str:
    """The text of a Python file without byte-order mark, newlines as they are.

    Raises ``SourceError`` if the declared encoding is unknown or the bytes do not fit it.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.removeprefix(codecs.BOM_UTF8).decode(encoding.removesuffix("-sig"))
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        reason = getattr(error, "reason", None) or error
        raise SourceError(Problem(path, f"cannot be decoded: {reason}")) from error


def parse(path: str, data: bytes) -> SourceFile:
    """Read a file. Raises ``SourceError`` with place and reason if it is no valid Python."""
    text = decode(path, data)
    try:
        with warnings.catch_warnings():
            # What the compiler says about the user's escapes is the user's business.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError as error:
        # A newer Python may take what this one refuses, so it is named.
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = f"not valid Python {version}: {error.msg}"
        problem = Problem(path, message, error.lineno or 0, error.offset or 0)
        raise SourceError(problem) from error
    except (ValueError, RecursionError, MemoryError) as error:
        # Python says nothing where its parser runs out of memory: a tower of brackets or signs.
        reason = str(error) or "expressions are nested too deeply"
        raise SourceError(Problem(path, f"cannot be parsed: {reason}")) from error
    return SourceFile(path, data, text, tree)
