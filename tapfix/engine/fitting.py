"""The new text of a logical line: by black if black had left it alone, else in its own layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tapfix.engine.brackets import Bracket
from tapfix.engine.draft import Change, Draft, LineEdit
from tapfix.engine.errors import RewriteError
from tapfix.engine.layout import Place, added, exploded, grown_rows, is_inline, lead
from tapfix.engine.logical import Line
from tapfix.engine.outline import Habits
from tapfix.engine.patch import Patch, apply
from tapfix.engine.removal import removed
from tapfix.engine.source import columns, line_end, line_start, line_starts, plain
from tapfix.engine.tidy import black, reindented, tidied
from tapfix.engine.tokens import comments

_NEWLINES = re.compile(rb"\r\n|\r|\n")
_NAME = re.compile(r"(\w+ *= *(?!=)|\"[^\"]*\": |'[^']*': )?")

Modes = Mapping[Bracket, str]
"""How a bracket is opened: new items on own ``lines``, or all of its ``body``, or ``each`` item."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a rendering needs beside the modes; ``place`` fits a new item's text to its indent."""

    draft: Draft
    newline: str
    unit: str
    place: Place


def rewritten(
    line: Line, edits: Sequence[LineEdit], newline: str, habits: Habits, line_length: int
) -> bytes:
    """The logical line after its edits, new lines ending with ``newline``.

    Raises RewriteError where the edits do not fit the line, or a comment would be lost.
    """
    draft = Draft(line, edits, habits.quote)
    layout = _Layout(draft, newline, habits.unit, lambda t, i: reindented(t, i, habits.unit))
    raw = _render(layout, {})
    if len(set(_NEWLINES.findall(line.text))) < 2:
        old, new = (_NEWLINES.sub(b"\n", text).decode() for text in (line.text, raw))
        laid = tidied(old, new, line.frame, line.indent, habits, line_length)
        if laid is not None and _keeps_comments(line.text, laid.encode()):
            return laid.replace("\n", newline).encode()
    own = _own(replace(layout, place=_fitting(habits, line_length)), line_length)
    if not _keeps_comments(line.text, own):
        raise RewriteError("a comment would be lost")
    return own


def _keeps_comments(old: bytes, new: bytes) -> bool:
    """Whether every comment is still there as often as it was."""
    if b"#" not in old:
        return True
    before, after = (Counter(comments(plain(text))) for text in (old, new))
    return all(after[comment] == count for comment, count in before.items())


def _fitting(habits: Habits, line_length: int) -> Place:
    """Items that are too long for a line are broken as black breaks a value."""

    def place(text: str, indent: str) -> str:
        if columns(indent + text) < line_length or "\n" in text:
            return reindented(text, indent, habits.unit)
        name = (_NAME.match(text) or [""])[0]
        target = "_" * max(1, len(name) - len(" = ")) + " = "  # as wide as the name
        width = line_length - columns(indent) - len(",")
        laid = black(target + text.removeprefix(name) + "\n", width, modern=habits.modern)
        if laid is None or laid.startswith(target + "("):  # broken by parentheses, if at all
            return text
        fitted = name + laid.removeprefix(target).rstrip("\n")
        return reindented(fitted, indent, habits.unit)

    return place


def _render(layout: _Layout, modes: Modes) -> bytes:
    draft = layout.draft
    patches = list(draft.patches)
    for bracket in draft.changes.keys() | modes.keys():
        patches += _opened(layout, bracket, modes)
    return apply(draft.line.text, patches, layout.newline)


def _opened(layout: _Layout, bracket: Bracket, modes: Modes) -> list[Patch]:
    """The patches of one bracket in its mode; without one, in the layout that it has."""
    draft, text, first = layout.draft, layout.draft.line.text, layout.draft.line.indent
    change = draft.changes.get(bracket, Change())
    gone = frozenset(change.removed)
    mode = modes.get(bracket, "")
    indent = _indent(layout, bracket, modes)
    if mode in ("body", "each"):
        each = mode == "each"
        return exploded(
            bracket, change.additions, gone, layout.place, indent, layout.unit, each=each
        )
    if not line_start(text, bracket.open):
        first = indent
    own_lines = mode == "lines"
    return [
        *added(
            text,
            bracket,
            change.additions,
            layout.place,
            first,
            layout.unit,
            break_lines=own_lines,
        ),
        *removed(text, bracket, gone),
    ]


def _indent(layout: _Layout, bracket: Bracket, modes: Modes) -> str:
    """The indentation of the row on which a bracket opens, once those around it are opened."""
    text = layout.draft.line.text
    row = line_start(text, bracket.open)
    around = [
        other
        for other, mode in modes.items()
        if mode in ("body", "each") and row <= other.open < bracket.open <= other.close
    ]
    if not around:
        return lead(text, bracket.open, layout.draft.line.indent)
    inner = max(around, key=lambda other: other.open)
    return _indent(layout, inner, modes) + layout.unit


def _own(layout: _Layout, line_length: int) -> bytes:
    """The user's own layout; brackets are opened, outermost first, where a line gets too long.

    Rows that were too long before stay so, unless an addition makes them longer.
    """
    modes: dict[Bracket, str] = {}
    best = _render(layout, modes)
    line = layout.draft.line
    allowed = _allowed(line, layout.draft, line_length)
    for bracket in _candidates(layout.draft):
        for mode in _choices(layout.draft, bracket):
            excess = _excess(line, best, line_length)
            if excess <= allowed:
                return best
            tried = _render(layout, {**modes, bracket: mode})
            left = _excess(line, tried, line_length)
            if left <= allowed or (mode != "body" and left < excess):
                modes[bracket], best = mode, tried
                break
    return best


def _allowed(line: Line, draft: Draft, line_length: int) -> int:
    """By how many columns rows that get no additions pass the line length."""
    text = line.text
    grown = {
        row
        for bracket, change in draft.changes.items()
        for row in grown_rows(text, bracket, change.additions)
    }
    too_long = [
        (row, line_end(text, row))
        for row in line_starts(text)
        if row not in grown and _row_excess(line, row, text[row : line_end(text, row)], line_length)
    ]
    allowed = 0
    for row, end in too_long:
        inside = [patch for patch in draft.patches if row <= patch.start and patch.end <= end]
        moved = [replace(patch, start=patch.start - row, end=patch.end - row) for patch in inside]
        allowed += _row_excess(line, row, apply(text[row:end], moved), line_length)
    return allowed


def _row_excess(line: Line, start: int, text: bytes, line_length: int) -> int:
    """By how many columns what is now in the row at ``start`` passes the line length."""
    return _excess(line if not start else replace(line, indent=""), text, line_length)


def _excess(line: Line, text: bytes, line_length: int) -> int:
    """By how many columns the rows of a text of the line pass the line length together."""
    rows = (line.indent + plain(text).decode()).splitlines()
    return sum(max(0, columns(row) - line_length) for row in rows)


def _candidates(draft: Draft) -> list[Bracket]:
    """The brackets around the edits that may be opened, outermost first."""
    found = set(draft.changes)
    for patch in draft.patches:
        found.update(draft.structure.around((patch.start, patch.end)))
    for bracket in draft.changes:
        found.update(draft.structure.around((bracket.open, bracket.close)))
    strings = draft.line.strings()
    return sorted(
        (b for b in found if not any(s < b.open and b.close < e for s, e in strings)),
        key=lambda bracket: (bracket.open, -bracket.close),
    )


def _choices(draft: Draft, bracket: Bracket) -> tuple[str, ...]:
    text = draft.line.text
    inline = is_inline(text, bracket)
    if bracket.bare and (bracket.kind == "tuple" or not inline or b"#" in text[bracket.close :]):
        return ()
    if inline:
        if bracket.kind:  # black knows no other way for imports, nor is a tuple one without comma
            return ("each",)
        return ("body", "each") if bracket.items or bracket in draft.changes else ()
    return ("lines",) if bracket in draft.changes else ()
