"""Fixes one by one: somebody says of each whether it is to be made, and may put a comment instead.

What is asked about is always what the fix changes beside those that were accepted before it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tapfix import api
from tapfix.api.carrying import carried
from tapfix.api.found import Found
from tapfix.api.ignores import with_ignores
from tapfix.api.result import Change, Mode, Reported, Result
from tapfix.edits import Finding, edited_path
from tapfix.engine.plan import apply_fixes
from tapfix.engine.style import Style

NOT_WANTED = "you said no"
_NOT_ASKED = "you stopped before it"
_IGNORED = "you asked for a comment instead"


class Deed(enum.Enum):
    """What to do with a fix."""

    MAKE = "make"
    LEAVE = "leave"
    MAKE_KIND = "make all of this kind"
    LEAVE_KIND = "leave all of this kind"
    IGNORE = "ignore"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says of a fix; ``reason`` is that of the comment to write."""

    deed: Deed
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A fix to say yes or no to: what it would change, and which one of how many it is."""

    found: Found
    changes: Mapping[str, Change] = field(repr=False)
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Talk:
    """The person: ``ask`` has the answers; ``depends`` hears what a refused fix takes along.

    ``cannot`` hears of a fix that does not go with accepted ones, and why. ``start`` is told the
    passwords that are not to be shown.
    """

    start: Callable[[frozenset[str]], None]
    ask: Callable[[Question], Answer]
    depends: Callable[[Sequence[Reported]], None]
    cannot: Callable[[Found, str], None]


def review(paths: Sequence[str], options: api.Options, talk: Talk) -> Result:
    """Find, and mend in memory what the person accepts.

    Raises as ``api.run`` does, and lets through what the person raises.
    """
    whole = api.run(paths, replace(options, mode=Mode.DRY_RUN))
    talk.start(whole.hides)
    round_table = _Review(talk, _Dependents(paths, options, whole))
    result = api.run(paths, replace(options, mode=Mode.APPLY, choose=round_table.choose))
    reasons = round_table.reasons()
    return with_ignores(
        result,
        {one: reasons[one.finding] for one in result.left if one.finding in reasons},
    )


class _Dependents:
    """What comes up only with other fixes; ``whole`` is the run that makes all of them."""

    def __init__(self, paths: Sequence[str], options: api.Options, whole: Result) -> None:
        self._paths = paths
        self._options = replace(options, mode=Mode.DRY_RUN)
        raised = {finding for step in whole.steps for finding in step.raised}
        self._raised = [one for one in whole.fixed if one.finding in raised]

    def of(self, found: Found, *, kind: bool) -> list[Reported]:
        """What would not come up without a fix, or without all of its kind."""
        code = found.rule.code
        own = code, found.place.path, found.finding.message
        others = [
            one
            for one in self._raised
            if _name(one) != own and not (kind and one.rule.code == code)
        ]
        if not others:
            return []
        last = found

        def choose(here: Sequence[Found], _: _Read, __: _StyleOf) -> list[Found]:
            nonlocal last
            mine = {one for one in here if kind and one.rule.code == code}
            for one in carried([last], here):
                mine.add(one)
                last = one
            return [replace(one, held_back=NOT_WANTED) if one in mine else one for one in here]

        without = api.run(self._paths, replace(self._options, choose=choose))
        there = {_name(one) for one in without.fixed}
        return [one for one in others if _name(one) not in there]


def _name(one: Reported) -> tuple[str, str, str]:
    return one.rule.code, one.place.path, one.finding.message


_Read = Callable[[str], bytes | None]
_StyleOf = Callable[[str], Style]


class _Review:
    """What was said, round by round."""

    def __init__(self, talk: Talk, dependents: _Dependents) -> None:
        self._talk = talk
        self._dependents = dependents
        self._said: dict[Found, Answer] = {}
        self._kinds: dict[str, Answer] = {}
        self._is_over = False

    def reasons(self) -> dict[Finding, str]:
        """The reasons to ignore findings, as these were found last."""
        said = self._said.items()
        return {one.finding: answer.reason for one, answer in said if answer.deed is Deed.IGNORE}

    def choose(self, found: Sequence[Found], read: _Read, style_of: _StyleOf) -> list[Found]:
        """The findings of a round, held back where the fix is not to be made."""
        self._carry(found)
        wanted = sorted((one for one in found if one.is_wanted), key=_place)
        accepted = [one for one in wanted if self._is_accepted(one)]
        waiting = [one for one in wanted if one not in self._said]
        why: dict[Found, str] = {}
        for number, one in enumerate(waiting, 1):
            if self._is_over or one.rule.code in self._kinds:
                stop = Answer(Deed.STOP)
                self._said[one] = (
                    self._kinds.get(one.rule.code, stop) if not self._is_over else stop
                )
            else:
                outcome = _beside(one, accepted, read, style_of)
                if isinstance(outcome, str):
                    # It may go when these are made, so it may be asked about again.
                    self._talk.cannot(one, outcome)
                    why[one] = outcome
                    continue
                self._hear(one, self._talk.ask(Question(one, outcome, number, len(waiting))))
            if self._is_accepted(one):
                accepted.append(one)
        why |= {one: _why(answer) for one, answer in self._said.items() if not _is_yes(answer)}
        return [replace(one, held_back=why[one]) if one in why else one for one in found]

    def _carry(self, found: Sequence[Found]) -> None:
        """Know what was spoken of by its new places, but for what is made: that is no more."""
        texts = {now: now.place.data for now in found}
        for one in [one for one, answer in self._said.items() if _is_yes(answer)]:
            if texts.get(one) != one.place.data:
                del self._said[one]
        refused = [one for one, answer in self._said.items() if not _is_yes(answer)]
        became = carried(refused, found)
        answers = {now: self._said.pop(before) for now, before in became.items()}
        self._said |= answers

    def _hear(self, one: Found, answer: Answer) -> None:
        self._said[one] = answer
        self._is_over = answer.deed is Deed.STOP
        if answer.deed in (Deed.MAKE_KIND, Deed.LEAVE_KIND):
            self._kinds[one.rule.code] = answer
        if answer.deed in (Deed.LEAVE, Deed.LEAVE_KIND, Deed.IGNORE):
            kind = answer.deed is Deed.LEAVE_KIND
            self._talk.depends(self._dependents.of(one, kind=kind))

    def _is_accepted(self, one: Found) -> bool:
        return one in self._said and _is_yes(self._said[one])


def _is_yes(answer: Answer) -> bool:
    return answer.deed in (Deed.MAKE, Deed.MAKE_KIND)


def _why(answer: Answer) -> str:
    whys = {Deed.STOP: _NOT_ASKED, Deed.IGNORE: _IGNORED}
    return whys.get(answer.deed, NOT_WANTED)


def _place(one: Found) -> tuple[str, int, int, str]:
    return one.place.path, one.place.line, one.place.column, one.rule.code


def _beside(
    one: Found, accepted: Iterable[Found], read: _Read, style_of: _StyleOf
) -> dict[str, Change] | str:
    """What a fix changes when accepted ones are made already; or why it cannot be made then."""
    mine = _edited(one)
    others = tuple(other.finding for other in accepted if mine & _edited(other))
    before = apply_fixes(others, read, style_of).files
    after = apply_fixes((*others, one.finding), read, style_of)
    if after.refused:
        return after.refused[0].reason
    changes: dict[str, Change] = {}
    for path in sorted(mine):
        old = before[path] if path in before else read(path)
        changes[path] = old, after.files.get(path, old)
    changes = {path: pair for path, pair in changes.items() if pair[0] != pair[1]}
    return changes or "what it changes is changed already"


def _edited(one: Found) -> set[str]:
    fix = one.finding.fix
    return {edited_path(edit) for edit in fix.edits} if fix is not None else set()
