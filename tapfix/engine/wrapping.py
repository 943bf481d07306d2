"""Statements that go, one level deeper, into the body of a new compound statement.

All other edits of the file are done afterwards: their places are looked up in the new text, where
every node that was there before stands again.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from tapfix.edits import Edit, Ref, WrapStatements
from tapfix.engine.errors import RewriteError
from tapfix.engine.expect import same_tree
from tapfix.engine.insertion import Anchor, above_comments, anchors, check_line
from tapfix.engine.logical import Line, read_line
from tapfix.engine.outline import Habits, Outline, indentation, parse, read_outline
from tapfix.engine.patch import Patch, apply
from tapfix.engine.quotes import requoted
from tapfix.engine.slots import kind_of
from tapfix.engine.source import columns, line_end, line_start, newline_at, next_line, plain
from tapfix.engine.tidy import deepened, statements
from tapfix.engine.tokens import comments, scan

_BLANK_LINE = re.compile(rb"[ \t\f]*(?:\r\n|\r|\n)")
_COMMENT_LINE = re.compile(rb"([ \t\f]*)#[^\r\n]*(?:\r\n|\r|\n|\Z)")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HOLE = "_tapfix_hole"


def wrapped(
    text: bytes, edits: Sequence[Edit], habits: Habits, line_length: int
) -> tuple[bytes, list[Edit]]:
    """The text after its wraps, and the other edits with their places in it.

    Raises RewriteError where a wrap's statements are none of one block, or share their lines with
    other code, and where the result would not be what was meant.
    """
    wraps = [edit for edit in edits if isinstance(edit, WrapStatements)]
    rest: list[Edit] = [edit for edit in edits if not isinstance(edit, WrapStatements)]
    while wraps:
        wrap, *others = wraps
        text, rest = _wrapped(text, wrap, [*others, *rest], habits, line_length)
        wraps = [edit for edit in rest if isinstance(edit, WrapStatements)]
        rest = [edit for edit in rest if not isinstance(edit, WrapStatements)]
    return text, rest


def _wrapped(
    text: bytes, wrap: WrapStatements, others: Sequence[Edit], habits: Habits, line_length: int
) -> tuple[bytes, list[Edit]]:
    outline = read_outline(text)
    region = _region(outline, wrap)
    habits = replace(habits, unit=_unit(outline, region) or habits.unit)
    new = apply(text, _patches(outline, region, wrap, habits, line_length))
    spans = {node: outline.span(node) for node in _placed(outline.tree)}
    _put_in(region, wrap)
    result = read_outline(new)
    nodes = list(ast.walk(outline.tree))
    after = list(ast.walk(result.tree))
    if [type(node) for node in nodes] != [type(node) for node in after]:
        raise RewriteError("the new text does not mean what was meant", wrap.first)
    moves = {
        (_kind(node), *spans[node]): result.span(other)
        for node, other in zip(nodes, after, strict=True)
        if isinstance(node, (ast.stmt, ast.expr))
        and isinstance(other, (ast.stmt, ast.expr))
        and node in spans
    }
    moved = [_moved(edit, moves) for edit in others]
    if not same_tree(outline.tree, result.tree):
        raise RewriteError("the new text does not mean what was meant", wrap.first)
    return new, moved


# The statements


@dataclass(frozen=True, slots=True)
class _Region:
    """The statements of a block from ``first`` through ``last``, and the bytes of their lines."""

    first: Anchor
    last: Anchor
    start: int
    end: int
    indent: str

    @property
    def nodes(self) -> list[ast.stmt]:
        """The statements."""
        return self.first.block[self.first.index : self.last.index + 1]


def _region(outline: Outline, wrap: WrapStatements) -> _Region:
    found = {outline.span(anchor.node): anchor for anchor in anchors(outline)}
    first = found.get((wrap.first.offset, wrap.first.end))
    last = found.get((wrap.last.offset, wrap.last.end))
    if first is None or last is None:
        raise RewriteError("there is no statement at this place", wrap.first)
    if first.block is not last.block or first.index > last.index:
        raise RewriteError("the statements are not those of one block", wrap.first)
    check_line(outline, first, wrap.first, before=True)
    check_line(outline, last, wrap.last, before=False)
    indent = indentation(outline.text, first.start)
    end = next_line(outline.text, last.end)
    end = _behind_comments(outline.text, end, indent, own=last.after is None)
    return _Region(first, last, above_comments(outline.text, first.start), end, indent)


def _unit(outline: Outline, region: _Region) -> str:
    """By how much the block is indented against what it belongs to; nothing at module level."""
    for anchor in anchors(outline):
        clauses = [anchor.node, *getattr(anchor.node, "handlers", ())]
        parts = [
            getattr(part, name, []) for part in clauses for name in ("body", "orelse", "finalbody")
        ]
        if any(part is region.first.block for part in parts):
            outer = indentation(outline.text, anchor.start)
            return region.indent.removeprefix(outer) if region.indent.startswith(outer) else ""
    return ""


def _behind_comments(text: bytes, place: int, indent: str, *, own: bool) -> int:
    """Past the comment lines below that belong to the statements.

    Deeper ones do; those of the statements' own column (``own``) where the block ends with them.
    """
    behind = place
    while place < len(text):
        match = _BLANK_LINE.match(text, place)
        comment = None if match else _COMMENT_LINE.match(text, place)
        if comment and len(comment[1]) >= len(indent) + (not own):
            behind = place = comment.end()
        elif match:
            place = match.end()
        else:
            break
    return behind


def _put_in(region: _Region, wrap: WrapStatements) -> None:
    """Do the same in the syntax tree."""
    new = parse(_source(wrap).encode()).body
    body: list[ast.stmt] = getattr(new[-1], "body", [])
    if len(body) != 1 or ast.unparse(body[0]) != _HOLE:
        raise RewriteError("the new text is no compound statement", wrap.first)
    body[:] = region.nodes
    region.first.block[region.first.index : region.last.index + 1] = new


def _source(wrap: WrapStatements) -> str:
    behind = f"\n{wrap.after}" if wrap.after else ""
    return f"{wrap.before}\n    {_HOLE}{behind}"


# The text


def _patches(
    outline: Outline, region: _Region, wrap: WrapStatements, habits: Habits, line_length: int
) -> Iterator[Patch]:
    text, newline = outline.text, newline_at(outline.text, region.first.start)
    source = statements(requoted(_source(wrap), habits.quote), region.indent, habits, line_length)
    hole = f"\n{region.indent}{habits.unit}{_HOLE}"
    head, found, foot = source.partition(hole)
    if not found:
        raise RewriteError("the new text is no compound statement", wrap.first)
    # black wants an empty line beside a definition.
    head += "\n\n" if isinstance(region.first.node, _DEFINITIONS) else "\n"
    foot = foot.removeprefix("\n")
    if foot and isinstance(region.last.node, _DEFINITIONS):
        foot = f"\n{foot}"
    yield Patch(region.start, region.start, head.replace("\n", newline), nest=-1)
    yield from _deeper(outline, region, habits, line_length)
    if not foot:
        return
    at_end = line_start(text, region.end) != region.end
    foot = f"\n{foot}" if at_end else f"{foot}\n"
    yield Patch(region.end, region.end, foot.replace("\n", newline))


def _deeper(outline: Outline, region: _Region, habits: Habits, line_length: int) -> Iterator[Patch]:
    """Each line of the region one level deeper; what stands inside of strings stays."""
    text, plain_text = outline.text, plain(outline.text)
    kept = set(_inside_strings(outline, plain_text, region))
    for head in outline.heads:
        if region.start <= head < region.end:
            line = read_line(text, plain_text, head)
            laid = _laid_out(line, habits, line_length)
            if laid is not None:
                newline = newline_at(text, head)
                kept.update(start for start in outline.starts if line.start < start < line.end)
                yield Patch(line.start, line.end, laid.replace("\n", newline))
    base = region.indent.encode()
    for start in outline.starts:
        is_blank = not text[start : line_end(text, start)].strip()
        if region.start <= start < region.end and start not in kept and not is_blank:
            place = start + len(base) if text.startswith(base, start) else start
            yield Patch(place, place, habits.unit)


def _laid_out(line: Line, habits: Habits, line_length: int) -> str | None:
    """A logical line as black lays it out one level deeper; None if it needs no other layout."""
    deeper = line.indent + habits.unit
    rows = (deeper + plain(line.text).decode()).split("\n")
    shift = columns(deeper) - columns(line.indent)
    widths = [columns(rows[0]), *(columns(row.rstrip()) + shift for row in rows[1:])]
    if max(widths) <= line_length or b"\r" in line.text.replace(b"\r\n", b"\n"):
        return None
    before = line.text.replace(b"\r\n", b"\n").decode()
    laid = deepened(before, line.frame, line.indent, deeper, habits, line_length)
    if laid is None or not _keeps_comments(before, laid):
        return None
    return laid


def _keeps_comments(before: str, after: str) -> bool:
    if "#" not in before:
        return True
    return Counter(comments(before.encode())) == Counter(comments(after.encode()))


def _inside_strings(outline: Outline, plain_text: bytes, region: _Region) -> Iterator[int]:
    """The starts of the lines that begin inside a string literal which is no docstring."""
    docstrings = {outline.span(node)[0] for node in _docstrings(region.nodes)}
    for token in scan(plain_text):
        inside = region.start <= token.start and token.end <= region.end
        if inside and token.kind == "STRING" and token.start not in docstrings:
            yield from (start for start in outline.starts if token.start < start < token.end)


def _docstrings(nodes: Sequence[ast.stmt]) -> Iterator[ast.expr]:
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, _DEFINITIONS) and ast.get_docstring(inner) is not None:
                statement = inner.body[0]
                assert isinstance(statement, ast.Expr)
                yield statement.value


# The other edits


def _placed(tree: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.stmt, ast.expr)):
            yield node


def _kind(node: ast.AST) -> type[ast.AST]:
    return ast.stmt if isinstance(node, ast.stmt) else ast.expr


def _moved(edit: Edit, moves: dict[tuple[type[ast.AST], int, int], tuple[int, int]]) -> Edit:
    """An edit with its places in the new text."""
    changes = {}
    for field in fields(edit):
        ref = getattr(edit, field.name)
        if isinstance(ref, Ref):
            place = moves.get((kind_of(edit), ref.offset, ref.end))
            if place is None:
                raise RewriteError("the place of an edit is not in the file", ref)
            changes[field.name] = Ref(ref.path, place[0], place[1] - place[0])
    return replace(edit, **changes) if changes else edit  # type: ignore[arg-type]  # its own fields
