"""Where the statements of a file are, and its habits, as ``ast`` tells."""

from __future__ import annotations

import ast
import bisect
import functools
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.engine.errors import RewriteError
from tapfix.engine.source import line_start, line_starts

Statement = ast.stmt | ast.excepthandler | ast.match_case

_BLANKS = b" \t\f"
_QUOTE = re.compile(rb"[A-Za-z]{0,2}('''|\"\"\"|'|\")")
_PYTHON_36_ON = (ast.JoinedStr, ast.NamedExpr, ast.Match)
_UNPACKED_WITHOUT_COMMA = re.compile(rb"^[ \t]*\*[^\r\n]*[^,\s]\s*[\r\n]\s*\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outline:
    """A parsed file: its tree, line starts, and where each logical line begins that has a node."""

    text: bytes
    tree: ast.Module
    starts: list[int]
    heads: list[int]

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a position as ``ast`` gives it."""
        return self.starts[line - 1] + column

    def span(self, node: ast.stmt | ast.expr | ast.alias) -> tuple[int, int]:
        """The byte offsets of a node's first byte and of the byte behind it."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def head(self, offset: int) -> int:
        """Where the logical line begins that holds ``offset``."""
        place = bisect.bisect_right(self.heads, offset)
        if not place:
            raise RewriteError("there is no statement at this place")
        return self.heads[place - 1]


@dataclass(frozen=True, slots=True)
class Habits:
    """How a file is written: its indentation unit, its usual quote, and whether black may take

    it for Python 3.6 or newer (which decides on commas behind ``**kwargs``).
    """

    unit: str
    quote: str
    modern: bool


def parse(text: bytes) -> ast.Module:
    """The syntax tree of UTF-8 source. Raises RewriteError if it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes in the user's strings
            return ast.parse(text.decode())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise RewriteError(f"the file does not parse: {error}") from None


def read_outline(text: bytes) -> Outline:
    """Parse UTF-8 source and find its logical lines. Raises RewriteError if it does not parse."""
    tree = parse(text)
    starts = line_starts(text)
    lines = {line for node in statements(tree) for line in _first_lines(node)}
    return Outline(text, tree, starts, sorted({_first_code(text, starts[n - 1]) for n in lines}))


def statements(tree: ast.AST) -> Iterator[Statement]:
    """Every statement below ``tree``, with ``except`` and ``case`` clauses, parents first."""
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        for child in getattr(tree, field, ()):
            yield child
            yield from statements(child)


def _first_lines(node: Statement) -> Iterator[int]:
    yield _line(node)
    for decorator in getattr(node, "decorator_list", ()):
        yield decorator.lineno


def _first_code(text: bytes, start: int) -> int:
    while text[start : start + 1] in _BLANKS and start < len(text):
        start += 1
    return start


def indentation(text: bytes, offset: int) -> str:
    """The blanks that the line holding ``offset`` begins with."""
    start = line_start(text, offset)
    return text[start : _first_code(text, start)].decode()


@functools.lru_cache(maxsize=16)
def habits_of(text: bytes) -> Habits:
    """The habits of UTF-8 source, for which all of it is looked at: kept for many small changes.

    Raises RewriteError if it does not parse.
    """
    outline = read_outline(text)
    quotes: Counter[str] = Counter()
    modern = not _UNPACKED_WITHOUT_COMMA.search(outline.text)
    todo: list[ast.AST] = [outline.tree]
    while todo:
        node = todo.pop()
        modern = modern or isinstance(node, _PYTHON_36_ON)
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        ):
            quotes[_quote(outline, node)] += 1
        elif not _is_docstring(node):
            todo.extend(ast.iter_child_nodes(node))
    quote = "'" if quotes["'"] > quotes['"'] else '"'
    return Habits(_unit(outline), quote, modern)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _quote(outline: Outline, node: ast.expr) -> str:
    """The quote that a literal's writer chose; nothing where its content left no choice."""
    start, end = outline.span(node)
    match = _QUOTE.match(outline.text, start)
    if match is None or len(match[1]) == 3:
        return ""
    inside = outline.text[match.end() : end - 1]
    return "" if b"'" in inside or b'"' in inside else match[1].decode()


def _unit(outline: Outline) -> str:
    """The step by which most blocks are indented."""
    steps: Counter[str] = Counter()
    for node in statements(outline.tree):
        inside = next(statements(node), None)
        if inside is not None:
            outer = indentation(outline.text, outline.offset(_line(node), 0))
            inner = indentation(outline.text, outline.offset(_line(inside), 0))
            if inner.startswith(outer) and inner != outer:
                steps[inner.removeprefix(outer)] += 1
    return steps.most_common(1)[0][0] if steps else "    "


def _line(node: Statement) -> int:
    return node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
