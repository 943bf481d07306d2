"""The new text of a logical line: by black if black had left it alone, else in its own layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tapfix.engine.brackets import Bracket
from tapfix.engine.draft import Change, Draft, LineEdit
from tapfix.engine.errors import RewriteError
from tapfix.engine.layout import Place, added, exploded, is_inline, lead
from tapfix.engine.logical import Line
from tapfix.engine.outline import Habits
from tapfix.engine.patch import Patch, apply
from tapfix.engine.removal import removed
from tapfix.engine.source import columns, plain
from tapfix.engine.tidy import black, reindented, tidied
from tapfix.engine.tokens import comments

_NEWLINES = re.compile(rb"\r\n|\r|\n")
_NAME = re.compile(r"(\w+=(?!=)|\"[^\"]*\": |'[^']*': )?")

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
        patches += _opened(layout, bracket, modes.get(bracket, ""))
    return apply(draft.line.text, patches, layout.newline)


def _opened(layout: _Layout, bracket: Bracket, mode: str) -> list[Patch]:
    """The patches of one bracket in its mode; without one, in the layout that it has."""
    draft, text, first = layout.draft, layout.draft.line.text, layout.draft.line.indent
    change = draft.changes.get(bracket, Change())
    gone = frozenset(change.removed)
    if mode in ("body", "each"):
        indent = lead(text, bracket.open, first)
        each = mode == "each"
        return exploded(
            bracket, change.additions, gone, layout.place, indent, layout.unit, each=each
        )
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


def _own(layout: _Layout, line_length: int) -> bytes:
    """The user's own layout; brackets are opened, outermost first, where a line gets too long."""
    modes: dict[Bracket, str] = {}
    best = _render(layout, modes)
    line = layout.draft.line
    grows = any(change.additions for change in layout.draft.changes.values())
    if _excess(line, line.text, line_length) and not grows:
        return best  # it was too long before: no reason to touch more of it than the edit does
    for bracket in _candidates(layout.draft):
        for mode in _choices(layout.draft, bracket):
            excess = _excess(line, best, line_length)
            if not excess:
                return best
            tried = _render(layout, {**modes, bracket: mode})
            left = _excess(line, tried, line_length)
            if not left or (mode != "body" and left < excess):
                modes[bracket], best = mode, tried
                break
    return best


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
