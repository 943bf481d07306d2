"""What a run comes to, as plain values: what command line, editor and tests show or use."""

from __future__ import annotations

import enum
import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from tapfix.edits import Finding, Impact
from tapfix.model.python.source import Problem
from tapfix.rule import Rule

if TYPE_CHECKING:
    from tapfix.api.entries import Ledger


class Mode(enum.Enum):
    """What a run is for: to report, to show what fixing would change, or to fix."""

    REPORT = "report"
    DRY_RUN = "dry run"
    APPLY = "apply"


class Status(enum.Enum):
    """What became of a finding."""

    FIXED = "fixed"
    """Its fix is among the changes."""
    FIXABLE = "fixable"
    """It has a fix that was not asked for."""
    REFUSED = "refused"
    """It has a fix that could not be applied."""
    HELD_BACK = "held back"
    """It has a fix that may not be applied here: the profile does not allow it, or it would write
    files with uncommitted changes under ``--require-clean``, or others than the one text of
    ``--stdin-filename``. The reason says which."""
    UNFIXABLE = "no fix"
    """No machine can mend it."""
    NOTE = "note"
    """Nothing that could be mended: shown, never counted."""
    SILENCED = "suppressed"
    """A comment or the baseline silences it: never among the findings, but told apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """A 1-based line and column, in characters, of the file ``path`` with the content ``data``."""

    path: str
    line: int
    column: int
    data: bytes | None = field(default=None, repr=False, compare=False)

    def carried_to(self, data: bytes | None) -> Place:
        """Where the line stands in another version of the file, or what stands in its place."""
        if self.data is None or data is None or self.data == data:
            return self
        line = self.line - 1
        for _, start, end, other, other_end in _moves(self.data, data):
            if start <= line < end:
                last = max(other, other_end - 1)
                return replace(self, line=min(other + line - start, last) + 1, data=data)
        return replace(self, data=data)


@functools.lru_cache(maxsize=64)
def _moves(old: bytes, new: bytes) -> Sequence[tuple[str, int, int, int, int]]:
    """What becomes of the lines of a file, in which many places may be asked about."""
    from difflib import SequenceMatcher

    # A line that only moves into a block is the same.
    before, after = ([line.strip() for line in data.splitlines()] for data in (old, new))
    return SequenceMatcher(None, before, after, autojunk=False).get_opcodes()


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding, the rule that made it, its place, and what became of it.

    What is left stands where the file has it after the run, what is fixed where it stood before.
    ``reason`` says why it is not mended, where it is not.
    """

    finding: Finding
    rule: Rule = field(compare=False)
    place: Place
    status: Status
    reason: str | None = None

    @property
    def impact(self) -> Impact | None:
        """What the fix does to what is deployed, if there is a fix."""
        return self.finding.fix.impact if self.finding.fix is not None else None

    @property
    def is_left(self) -> bool:
        """Whether something remains to be done about it."""
        return self.status not in (Status.FIXED, Status.NOTE, Status.SILENCED)


Change: TypeAlias = tuple[bytes | None, bytes | None]
"""What a file held and what it is to hold; None: no file."""


@dataclass(frozen=True, slots=True)
class Step:
    """One round of fixes over apps that share files: those applied, and what they started from.

    ``number`` counts the rounds of these apps from 1. ``before`` holds every file that these fixes
    edit, by absolute path; None where there was none. ``raised`` are those of the findings that
    only earlier rounds brought up.
    """

    number: int
    before: Mapping[str, bytes | None]
    applied: tuple[Finding, ...]
    raised: frozenset[Finding] = frozenset()


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a run over all its apps.

    ``changes`` are by absolute path, ``unused`` are suppressions that silence nothing, where they
    stood before, ``notes`` are lines that concern no single place, ``profiles`` are the profiles
    that held, ``suppressed`` counts silenced findings, ``secrets`` are passwords that no finding
    here knows, ``apps`` are the roots of the apps, ``files`` counts their files, and ``rules`` are
    those that were asked about any of them. ``steps`` are the rounds of fixes that lead to the
    changes, in order; ``silenced`` are the findings that comments silence, with the comments'
    reasons; ``baselined`` are those that a baseline has, ``unmatched`` are its entries that match
    nothing, and ``ledgers`` say what to make of the baselines. ``ignored`` are the findings for
    which the changes have comments that silence them, as they would be left without; they are the
    last of ``silenced``. ``outgrown`` are findings as the changes leave them, in a form that the
    baseline does not know, and in the form that it knows: they are left with the changes, and among
    ``baselined`` without. ``undo`` is the command that takes back what was written; empty where
    there is none.
    """

    mode: Mode = Mode.REPORT
    findings: tuple[Reported, ...] = ()
    changes: Mapping[str, Change] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unused: tuple[Problem, ...] = ()
    unmatched: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    suppressed: int = 0
    secrets: tuple[str, ...] = field(default=(), repr=False)
    apps: tuple[str, ...] = ()
    files: int = 0
    rules: tuple[Rule, ...] = ()
    steps: tuple[Step, ...] = field(default=(), repr=False)
    silenced: tuple[Reported, ...] = ()
    baselined: tuple[Reported, ...] = ()
    undo: str = ""
    ledgers: tuple[Ledger, ...] = ()
    ignored: tuple[Reported, ...] = ()
    outgrown: Mapping[Finding, Reported] = field(default_factory=dict, repr=False)

    @property
    def hides(self) -> frozenset[str]:
        """The passwords that findings are about, shown or silenced: no report may hold them."""
        told = (text for one in self.findings for text in one.finding.hides)
        return frozenset((*told, *self.secrets))

    @property
    def left(self) -> tuple[Reported, ...]:
        """The findings that remain, notes not among them."""
        return tuple(reported for reported in self.findings if reported.is_left)

    @property
    def fixed(self) -> tuple[Reported, ...]:
        """The findings whose fix is among the changes."""
        return tuple(one for one in self.findings if one.status is Status.FIXED)

    @property
    def impacts(self) -> Mapping[Impact, int]:
        """How many of the fixes, applied or on offer, have each impact, mildest first."""
        offered = (Status.FIXED, Status.FIXABLE)
        counts = Counter(one.impact for one in self.findings if one.status in offered)
        return {impact: counts[impact] for impact in Impact if counts[impact]}

    @property
    def exit_code(self) -> int:
        """2 if something could not be done, else 1 if something is left to do, else 0.

        Changes that a dry run shows are left to do.
        """
        if self.problems:
            return 2
        return 1 if self.left or (self.mode is Mode.DRY_RUN and self.changes) else 0
