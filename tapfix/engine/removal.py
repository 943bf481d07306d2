"""Taking items out of a bracketed list; their comments stay."""

from __future__ import annotations

import itertools
import re

from tapfix.engine.brackets import Bracket, Item
from tapfix.engine.errors import RewriteError
from tapfix.engine.layout import starts_line
from tapfix.engine.patch import Patch
from tapfix.engine.source import line_start, next_line

_ALONE = re.compile(rb"[ \t\f]*(#[^\r\n]*)?[\r\n]")


def removed(text: bytes, bracket: Bracket, gone: frozenset[int]) -> list[Patch]:
    """The patches that take the items with these indexes out.

    Raises RewriteError where a comment stands between them so that it has no place to stay.
    """
    patches = []
    order = sorted(gone)
    for _, group in itertools.groupby(enumerate(order), key=lambda pair: pair[1] - pair[0]):
        run = [index for _, index in group]
        if all(_is_alone(text, bracket.items[index]) for index in run):
            patches += [_lines(text, bracket.items[index]) for index in run]
            patches += _dangling_comma(bracket, run)
        else:
            patches.append(_run(text, bracket, run))
    return patches


def _behind(item: Item) -> int:
    return item.end if item.comma is None else item.comma + 1


def _is_alone(text: bytes, item: Item) -> bool:
    return starts_line(text, item.start) and bool(_ALONE.match(text, _behind(item)))


def _lines(text: bytes, item: Item) -> Patch:
    rest = _ALONE.match(text, _behind(item))
    assert rest is not None
    if rest[1]:
        return Patch(item.start, rest.start(1), "")
    return Patch(line_start(text, item.start), next_line(text, _behind(item)), "")


def _dangling_comma(bracket: Bracket, run: list[int]) -> list[Patch]:
    """The comma before the run, where the last item goes that had none."""
    if run[0] == 0 or run[-1] != len(bracket.items) - 1 or bracket.items[-1].comma is not None:
        return []
    comma = bracket.items[run[0] - 1].comma
    assert comma is not None
    return [Patch(comma, comma + 1, "")]


def _run(text: bytes, bracket: Bracket, run: list[int]) -> Patch:
    items = bracket.items
    first, last = items[run[0]], items[run[-1]]
    if run[-1] + 1 < len(items):
        start, end = first.start, items[run[-1] + 1].start
    elif run[0] == 0:
        start, end = bracket.open, _behind(last)
    else:
        before = items[run[0] - 1]
        start = before.end if last.comma is None else _behind(before)
        end = _behind(last)
    kept = [
        (start, first.start),
        *((a.end, b.start) for a, b in _pairs(items, run)),
        (last.end, end),
    ]
    if any(b"#" in text[a:b] for a, b in kept):
        raise RewriteError("a comment stands beside the argument that would go")
    return Patch(start, end, "")


def _pairs(items: tuple[Item, ...], run: list[int]) -> list[tuple[Item, Item]]:
    return [(items[index], items[index + 1]) for index in run[:-1]]
