"""What every report tells, worked out once: findings, places, fixes; the formats only spell it."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tapfix.api.result import Mode, Place, Reported, Result, Status
from tapfix.discover import repository_of
from tapfix.discover.walk import is_below
from tapfix.edits import Finding, Ref
from tapfix.model.python.source import Problem
from tapfix.report.masking import masked, shows
from tapfix.report.names import shown
from tapfix.report.paint import PLAIN, Paint
from tapfix.rule import MANUAL, Rule, Severity

if TYPE_CHECKING:
    from tapfix.api.hunks import Text
    from tapfix.api.parts import Part
    from tapfix.verify.judge import Judgement, Verdict

SITE = MANUAL.removesuffix("/rules")
"""Where people find out what tapfix is."""

_NOT_PROVED = "not proved"
_WORST = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Span:
    """From one place to another: 1-based lines and columns in characters, the end not included."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class _File:
    """A text whose places are looked up by offset."""

    text: Text

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """The lines in UTF-8."""
        return tuple(line.encode() for line in self.text.lines)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The offset at which each line starts, and the one at which the text ends."""
        return tuple(accumulate(map(len, self.lines), initial=0))

    def span(self, ref: Ref) -> Span | None:
        """A place in lines and columns; None if it lies outside."""
        if not self.lines or ref.end > self.starts[-1]:
            return None
        return Span(*self._position(ref.offset), *self._position(ref.end))

    def _position(self, offset: int) -> tuple[int, int]:
        line = min(bisect_right(self.starts, offset), len(self.lines))
        before = self.lines[line - 1][: offset - self.starts[line - 1]]
        return line, len(before.decode("utf-8", "replace")) + 1


@dataclass(frozen=True)
class Content:
    """What a run came to, as writers of reports ask for it.

    ``base`` is the current folder. ``judgements`` are what templates say of the fixes.
    ``statistics`` asks for counts instead of lists. ``exit_code`` is what the program ends with.
    """

    result: Result
    base: str
    judgements: tuple[Judgement, ...] = ()
    statistics: bool = False
    exit_code: int = 0
    paint: Paint = PLAIN
    _files: dict[tuple[str, bytes], _File | None] = field(default_factory=dict, repr=False)

    @cached_property
    def findings(self) -> tuple[Reported, ...]:
        """The findings that stand in the files as the run leaves them, notes among them."""
        written = self.result.mode is Mode.APPLY
        return tuple(
            one for one in self.result.findings if not (written and one.status is Status.FIXED)
        )

    @cached_property
    def silenced(self) -> tuple[Reported, ...]:
        """The findings that comments silence, where they stand after the run."""
        return tuple(map(self._as_left, self.result.silenced))

    @cached_property
    def baselined(self) -> tuple[Reported, ...]:
        """The findings that a baseline has, where they stand after the run."""
        return tuple(map(self._as_left, self.result.baselined))

    def _as_left(self, one: Reported) -> Reported:
        return replace(one, place=self._after(one.place))

    def _after(self, place: Place) -> Place:
        """Where the run leaves what stood at a place before it."""
        if self.result.mode is not Mode.APPLY or place.path not in self.result.changes:
            return place
        return place.carried_to(self.result.changes[place.path][1])

    @cached_property
    def worst_first(self) -> tuple[Reported, ...]:
        """The findings by severity, notes last."""
        return tuple(sorted(self.findings, key=_badness))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that were asked, and those of findings beside them, in order of code."""
        told = (*self.findings, *self.silenced, *self.baselined)
        every = {one.rule.code: one.rule for one in told}
        every.update((rule.code, rule) for rule in self.result.rules)
        return tuple(rule for _, rule in sorted(every.items()))

    @cached_property
    def top(self) -> str:
        """The folder that services know files by: the repository, or without one the current."""
        return repository_of(self.base) or self.base

    def inside(self, path: str) -> str:
        """A path as services know it: relative to the top, where it lies below it."""
        return shown(path, self.top).replace(os.sep, "/")

    def shown(self, path: str) -> str:
        """A path as people know it: relative to the current folder, where it lies below it."""
        return shown(path, self.base)

    @cached_property
    def fingerprints(self) -> Mapping[Reported, str]:
        """What each finding is known by from run to run."""
        from tapfix.api.fingerprint import fingerprints

        # Of several that are alike, each keeps its number whether or not the others are told.
        untold = (*self.silenced, *self.baselined)
        return fingerprints(replace(self.result, silenced=untold))

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        if self.result.mode is not Mode.DRY_RUN:
            return ()
        from tapfix.api.hunks import NoText
        from tapfix.api.parts import parts_of

        try:
            return parts_of(self.result)
        except NoText:
            return ()

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What a dry run would change, in parts that programs may apply.

        A part whose new text has a password in it is left out: masked, it would do harm. So is one
        of an app whose change is not proved: applying would not write it.
        """
        hides, unproved = self._hides, self._unproved
        return tuple(
            part
            for part in self._parts
            if part.hunks
            and not any(shows("".join(hunk.new), hides) for hunk in part.hunks)
            and not any(is_below(hunk.path, root) for hunk in part.hunks for root in unproved)
        )

    @cached_property
    def _unproved(self) -> tuple[str, ...]:
        """The roots of apps whose change is not proved, and of those that share files with them."""
        if not self.judgements:
            return ()
        from tapfix.verify.run import unproved

        return unproved(self.result, self.judgements)

    @cached_property
    def part_of(self) -> Mapping[Reported, Part]:
        """The part that has a finding's fix, by finding."""
        return {one: part for part in self.parts for one in part.findings}

    @cached_property
    def diff(self) -> bytes:
        """What would change, as ``git apply`` takes it: files as they stand below the top."""
        if not self.result.changes:
            return b""
        from tapfix.engine.diff import unified_diff

        return unified_diff(self.result.changes, self.top)

    @property
    def reaches_out(self) -> bool:
        """Whether the diff has files that ``git apply`` would leave out in the current folder."""
        paths = [path for path in self.result.changes if is_below(path, self.top)]
        return any(not is_below(path, self.base) for path in paths)

    def hidden(self, text: str) -> str:
        """A text without the passwords that findings know."""
        return masked(text, self._hides)

    @cached_property
    def _hides(self) -> frozenset[str]:
        return self.result.hides

    def message(self, reported: Reported) -> str:
        """What is wrong, and what it leads to."""
        return self.hidden(reported.finding.message)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be done, without passwords."""
        return self._hidden(self.result.problems)

    @cached_property
    def unused(self) -> tuple[Problem, ...]:
        """What silences nothing, where it stands after the run; passwords are masked."""
        return self._hidden(map(self._moved, self.result.unused))

    def _moved(self, problem: Problem) -> Problem:
        data, _ = self.result.changes.get(problem.path, (None, None))
        place = self._after(Place(problem.path, problem.line, problem.column, data))
        return replace(problem, line=place.line)

    @cached_property
    def unmatched(self) -> tuple[Problem, ...]:
        """The entries of baselines that match nothing; passwords are masked."""
        return self._hidden(self.result.unmatched)

    def _hidden(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        return tuple(replace(one, message=self.hidden(one.message)) for one in problems)

    @cached_property
    def doubts(self) -> tuple[Problem, ...]:
        """What templates say against changes beside the verdicts on fixes, by the apps' roots."""
        if not self.judgements:
            return ()
        from tapfix.report.verification import doubts

        return tuple(
            Problem(one.root, doubt)
            for one in self.judgements
            for doubt in doubts(one, self._hides)
        )

    def verdict(self, reported: Reported) -> Verdict | None:
        """What the templates say of a finding's fix, where they were asked."""
        return self._verdicts.get(reported.finding)

    @cached_property
    def _verdicts(self) -> Mapping[Finding, Verdict]:
        verdicts = (verdict for one in self.judgements for verdict in one.verdicts)
        return {one.reported.finding: one for one in verdicts}

    def why(self, reported: Reported) -> str:
        """Why a finding is not mended, or its fix not proved; empty where neither is said."""
        verdict = self.verdict(reported)
        doubt = self.doubt(verdict) if verdict is not None else ""
        # An app whose change is not proved is kept back for just that: the verdict says more.
        reason = "" if doubt and reported.reason == _NOT_PROVED else reported.reason or ""
        return "; ".join(filter(None, (self.hidden(reason), doubt)))

    def doubt(self, verdict: Verdict) -> str:
        """What a verdict says against its fix; empty where it says nothing."""
        if verdict.mark.value != _NOT_PROVED:
            return ""
        return self.hidden(f"{_NOT_PROVED}: {verdict.reason}") if verdict.reason else _NOT_PROVED

    def said(self, reported: Reported) -> str:
        """The finding's message, with the reason why it is not mended, where there is one."""
        message, why = self.message(reported), self.why(reported)
        return f"{message} ({why})" if why else message

    def span(self, reported: Reported) -> Span | None:
        """The place of a finding; to the end of its line, where no more is known; None: no line."""
        place = reported.place
        file = self._file(place.path, place.data)
        if file is None or not 0 < place.line <= len(file.lines):
            return None
        span = file.span(reported.finding.ref)
        if span is not None and (span.line, span.column) == (place.line, place.column):
            return span
        # The finding is of a later version of the file, so the line is all that is certain.
        line = file.text.lines[place.line - 1].rstrip("\r\n")
        indent = len(line) - len(line.lstrip())
        return Span(place.line, indent + 1, place.line, len(line) + 1)

    def related(self, reported: Reported) -> tuple[str, Span] | None:
        """The construct that a finding elsewhere belongs to: its file and place."""
        ref = reported.finding.related
        if ref is None or self._is_of_later_version(reported, ref.path):
            return None
        file = self._file(ref.path, self._now(ref.path))
        span = file.span(ref) if file is not None else None
        return (ref.path, span) if span is not None else None

    def _is_of_later_version(self, reported: Reported, path: str) -> bool:
        """Whether a finding speaks of a file as fixes left it that are not on disk."""
        if self.result.mode is not Mode.DRY_RUN or path not in self.result.changes:
            return False
        first = (step.applied for step in self.result.steps if step.number == 1)
        return not any(reported.finding in applied for applied in first)

    def text(self, place: Place) -> Text | None:
        """The file that a place is in."""
        file = self._file(place.path, place.data)
        return file.text if file is not None else None

    def _now(self, path: str) -> bytes | None:
        """What is on disk at the end of the run."""
        if path in self.result.changes:
            before, after = self.result.changes[path]
            return after if self.result.mode is Mode.APPLY else before
        file = Path(path)
        return file.read_bytes() if file.is_file() else None

    def _file(self, path: str, data: bytes | None) -> _File | None:
        if data is None:
            return None
        if (path, data) not in self._files:
            from tapfix.api.hunks import NoText, text_of

            try:
                self._files[path, data] = _File(text_of(path, data))
            except NoText:
                self._files[path, data] = None
        return self._files[path, data]


def _badness(one: Reported) -> tuple[object, ...]:
    place = one.place
    return one.status is Status.NOTE, _WORST[one.rule.severity], place.path, place.line


def uri(path: str) -> str:
    """A path as a URI reference, percent-encoded; an absolute one is a file's URI."""
    quoted = quote(os.fsencode(path))
    return f"file://{quoted}" if path.startswith("/") else quoted
