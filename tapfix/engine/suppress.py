"""Comments that silence findings: ``# tapfix: ignore[TAP003] reason`` and ``ignore-file``."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tapfix.edits import Finding, Ref
from tapfix.engine.errors import RewriteError
from tapfix.engine.source import decode, line_starts, plain
from tapfix.engine.tokens import Token, scan

_MARK = b"tapfix:"
_COMMENT = re.compile(
    r"#\s*tapfix:\s*ignore(?P<file>-file)?(?!\w|-)\s*"
    # A list that nobody closes names nothing: it must not stand for every rule.
    r"(?:\[(?:(?P<patterns>[^\]]*)\]|(?P<open>)))?\s*(?P<reason>[^#]*)"
)

Matches = Callable[[str, str], bool]
"""Whether a pattern of a comment (a code, a name, a prefix) means a rule's code."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment. ``patterns`` is None where it silences every rule; ``line`` counts from 1.

    A list that names no rule, or that is never closed, is empty.
    """

    ref: Ref
    line: int
    patterns: tuple[str, ...] | None
    reason: str
    whole_file: bool


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The comments of one file, its line starts, and the lines that hold only a comment."""

    comments: tuple[Suppression, ...] = ()
    starts: tuple[int, ...] = (0,)
    comment_lines: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Split:
    """Findings that stay, findings that a comment silences, and comments that silence nothing.

    ``reasons`` are those that the comments give, by finding; a comment need not give one.
    """

    kept: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    unused: tuple[Suppression, ...]
    reasons: Mapping[Finding, str] = field(default_factory=dict, compare=False)


def suppressions(path: str, data: bytes) -> Suppressions:
    """The suppression comments of a file; none where it cannot be read as Python.

    Only real comments count, not text in strings.
    """
    if _MARK not in data:
        return Suppressions()
    try:
        text = plain(decode(data).text)
        tokens = [token for token in scan(text) if token.is_code or token.kind == "COMMENT"]
    except RewriteError:
        return Suppressions()
    starts = line_starts(text)
    code_lines = {line for token in tokens if token.is_code for line in _lines(token, starts)}
    found = [token for token in tokens if token.kind == "COMMENT"]
    comment_lines = {bisect.bisect_right(starts, token.start) for token in found} - code_lines
    parsed = (comment for token in found for comment in _parse(path, token, starts))
    return Suppressions(tuple(parsed), tuple(starts), frozenset(comment_lines))


def split(
    findings: Iterable[Finding], by_path: Mapping[str, Suppressions], matches: Matches
) -> Split:
    """Take out the findings that a comment silences.

    A comment counts on any line of the finding or of its scope, and on the comment lines right
    above either. A file without an entry in ``by_path`` has no comments.
    """
    kept: list[Finding] = []
    silenced: list[Finding] = []
    reasons: dict[Finding, str] = {}
    used: set[Suppression] = set()
    for finding in findings:
        by = [c for c in _reaching(finding, by_path) if _means(c, finding.code, matches)]
        used.update(by)
        (silenced if by else kept).append(finding)
        reasons.update((finding, comment.reason) for comment in by if comment.reason)
    every = (comment for file in by_path.values() for comment in file.comments)
    unused = sorted((c for c in every if c not in used), key=lambda comment: comment.ref)
    return Split(tuple(kept), tuple(silenced), tuple(unused), reasons)


def _lines(token: Token, starts: list[int]) -> range:
    first = bisect.bisect_right(starts, token.start)
    return range(first, bisect.bisect_right(starts, max(token.start, token.end - 1)) + 1)


def _parse(path: str, token: Token, starts: list[int]) -> Iterator[Suppression]:
    """What a comment says: several may share a line, each with its own ``#``."""
    for match in _COMMENT.finditer(token.text):
        patterns: tuple[str, ...] | None = None if match["open"] is None else ()
        if match["patterns"] is not None:
            patterns = tuple(p.strip() for p in match["patterns"].split(",") if p.strip())
        start, end = (token.start + len(token.text[:at].encode()) for at in match.span())
        yield Suppression(
            Ref(path, start, end - start),
            bisect.bisect_right(starts, start),
            patterns,
            match["reason"].strip(),
            match["file"] is not None,
        )


def _means(comment: Suppression, code: str, matches: Matches) -> bool:
    return comment.patterns is None or any(matches(p, code) for p in comment.patterns)


def _reaching(finding: Finding, by_path: Mapping[str, Suppressions]) -> list[Suppression]:
    """The comments on a finding's lines, on its scope's, or for their whole file."""
    found = []
    for ref in (finding.ref, finding.scope or finding.ref):
        file = by_path.get(ref.path)
        if file is not None and file.comments:
            lines = _reach(ref, file)
            found += [c for c in file.comments if c.whole_file or c.line in lines]
    return found


def _reach(ref: Ref, file: Suppressions) -> range:
    """The lines of a place, and the comment lines right above it."""
    first = bisect.bisect_right(file.starts, ref.offset)
    last = bisect.bisect_right(file.starts, max(ref.offset, ref.end - 1))
    while first - 1 in file.comment_lines:
        first -= 1
    return range(first, last + 1)
