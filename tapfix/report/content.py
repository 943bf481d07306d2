"""What every report tells, worked out once: findings, places, fixes; the formats only spell it."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tapfix.api.result import Mode, Place, Reported, Result, Status
from tapfix.discover import repository_of
from tapfix.edits import Ref
from tapfix.report.masking import shows
from tapfix.report.names import shown
from tapfix.report.paint import PLAIN, Paint
from tapfix.rule import MANUAL, Rule, Severity

if TYPE_CHECKING:
    from tapfix.api.hunks import Text
    from tapfix.api.parts import Part
    from tapfix.verify.judge import Judgement

SITE = MANUAL.removesuffix("/rules")
"""Where people find out what tapfix is."""

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
        if self.result.mode is not Mode.APPLY:
            return self.result.silenced
        return tuple(
            replace(one, place=one.place.carried_to(self.result.changes[one.place.path][1]))
            if one.place.path in self.result.changes
            else one
            for one in self.result.silenced
        )

    @cached_property
    def worst_first(self) -> tuple[Reported, ...]:
        """The findings by severity, notes last."""
        return tuple(sorted(self.findings, key=_badness))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that were asked, and those of findings beside them, in order of code."""
        told = (*self.findings, *self.silenced)
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

        return fingerprints(replace(self.result, silenced=self.silenced))

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

        A part whose new text has a password in it is left out: masked, it would do harm.
        """
        hides = self.result.hides
        return tuple(
            part
            for part in self._parts
            if part.hunks and not any(shows("".join(hunk.new), hides) for hunk in part.hunks)
        )

    @cached_property
    def part_of(self) -> Mapping[Reported, Part]:
        """The part that has a finding's fix, by finding."""
        return {one: part for part in self.parts for one in part.findings}

    @cached_property
    def diff(self) -> bytes:
        """What would change, as ``git apply`` takes it in the current folder."""
        if not self.result.changes:
            return b""
        from tapfix.engine.diff import unified_diff

        return unified_diff(self.result.changes, self.base)

    def verdict(self, reported: Reported) -> str | None:
        """What the templates say of a finding's fix, where they were asked."""
        verdicts = (verdict for one in self.judgements for verdict in one.verdicts)
        found = (one.mark.value for one in verdicts if one.reported.finding == reported.finding)
        return next(found, None)

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


def said(reported: Reported) -> str:
    """The finding's message, with the reason why it is not mended, where there is one."""
    message = reported.finding.message
    return f"{message} ({reported.reason})" if reported.reason else message
