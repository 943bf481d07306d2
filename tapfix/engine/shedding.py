"""Whole statements that go, and the empty lines that stay in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tapfix.edits import Ref, RemoveStatement
from tapfix.engine.errors import RewriteError
from tapfix.engine.insertion import Anchor, above_comments, anchors, blank_lines
from tapfix.engine.outline import Outline, indentation
from tapfix.engine.patch import Patch
from tapfix.engine.source import line_end, line_start, next_line, plain, previous_line
from tapfix.engine.tokens import comments

_BLANK = re.compile(rb"[ \t\f]*[\r\n]")


def shed(outline: Outline, edits: Sequence[RemoveStatement]) -> Iterator[Patch]:
    """The patches that take statements out.

    Raises RewriteError where a statement shares its lines with another, is the only one of its
    block, or has a comment inside or behind it.
    """
    wanted = {(edit.statement.offset, edit.statement.end): edit for edit in edits}
    found = {outline.span(a.node): a for a in anchors(outline)} if wanted else {}
    going = [(found[span], edit) for span, edit in wanted.items() if span in found]
    if len(going) < len(wanted):
        raise RewriteError("there is no statement at this place")
    for anchor, edit in going:
        _check(outline.text, anchor, edit.statement)
        if all(outline.span(node) in wanted for node in anchor.block):
            raise RewriteError("nothing would be left of the block", edit.statement)
        if edit.keep_comments:
            yield _below_comments(outline.text, anchor)
    for run in _runs(outline.text, [anchor for anchor, edit in going if not edit.keep_comments]):
        yield _patch(outline.text, run)


def _check(text: bytes, anchor: Anchor, ref: Ref) -> None:
    whole = text[anchor.start : line_end(text, anchor.end)]
    rest = text[anchor.end : line_end(text, anchor.end)].strip().removeprefix(b";").strip()
    first = line_start(text, anchor.start) + len(indentation(text, anchor.start).encode())
    if first != anchor.start or rest[:1] not in (b"", b"#"):
        raise RewriteError("the statement shares its line with something else", ref)
    if b"#" in whole and comments(plain(whole)):
        raise RewriteError("a comment inside the statement would be lost", ref)


def _runs(text: bytes, gone: Sequence[Anchor]) -> Iterator[list[Anchor]]:
    """Neighbours of one block together, if nothing else stands between them."""
    run: list[Anchor] = []
    for anchor in sorted(gone, key=lambda anchor: anchor.start):
        between = text[run[-1].end : above_comments(text, anchor.start)] if run else b""
        if run and (run[-1].after is not anchor.node or between.strip()):
            yield run
            run = []
        run.append(anchor)
    if run:
        yield run


def _below_comments(text: bytes, anchor: Anchor) -> Patch:
    """The comments that stay stand right above what follows."""
    end = next_line(text, anchor.end)
    for _ in range(blank_lines(text, end)):
        end = next_line(text, end)
    return Patch(line_start(text, anchor.start), end, "")


def _patch(text: bytes, run: Sequence[Anchor]) -> Patch:
    """Of the empty lines on both sides the larger number stays; a block begins without any."""
    start, end = above_comments(text, run[0].start), next_line(text, run[-1].end)
    above, below = _blanks_above(text, start), blank_lines(text, end)
    if run[0].before is not None and (len(above) <= below or end == len(text)):
        return Patch(above[-1] if above else start, end, "")
    for _ in range(below):
        end = next_line(text, end)
    return Patch(start, end, "")


def _blanks_above(text: bytes, place: int) -> list[int]:
    """Where the empty lines right above a line begin, the nearest first."""
    found = []
    while place and _BLANK.match(text, previous_line(text, place)):
        place = previous_line(text, place)
        found.append(place)
    return found
