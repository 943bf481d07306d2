"""Writing the comments that silence findings: beside one, or for a whole file."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tapfix.edits import Finding, Ref
from tapfix.engine.errors import RewriteError
from tapfix.engine.source import (
    columns,
    decode,
    encode,
    line_end,
    line_start,
    newline_at,
    previous_line,
)
from tapfix.engine.suppress import split, suppressions

_LIST = re.compile(rb"#\s*tapfix:\s*ignore\[[^\]\r\n]*(?=\])")
_OWN_LINE = re.compile(rb"[ \t\f]*#")
_FILE_LIST = re.compile(rb"^#\s*tapfix:\s*ignore-file\[[^\]\r\n]*(?=\])", re.MULTILINE)
# What must stay at the top: how the file is run, and how it is encoded.
_TOP = re.compile(
    rb"(?:#![^\r\n]*(?:\r\n?|\n))?(?:[ \t\f]*#[^\r\n]*coding[:=][^\r\n]*(?:\r\n?|\n))?"
)
_INDENT = re.compile(rb"[ \t\f]*")


@dataclass(frozen=True, slots=True)
class _Insertion:
    """A piece of text and the offset at which it is put in."""

    offset: int
    piece: bytes

    def into(self, text: bytes) -> bytes:
        return text[: self.offset] + self.piece + text[self.offset :]

    def moved(self, ref: Ref) -> Ref:
        """Where a place stands afterwards."""
        width = len(self.piece)
        if self.offset <= ref.offset:
            return replace(ref, offset=ref.offset + width)
        return replace(ref, length=ref.length + width) if self.offset < ref.end else ref


@dataclass(frozen=True, slots=True)
class Manner:
    """How comments are to be: the reason that they give, and how long a line may become.

    With ``above``, new ones go above the statement alone. ``at_scope`` puts them at the statement
    that the finding is about instead of at the very place.
    """

    reason: str = ""
    line_length: int = sys.maxsize
    above: bool = False
    at_scope: bool = False


_PLAIN = Manner()


def ignore_here(finding: Finding, data: bytes) -> bytes:
    """The file with a comment on a line of the finding, or right above it, that silences it.

    Raises RewriteError if the file cannot be decoded, or if there is no place for such a comment.
    """
    return _ignored([finding], data, _PLAIN)[0]


def ignore_each(
    findings: Iterable[tuple[Finding, Manner]], data: bytes
) -> tuple[bytes, dict[Finding, str]]:
    """The file with comments that silence its findings; and why others have none.

    Findings of one line share a comment if their reasons are the same. The places are those in
    ``data``.
    """
    try:
        text = decode(data).text
    except RewriteError as error:
        return data, {finding: error.reason for finding, _ in findings}
    groups: dict[tuple[int, str], list[tuple[Finding, Manner]]] = {}
    for finding, manner in findings:
        line = line_start(text, _anchor(finding, manner).offset)
        groups.setdefault((-line, manner.reason), []).append((finding, manner))
    refused: dict[Finding, str] = {}
    moves: list[_Insertion] = []
    # From the end on.
    for _, group in sorted(groups.items()):
        manner = max((one for _, one in group), key=lambda one: one.at_scope)
        rest = [finding for finding, _ in group]
        for together in (rest, *([one] for one in rest)):
            outcome = _tried([_moved(one, moves) for one in together], data, manner)
            if not isinstance(outcome, RewriteError):
                data, insertions = outcome
                moves += insertions
                if together is rest:
                    break
            elif together is not rest:
                refused[together[0]] = outcome.reason
    return data, refused


def _tried(
    findings: Sequence[Finding], data: bytes, manner: Manner
) -> tuple[bytes, list[_Insertion]] | RewriteError:
    try:
        return _ignored(findings, data, manner)
    except RewriteError as error:
        return error


def _ignored(
    findings: Sequence[Finding], data: bytes, manner: Manner
) -> tuple[bytes, list[_Insertion]]:
    """The file with findings of a line silenced, and what was put in. Raises RewriteError."""
    loud = [one for one in findings if not _is_silenced(one, data)]
    if not loud:
        return data, []
    codes = ", ".join(sorted({one.code for one in loud})).encode()
    source = decode(data)
    for insertions in _beside(_anchor(loud[0], manner), codes, source.text, manner):
        text = source.text
        for insertion in insertions:
            text = insertion.into(text)
        new = encode(source, text)
        moved = [_moved(one, insertions) for one in loud]
        if all(_is_silenced(one, new) for one in moved) and _is_same_program(data, new):
            return new, insertions
    raise RewriteError("there is no place for a comment beside it")


def _moved(finding: Finding, insertions: Iterable[_Insertion]) -> Finding:
    """A finding with its places as they are after some insertions."""
    for one in insertions:
        scope = one.moved(finding.scope) if finding.scope is not None else None
        finding = replace(finding, ref=one.moved(finding.ref), scope=scope)
    return finding


def _anchor(finding: Finding, manner: Manner) -> Ref:
    """The place that a comment goes to: a scope elsewhere has no room for it."""
    scope = finding.scope
    is_near = manner.at_scope and scope is not None and scope.path == finding.ref.path
    return scope if is_near and scope is not None else finding.ref


def ignore_in_file(finding: Finding, data: bytes) -> bytes:
    """The file with a comment at its top that silences the finding's rule in all of it.

    Raises RewriteError if the file cannot be decoded, or if there is no place for such a comment.
    """
    source = decode(data)
    for insertion in _at_top(finding.code, source.text):
        new = encode(source, insertion.into(source.text))
        if _is_silenced(finding, new) and _is_same_program(data, new):
            return new
    raise RewriteError("there is no place for a comment at the top")


def _beside(ref: Ref, codes: bytes, text: bytes, manner: Manner) -> Iterator[list[_Insertion]]:
    """What may do, the best first: a list that is there, the end of a line, a line above.

    Where a line would become too long, that comes last.
    """
    start, end = line_start(text, ref.offset), line_end(text, ref.offset)
    last = line_end(text, max(ref.offset, ref.end - 1))
    too_long: list[list[_Insertion]] = []

    def fits(insertions: list[_Insertion]) -> bool:
        wide = any(
            _width(text, one) > manner.line_length for one in insertions if not _is_own(text, one)
        )
        if wide:
            too_long.append(insertions)
        return not wide

    places = dict.fromkeys((end, last))
    lists = [_merged(text, first, stop, codes, manner) for first, stop in _lists(text, start, last)]
    yield from filter(fits, filter(None, lists))
    comment = b"# tapfix: ignore[%s]" % codes
    if manner.reason:
        comment += b" " + manner.reason.encode()
    beside = [[_Insertion(place, b"  " + comment)] for place in places]
    for one in [] if manner.above else beside:
        if not too_long and fits(one):
            yield one
    indent = _INDENT.match(text, start)
    assert indent is not None
    line = indent.group() + comment + newline_at(text, start).encode()
    yield [_Insertion(start, line)]
    yield from too_long or beside


def _lists(text: bytes, start: int, last: int) -> Iterator[tuple[int, int]]:
    """The lines whose comment may be extended: the first one, the last one, and comments above."""
    yield start, line_end(text, start)
    if line_start(text, last) != start:
        yield line_start(text, last), last
    while start:
        start = previous_line(text, start)
        if not _OWN_LINE.match(text, start):
            return
        yield start, line_end(text, start)


def _merged(
    text: bytes, start: int, end: int, codes: bytes, manner: Manner
) -> list[_Insertion] | None:
    """The codes put into the list of a line's comment, and the reason if it has none.

    None where there is no list, or one with another reason: nobody has given that for these codes.
    """
    found = _LIST.search(text, start, end)
    if found is None:
        return None
    parts = [_Insertion(found.end(), b", " + codes)]
    reason, known = manner.reason.encode(), text[found.end() + 1 : end].partition(b"#")[0].strip()
    if reason and known not in (b"", reason):
        return None
    if reason and not known:
        # Behind the bracket; put in first, so that the other place does not move.
        parts.insert(0, _Insertion(found.end() + 1, b" " + reason))
    return parts


def _is_own(text: bytes, insertion: _Insertion) -> bool:
    """Whether the text goes into a line that is nothing but a comment, which nobody lays out."""
    return _OWN_LINE.match(text, line_start(text, insertion.offset)) is not None


def _width(text: bytes, insertion: _Insertion) -> int:
    """How many columns the line takes with an insertion in it."""
    start, end = line_start(text, insertion.offset), line_end(text, insertion.offset)
    return columns((text[start:end] + insertion.piece).decode("utf-8", "replace"))


def _at_top(code: str, text: bytes) -> Iterator[_Insertion]:
    found = _FILE_LIST.search(text)
    if found is not None:
        yield _Insertion(found.end(), b", " + code.encode())
    top = _TOP.match(text)
    assert top is not None
    line = f"# tapfix: ignore-file[{code}]{newline_at(text, top.end())}"
    yield _Insertion(top.end(), line.encode())


def _is_silenced(finding: Finding, data: bytes) -> bool:
    path = finding.ref.path
    comments = {path: suppressions(path, data)}
    parted = split([finding], comments, lambda word, code: code == word)
    return bool(parted.suppressed)


def _is_same_program(before: bytes, after: bytes) -> bool:
    """Whether a comment is all that two files differ in."""
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
