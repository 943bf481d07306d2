"""Changed lines as what programs replace: a place in the file as it was, and the new text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tapfix.api.hunks import Hunk
from tapfix.report.content import Span


@dataclass(frozen=True, slots=True)
class Replacement:
    """New text for a place of a file; an empty place: before its first character."""

    span: Span
    text: str


def replacement(hunk: Hunk) -> Replacement:
    """A hunk as a replacement of characters.

    At the end of a file the last newline stays out of it, since tools do not agree on whether
    there is a place behind it.
    """
    lines, text = hunk.old.lines, "".join(hunk.new)
    if hunk.end < len(lines) or not lines:
        return Replacement(Span(hunk.start + 1, 1, hunk.end + 1, 1), text)
    last = _end_of(lines[-1])
    behind = (len(lines), len(lines[-1]) - len(last) + 1)
    if not last:
        begin = (hunk.start + 1, 1) if hunk.start < len(lines) else behind
        return Replacement(Span(*begin, *behind), text)
    if hunk.new and _end_of(hunk.new[-1]) == last:
        body = text.removesuffix(last)
        if hunk.start < hunk.end:
            return Replacement(Span(hunk.start + 1, 1, *behind), body)
        return Replacement(Span(*behind, *behind), last + body)
    if not hunk.new and hunk.start and _end_of(lines[hunk.start - 1]) == last:
        above = lines[hunk.start - 1]
        begin = (hunk.start, len(above) - len(last) + 1)
        return Replacement(Span(*begin, *behind), "")
    return Replacement(Span(hunk.start + 1, 1, len(lines) + 1, 1), text)


def with_neighbour(hunk: Hunk) -> Hunk:
    """A hunk that replaces lines by lines: one that only adds or only removes gets the line above.

    At the top of a file it stays as it is, since the line below may be what another hunk gets.
    """
    if (hunk.start < hunk.end and hunk.new) or not hunk.start:
        return hunk
    above = hunk.old.lines[hunk.start - 1]
    return replace(hunk, start=hunk.start - 1, new=(above, *hunk.new))


def whole_lines(hunk: Hunk) -> str | None:
    """The new text without its last newline, where it takes the place of whole lines likewise."""
    if hunk.start == hunk.end or not hunk.new:
        return None
    end = _end_of(hunk.new[-1])
    if end != _end_of(hunk.old.lines[hunk.end - 1]):
        return None
    return "".join(hunk.new).removesuffix(end) if end else "".join(hunk.new)


def _end_of(line: str) -> str:
    """What ends a line: a newline of some kind, or nothing."""
    return line[len(line.rstrip("\r\n")) :]
