"""Whole new statements beside a statement that is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tapfix.edits import InsertStatements, Ref
from tapfix.engine.errors import RewriteError
from tapfix.engine.outline import Habits, Outline, indentation, parse
from tapfix.engine.patch import Patch, Rank
from tapfix.engine.quotes import requoted
from tapfix.engine.source import line_start, newline_at, next_line, previous_line
from tapfix.engine.tidy import statements

# What may stand behind a statement that is the last one of its line.
_REST = re.compile(rb"[ \t\f]*(?:;[ \t\f]*)?(#[^\r\n]*)?(?=[\r\n]|\Z)")
_COMMENT_LINE = re.compile(rb"([ \t\f]*)#[^\r\n]*(?:\r\n|\r|\n|\Z)")
_BLANK_LINE = re.compile(rb"[ \t\f]*(?:\r\n|\r|\n)")
_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A statement in its block; ``start`` and ``end`` are its bytes, decorators included."""

    block: list[ast.stmt]
    index: int
    start: int
    end: int

    @property
    def node(self) -> ast.stmt:
        """The statement itself."""
        return self.block[self.index]

    @property
    def before(self) -> ast.stmt | None:
        """The statement before it in the block."""
        return self.block[self.index - 1] if self.index else None

    @property
    def after(self) -> ast.stmt | None:
        """The statement after it in the block."""
        return self.block[self.index + 1] if self.index + 1 < len(self.block) else None


@dataclass(frozen=True, slots=True)
class _Text:
    """New statements: their source as it will stand, the lines they want, first and last."""

    source: str
    blank: int
    first: ast.stmt
    last: ast.stmt


def anchors(outline: Outline) -> Iterator[Anchor]:
    """Every statement of a file."""
    todo: list[ast.AST] = [outline.tree]
    while todo:
        parent = todo.pop()
        for name in ("body", "orelse", "finalbody"):
            block: list[ast.stmt] = getattr(parent, name, [])
            for index, node in enumerate(block):
                start, end = outline.span(node)
                yield Anchor(block, index, _decorated(outline, node, start), end)
            todo.extend(block)
        todo.extend([*getattr(parent, "handlers", ()), *getattr(parent, "cases", ())])


def _decorated(outline: Outline, node: ast.stmt, start: int) -> int:
    decorators = getattr(node, "decorator_list", None)
    return outline.head(outline.span(decorators[0])[0]) if decorators else start


def inserted(
    outline: Outline, edits: Sequence[InsertStatements], habits: Habits, line_length: int
) -> list[Patch]:
    """The patches for all insertions of a file, in their order at each anchor.

    Raises RewriteError where an anchor shares its line with another statement.
    """
    if not edits:
        return []
    groups: dict[tuple[Ref, bool], list[InsertStatements]] = {}
    for edit in edits:
        groups.setdefault((edit.anchor, edit.before), []).append(edit)
    wanted = {(ref.offset, ref.end) for ref, _ in groups}
    found = {
        outline.span(anchor.node): anchor
        for anchor in anchors(outline)
        if outline.span(anchor.node) in wanted
    }
    patches = []
    for (ref, before), group in groups.items():
        anchor = found.get((ref.offset, ref.end))
        if anchor is None:
            raise RewriteError("there is no statement at this place", ref)
        check_line(outline, anchor, ref, before=before)
        indent = indentation(outline.text, anchor.start)
        texts = [_text(edit, indent, habits, line_length) for edit in group]
        make = _before if before else _after
        patches.append(make(outline.text, anchor, indent, texts))
    return patches


def _text(edit: InsertStatements, indent: str, habits: Habits, line_length: int) -> _Text:
    source = statements(requoted(edit.text, habits.quote), indent, habits, line_length)
    body = parse(edit.text.encode()).body
    if not body:
        raise RewriteError("there is no statement in the new text", edit.anchor)
    return _Text(source, edit.blank, body[0], body[-1])


def check_line(outline: Outline, anchor: Anchor, ref: Ref, *, before: bool) -> None:
    """Raise RewriteError unless the anchor has its line to itself on the side of the text."""
    head = outline.head(anchor.start)
    siblings = anchor.block[: 0 if before else anchor.index]
    begins = head == anchor.start or any(outline.span(node)[0] == head for node in siblings)
    if not begins or not (before or _REST.match(outline.text, anchor.end)):
        raise RewriteError("the statement shares its line with another one", ref)


def gap(before: ast.stmt | None, after: ast.stmt | None, *, top: bool) -> int:
    """How many empty lines PEP 8 wants between two statements, at module level or below."""
    if before is None or after is None:
        return 0
    if isinstance(before, _DEFINITIONS) or isinstance(after, _DEFINITIONS):
        return 2 if top else 1
    return int(isinstance(before, _IMPORTS) and not isinstance(after, _IMPORTS))


def _after(text: bytes, anchor: Anchor, indent: str, texts: Sequence[_Text]) -> Patch:
    place = next_line(text, anchor.end)
    if hasattr(anchor.node, "body"):
        place = _behind_deeper_comments(text, place, indent)
    out, last = "", anchor.node
    for new in texts:
        out += "\n" * max(new.blank, gap(last, new.first, top=not indent)) + new.source + "\n"
        last = new.last
    out += "\n" * (gap(last, anchor.after, top=not indent) - blank_lines(text, place))
    if line_start(text, place) != place:  # the file ends without a newline, and goes on so
        out = "\n" + out[:-1]
    newline = newline_at(text, anchor.end)
    return Patch(place, place, out.replace("\n", newline), nest=-len(indent))


def _behind_deeper_comments(text: bytes, place: int, indent: str) -> int:
    """Past the comment lines below a block that are indented like its inside."""
    behind = place
    while place < len(text):
        match = _BLANK_LINE.match(text, place)
        comment = None if match else _COMMENT_LINE.match(text, place)
        if comment and len(comment[1]) > len(indent):
            behind = place = comment.end()
        elif match:
            place = match.end()
        else:
            break
    return behind


def blank_lines(text: bytes, place: int) -> int:
    """How many empty lines begin at ``place``."""
    count = 0
    while match := _BLANK_LINE.match(text, place):
        count, place = count + 1, match.end()
    return count


def _before(text: bytes, anchor: Anchor, indent: str, texts: Sequence[_Text]) -> Patch:
    place = above_comments(text, anchor.start)
    out = "\n" * (gap(anchor.before, texts[0].first, top=not indent) - _blanks_above(text, place))
    following = [*(new.first for new in texts[1:]), anchor.node]
    for new, after in zip(texts, following, strict=True):
        out += new.source + "\n" + "\n" * max(new.blank, gap(new.last, after, top=not indent))
    newline = newline_at(text, anchor.start)
    return Patch(place, place, out.replace("\n", newline), Rank.BEFORE_WRAP)


def above_comments(text: bytes, offset: int) -> int:
    """The start of the line at ``offset``, or of the comment lines of its column right above it.

    Comments that begin the file (a licence, an encoding) are not taken for a statement's own.
    """
    own = place = line_start(text, offset)
    while place:
        above = previous_line(text, place)
        match = _COMMENT_LINE.match(text, above)
        if match is None or len(match[1]) != offset - own:
            return place
        place = above
    return own


def _blanks_above(text: bytes, place: int) -> int:
    count = 0
    while place and _BLANK_LINE.match(text, previous_line(text, place)):
        count, place = count + 1, previous_line(text, place)
    return count
