"""Two versions of a file side by side, with the words that differ marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from tapfix.api.hunks import NoText, opcodes, text_of
from tapfix.api.result import Change
from tapfix.report.html.ink import Ink, shown

CONTEXT = 3
"""So many unchanged lines are shown before and after each change."""

_ALIKE = 0.5
_LARGEST = 400
"""Blocks of more lines times lines are set side by side in their order, not by likeness."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each side by index, None where a side has none; ``same``: they are equal."""

    old: int | None
    new: int | None
    same: bool = False


def side_by_side(path: str, change: Change, ink: Ink, caption: str) -> str:
    """A table of what changes in a file; of a file that is new or goes, its one side."""
    try:
        old, new = (_lines(path, data, ink) for data in change)
    except NoText:
        return f"<p>{ink.text(caption)}: this file is no text.</p>"
    before, after = change
    head = f"<caption>{ink.text(caption)}{_said(before, after)}</caption>"
    if before is None or after is None:
        side = "new" if before is None else "old"
        lines = new if before is None else old
        body = "".join(_one_sided(number, line, side) for number, line in enumerate(lines, 1))
        title = "after" if before is None else "before"
        return (
            f'<table class="diff whole">{head}<thead><tr><th scope="col">line</th>'
            f'<th scope="col">{title}</th></tr></thead><tbody>{body}</tbody></table>'
        )
    body = "".join(_row(row, old, new) for row in _shortened(aligned(old, new)))
    return (
        f'<table class="diff">{head}<thead><tr><th scope="col">line</th><th scope="col">before</th>'
        '<th scope="col">line</th><th scope="col">after</th></tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _lines(path: str, data: bytes | None, ink: Ink) -> tuple[str, ...]:
    """The lines without their ends, masked as one text: a password may span lines."""
    text = ink.masked("".join(text_of(path, data).lines))
    return tuple(line.rstrip("\r") for line in text.replace("\r\n", "\n").split("\n")[:-1]) + (
        tuple(rest for rest in [text.rpartition("\n")[2]] if rest)
    )


def _said(before: bytes | None, after: bytes | None) -> str:
    if before is None:
        return " <em>(new file)</em>"
    return " <em>(file removed)</em>" if after is None else ""


def _one_sided(number: int, line: str, side: str) -> str:
    return f'<tr><td class="n">{number}</td><td class="{side}">{shown(line)}</td></tr>'


def aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """All lines of both sides, changed ones beside those that they are like."""
    for tag, start, end, first, last in opcodes(old, new):
        if tag == "equal":
            pairs = zip(range(start, end), range(first, last), strict=True)
            yield from (Row(one, other, True) for one, other in pairs)
        else:
            yield from _matched(old, new, range(start, end), range(first, last))


def _matched(old: Sequence[str], new: Sequence[str], gone: range, come: range) -> Iterator[Row]:
    """Lines of a changed block: of all ways to pair them in order, the one most alike."""
    if not gone or not come:
        yield from (Row(one, None) for one in gone)
        yield from (Row(None, one) for one in come)
        return
    at, to = gone.start, come.start
    for one, other in _pairs([old[i] for i in gone], [new[i] for i in come]):
        yield from (Row(index, None) for index in range(at, gone.start + one))
        yield from (Row(None, index) for index in range(to, come.start + other))
        at, to = gone.start + one + 1, come.start + other + 1
        yield Row(at - 1, to - 1)
    yield from (Row(index, None) for index in range(at, gone.stop))
    yield from (Row(None, index) for index in range(to, come.stop))


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    if len(old) * len(new) > _LARGEST:
        return [(index, index) for index in range(min(len(old), len(new)))]
    best: list[list[tuple[float, tuple[tuple[int, int], ...]]]] = [[(0.0, ())] * (len(new) + 1)]
    for i, one in enumerate(old):
        row: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())]
        for j, other in enumerate(new):
            options = [best[i][j + 1], row[j]]
            likeness = _likeness(one, other)
            if likeness >= _ALIKE:
                total, chosen = best[i][j]
                options.append((total + likeness, (*chosen, (i, j))))
            row.append(max(options, key=lambda option: option[0]))
        best.append(row)
    return list(best[-1][-1][1])


def _likeness(one: str, other: str) -> float:
    """How much of two lines is alike, from 0 to 1; how they are indented does not count."""
    left, right = _WORDS.findall(one.strip()), _WORDS.findall(other.strip())
    if not left or not right:
        return 0.0
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _shortened(rows: Iterator[Row]) -> Iterator[Row | int]:
    """The rows near changes; in the place of the others how many there are."""
    every = list(rows)
    changed = [index for index, row in enumerate(every) if not row.same]
    near = {
        index
        for change in changed
        for index in range(change - CONTEXT, change + CONTEXT + 1)
        if 0 <= index < len(every)
    }
    skipped = 0
    for index, row in enumerate(every):
        if index not in near:
            skipped += 1
            continue
        if skipped:
            yield skipped
            skipped = 0
        yield row
    if skipped:
        yield skipped


def _row(row: Row | int, old: Sequence[str], new: Sequence[str]) -> str:
    if isinstance(row, int):
        lines = "1 unchanged line" if row == 1 else f"{row} unchanged lines"
        return f'<tr class="gap"><td colspan="4">{lines}</td></tr>'
    before, after = _words(row, old, new)
    return f"<tr>{_cell(row.old, before, 'old', row)}{_cell(row.new, after, 'new', row)}</tr>"


def _cell(index: int | None, line: str, side: str, row: Row) -> str:
    if index is None:
        return '<td class="n"></td><td class="none"></td>'
    kind = "same" if row.same else side
    return f'<td class="n">{index + 1}</td><td class="{kind}">{line}</td>'


def _words(row: Row, old: Sequence[str], new: Sequence[str]) -> tuple[str, str]:
    """Both lines in HTML, with the words that only one of them has marked."""
    before = old[row.old] if row.old is not None else ""
    after = new[row.new] if row.new is not None else ""
    if row.same or row.old is None or row.new is None:
        return shown(before), shown(after)
    one, other = _WORDS.findall(before), _WORDS.findall(after)
    left, right = [], []
    for tag, start, end, first, last in opcodes(one, other):
        gone, come = shown("".join(one[start:end])), shown("".join(other[first:last]))
        left.append(gone if tag == "equal" or not gone else f"<del>{gone}</del>")
        right.append(come if tag == "equal" or not come else f"<ins>{come}</ins>")
    return "".join(left), "".join(right)
