"""Where new items go in a bracketed list, and the commas, comments and newlines around them.

A list keeps its own layout: one item a line where it has that, a trailing comma where it has one,
comments where they stand. ``exploded`` is for a list that no longer fits on its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from tapfix.engine.brackets import Bracket, Item
from tapfix.engine.patch import Patch
from tapfix.engine.source import line_start

Additions = Mapping[int, Sequence[str]]
"""New items by the index of the item before which they go; ``len(items)`` is the end."""

Place = Callable[[str, str], str]
"""Fits an item's text to the indentation it stands at."""

_REST_OF_LINE = re.compile(rb"[ \t\f]*(#[^\r\n]*)?(?=[\r\n]|\Z)")
_SAME_LINE_BLANKS = re.compile(rb",([ \t]*)(?=[^\s#])")


def starts_line(text: bytes, offset: int) -> bool:
    """Whether only blanks stand before ``offset`` on a line that is not the text's first."""
    start = line_start(text, offset)
    return start > 0 and not text[start:offset].strip(b" \t\f")


def lead(text: bytes, offset: int, first: str) -> str:
    """The indentation of the line that holds ``offset``; ``first`` is that of the text's first."""
    start = line_start(text, offset)
    if not start:
        return first
    end = start + len(text[start:]) - len(text[start:].lstrip(b" \t\f"))
    return text[start:end].decode()


def is_inline(text: bytes, bracket: Bracket) -> bool:
    """Whether the inside of the bracket has no newline."""
    return not re.search(rb"[\r\n]", text[bracket.open : bracket.close])


def added(
    text: bytes,
    bracket: Bracket,
    additions: Additions,
    place: Place,
    first: str,
    unit: str,
    *,
    break_lines: bool = False,
) -> list[Patch]:
    """The patches that add items in the bracket's own layout.

    ``first`` is the indentation of the text's first line. With ``break_lines`` the items go on
    lines of their own even where the neighbours do not.
    """
    patches: list[Patch] = []
    for index, texts in additions.items():
        if not bracket.items:
            patches.append(_into_empty(text, bracket, texts, place, first, unit))
        elif break_lines or (not bracket.bare and _one_a_line(text, bracket, index)):
            patches += _own_lines(text, bracket, index, texts, place, first, unit)
        else:
            patches += _same_line(text, bracket, index, texts, place, first)
    return patches


def grown_rows(text: bytes, bracket: Bracket, additions: Additions) -> set[int]:
    """Where the rows start that get longer when items are added in the bracket's own layout."""
    rows = set()
    for index in additions:
        own_lines = not bracket.bare and bracket.items and _one_a_line(text, bracket, index)
        if not own_lines:
            before = bracket.items[index - 1].end if index else bracket.open
            rows.add(line_start(text, before))
    return rows


def _one_a_line(text: bytes, bracket: Bracket, index: int) -> bool:
    """Whether the item that follows, or else the one before, begins its line."""
    neighbour = bracket.items[min(index, len(bracket.items) - 1)]
    return starts_line(text, neighbour.start)


def _into_empty(
    text: bytes, bracket: Bracket, texts: Sequence[str], place: Place, first: str, unit: str
) -> Patch:
    gap = text[bracket.open : bracket.close]
    if is_inline(text, bracket):
        new = ", ".join(place(t, lead(text, bracket.open, first)) for t in texts)
        comma = "," if bracket.kind == "tuple" and len(texts) == 1 else ""
        return Patch(bracket.open, bracket.close, new + comma)
    comment = gap.find(b"#")
    if comment >= 0 and starts_line(text, bracket.open + comment):
        indent = lead(text, bracket.open + comment, first)
    else:
        indent = lead(text, bracket.close, first) + unit
    end = bracket.open + len(gap.rstrip())
    return Patch(end, end, "".join(f"\n{indent}{place(t, indent)}," for t in texts))


def _own_lines(
    text: bytes,
    bracket: Bracket,
    index: int,
    texts: Sequence[str],
    place: Place,
    first: str,
    unit: str,
) -> list[Patch]:
    items = bracket.items
    before = items[index - 1] if index else None
    start = bracket.open if before is None else _behind(before)
    rest = _REST_OF_LINE.match(text, start)
    point = rest.end() if rest else start
    indent = _item_indent(text, bracket, index, first, unit)
    new = "".join(f"\n{indent}{place(t, indent)}," for t in texts)
    if before is None or before.comma is not None:
        return [Patch(point, point, new)]
    new = new.removesuffix(",")
    if point == before.end:
        return [Patch(point, point, "," + new)]
    return [Patch(before.end, before.end, ","), Patch(point, point, new)]


def _item_indent(text: bytes, bracket: Bracket, index: int, first: str, unit: str) -> str:
    """The column of the nearest item that begins its line, the following one first."""
    following = bracket.items[index : index + 1]
    for item in [*following, *reversed(bracket.items[:index])]:
        if starts_line(text, item.start):
            return lead(text, item.start, first)
    return lead(text, bracket.open, first) + unit


def _behind(item: Item) -> int:
    return item.end if item.comma is None else item.comma + 1


def _same_line(
    text: bytes, bracket: Bracket, index: int, texts: Sequence[str], place: Place, first: str
) -> list[Patch]:
    items = bracket.items
    comma = "," + _space(text, bracket)
    before = items[index - 1] if index else items[0]
    new = comma.join(place(t, lead(text, before.start, first)) for t in texts)
    if index == 0:
        return [Patch(before.start, before.start, new + comma)]
    if before.comma is None:
        return [Patch(before.end, before.end, comma + new)]
    behind = before.comma + 1
    needs_comma = not (bracket.kind == "tuple" and len(items) == 1)
    return [Patch(behind, behind, comma[1:] + new + ("," if needs_comma else ""))]


def _space(text: bytes, bracket: Bracket) -> str:
    """What the writer puts behind a comma."""
    for item in bracket.items[:-1]:
        match = item.comma is not None and _SAME_LINE_BLANKS.match(text, item.comma)
        if match:
            return match[1].decode()
    return " "


def exploded(
    bracket: Bracket,
    additions: Additions,
    removed: frozenset[int],
    place: Place,
    indent: str,
    unit: str,
    *,
    each: bool,
) -> list[Patch]:
    """The patches that open a one-line bracket: its inside on one line, or one item ``each`` line.

    ``indent`` is the indentation of the line with the opening bracket.
    """
    inner = "\n" + indent + unit
    sep = f",{inner}" if each else ", "
    opening, closing = ("(", ")") if bracket.bare else ("", "")
    pending = opening + inner
    patches: list[Patch] = []
    start, wrote = bracket.open, False
    for index in range(len(bracket.items) + 1):
        for new in additions.get(index, ()):
            pending += (sep if wrote else "") + place(new, indent + unit)
            wrote = True
        if index == len(bracket.items) or index in removed:
            continue
        item = bracket.items[index]
        patches.append(Patch(start, item.start, pending + (sep if wrote else "")))
        start, wrote, pending = item.end, True, ""
    end = (",\n" if each else "\n") + indent + closing
    return [*patches, Patch(start, bracket.close, pending + end)]
