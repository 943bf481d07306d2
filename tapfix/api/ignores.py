"""Comments that silence what is found, with a reason, at the statements that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from tapfix import api
from tapfix.api.layout import LineLengths
from tapfix.api.result import Change, Mode, Reported, Result, Status
from tapfix.engine.errors import RewriteError
from tapfix.engine.ignore import Manner, ignore_each
from tapfix.engine.source import decode
from tapfix.engine.tidy import black

# A comment at the head of these would silence all that is in them, a new finding too.
_COMPOUND = re.compile(rb"@|(?:async\s+)?(?:def|class|if|for|while|with|try|match)\b")
_NO_PYTHON = "it stands in no Python file"
# What ends a comment or a line, what a terminal obeys, what is no character (half of one, a byte
# that could not be decoded).
_BAD_REASON = re.compile(r"[#\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def fault_of(reason: str) -> str | None:
    """Why a text cannot be the reason of a comment, or None."""
    if not reason.strip():
        return "a reason says something"
    return "a reason is one line of text without #" if _BAD_REASON.search(reason) else None


def add_ignores(
    paths: Iterable[str], options: api.Options, reason: str, tell: api.Progress | None = None
) -> Result:
    """Find, and silence all that is found by comments in memory; nothing is mended.

    The mode of ``options`` says whether the changes are to be written or shown. Raises as
    ``api.run`` does.
    """
    result = api.run(paths, replace(options, mode=Mode.REPORT), tell)
    shut = _shut(result, options)
    reasons = {one: reason.strip() for one in result.left if one.place.path not in shut}
    result = with_ignores(replace(result, mode=options.mode), reasons)
    return replace(
        result,
        findings=tuple(
            _refused(one, shut[one.place.path]) if one.place.path in shut and one.is_left else one
            for one in result.findings
        ),
    )


def _shut(result: Result, options: api.Options) -> dict[str, str]:
    """The files with findings that may not be written, and why."""
    shut: dict[str, str] = {}
    for root in result.apps:
        if api.config_of(root, options).require_clean:
            known = api.uncommitted(root)
            mine = {one.place.path for one in result.left if one.place.path.startswith(f"{root}/")}
            for path in sorted(mine):
                if known.holds(path):
                    shut[path] = (
                        "the file has uncommitted changes, which --require-clean leaves alone"
                    )
    return shut


def with_ignores(result: Result, reasons: Mapping[Reported, str]) -> Result:
    """The result with comments for some of its findings among the changes.

    The findings stand in the files as the changes leave them, or as they are. Those that cannot be
    silenced are left, with the reason why.
    """
    by_path: dict[str, list[Reported]] = {}
    for one in reasons:
        by_path.setdefault(one.place.path, []).append(one)
    changes, refused = dict(result.changes), dict[Reported, str]()
    lengths = LineLengths()
    for path, mine in sorted(by_path.items()):
        now = changes[path][1] if path in changes else mine[0].place.data
        if now is None or not path.endswith(".py"):
            refused.update(dict.fromkeys(mine, _NO_PYTHON))
            continue
        commented = _commented(now, {one: reasons[one] for one in mine}, lengths.of(path))
        refused.update(commented.refused)
        if commented.data != now:
            changes[path] = changes[path][0] if path in changes else now, commented.data
    silenced = {one for one in reasons if one not in refused}
    return _told(result, reasons, refused, silenced, changes)


def _told(
    result: Result,
    reasons: Mapping[Reported, str],
    refused: Mapping[Reported, str],
    silenced: Set[Reported],
    changes: Mapping[str, Change],
) -> Result:
    now = (
        replace(one, status=Status.SILENCED, reason=reasons[one])
        for one in reasons
        if one in silenced
    )
    return replace(
        result,
        findings=tuple(
            _left(one, result.mode, refused, changes)
            for one in result.findings
            if one not in silenced
        ),
        silenced=(*result.silenced, *now),
        suppressed=result.suppressed + len(silenced),
        secrets=(*result.secrets, *(text for one in silenced for text in one.finding.hides)),
        ignored=tuple(one for one in reasons if one in silenced),
        changes=changes,
    )


def without_ignores(result: Result) -> Result:
    """The result where the comments are not written: what they would silence is left."""
    count = len(result.ignored)
    return replace(
        result,
        findings=(*result.findings, *result.ignored),
        silenced=result.silenced[: len(result.silenced) - count],
        suppressed=result.suppressed - count,
        ignored=(),
    )


def _left(
    one: Reported, mode: Mode, refused: Mapping[Reported, str], changes: Mapping[str, Change]
) -> Reported:
    """A finding that no comment was written for, where it stands when the others are.

    What is fixed stays where it stood before.
    """
    reason = refused.get(one)
    if reason is not None:
        one = _refused(one, f"not ignored: {reason}")
    if mode is not Mode.APPLY or one.status is Status.FIXED or one.place.path not in changes:
        return one
    return replace(one, place=one.place.carried_to(changes[one.place.path][1]))


def _refused(one: Reported, reason: str) -> Reported:
    """A finding that is left, with the reason why nothing was done about it."""
    status = Status.UNFIXABLE if one.finding.fix is None else Status.REFUSED
    return replace(one, status=status, reason=reason)


@dataclass(frozen=True, slots=True)
class _Commented:
    """A file with comments, and the findings that they could not be written for."""

    data: bytes
    refused: Mapping[Reported, str]


def _commented(data: bytes, reasons: Mapping[Reported, str], line_length: int) -> _Commented:
    """Write the comments of one file; what black had left unchanged, it leaves unchanged after."""
    first = _written(data, reasons, line_length, above=False)
    if _is_tidy(first.data, line_length) or not _is_tidy(data, line_length):
        return first
    second = _written(data, reasons, line_length, above=True)
    return second if _is_tidy(second.data, line_length) else first


def _written(
    data: bytes, reasons: Mapping[Reported, str], line_length: int, *, above: bool
) -> _Commented:
    findings = {
        one.finding: (one, Manner(reason, line_length, above, _is_at_scope(one, data)))
        for one, reason in reasons.items()
    }
    pairs = ((finding, manner) for finding, (_, manner) in findings.items())
    new, refused = ignore_each(pairs, data)
    return _Commented(new, {findings[one][0]: why for one, why in refused.items()})


def _is_at_scope(one: Reported, data: bytes) -> bool:
    """Whether the comment goes to the statement that the finding is about."""
    scope = one.finding.scope
    if scope is None:
        return False
    try:
        text = decode(data).text
    except RewriteError:
        return False
    return _COMPOUND.match(text, scope.offset) is None


def _is_tidy(data: bytes, line_length: int) -> bool:
    """Whether black leaves a file as it is, in one of its two manners."""
    try:
        text = decode(data).text.decode().replace("\r\n", "\n")
    except RewriteError:
        return False
    return any(black(text, line_length, modern=modern) == text for modern in (True, False))
