"""Apps that share files, worked on until their fixes leave nothing to change.

Each round reads what the last one made of the sources, so a fix that needs another's result comes
out in the same run. Everything happens in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from tapfix.api.found import Found
from tapfix.api.look import Look, Target, look, outgrown
from tapfix.api.origins import Origins
from tapfix.api.result import Change, Mode, Place, Reported, Status, Step
from tapfix.api.sources import Sources
from tapfix.edits import Finding, edited_path
from tapfix.engine.plan import apply_fixes
from tapfix.engine.style import Style
from tapfix.model.python.source import Problem

if TYPE_CHECKING:
    from tapfix.api.baseline import Compared

Choose: TypeAlias = Callable[
    [Sequence[Found], Callable[[str], "bytes | None"], Callable[[str], Style]], Sequence[Found]
]
"""Takes the findings of a round, the files as they are and their layout; has these findings back,
those held back whose fix is not to be made."""

_See: TypeAlias = Callable[[Target, Mapping[str, bytes]], Look]

ROUNDS = 10
"""So many rounds at most: fixes that go on changing each other's result are an error of ours."""
_OUTGROWN = (
    "the baseline has it as it is without the fixes of other findings;"
    " --write-baseline after these renews its entry"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What work on some apps came to; the fields are those of ``Result``."""

    findings: tuple[Reported, ...] = ()
    changes: Mapping[str, Change] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    unused: tuple[Problem, ...] = ()
    silenced: tuple[Reported, ...] = ()
    v1_files: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    baselined: tuple[Reported, ...] = ()
    compared: tuple[Compared, ...] = ()
    outgrown: Mapping[Finding, Reported] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One round of fixes: what the files become, whose fix went in, and why another's did not.

    ``found`` is all that was found, as it was chosen from.
    """

    files: Mapping[str, bytes | None]
    applied: tuple[Found, ...]
    refused: Mapping[Finding, str]
    found: tuple[Found, ...] = ()


def work(
    targets: Sequence[Target],
    mode: Mode,
    is_asked: Callable[[str], bool],
    style_of: Callable[[str], Style],
    tick: Callable[[str], None],
    choose: Choose | None = None,
) -> Outcome:
    """Find what is wrong with apps that share files, and unless reporting mend it in memory.

    ``tick`` is told the app's root before each step. ``choose`` picks the fixes of each round;
    without it all are made.
    """
    sources = Sources(targets)

    def see(target: Target, files: Mapping[str, bytes]) -> Look:
        return look(target, files, is_asked, tick)

    def plan(found: Sequence[Found]) -> _Plan:
        return _plan(found, sources, style_of, choose)

    looks = {target.root: see(target, target.files) for target in targets}
    if mode is Mode.REPORT:
        findings = [_left(found, None) for found in _found(looks.values())]
        return _outcome(tuple(looks.values()), (), findings, {})
    # What the baseline has is not mended, also when fixes of others change its statement.
    targets = [replace(one, old=looks[one.root].old) for one in targets]
    return _mended(targets, looks, sources, mode, see, plan)


def _mended(
    targets: Sequence[Target],
    looks: dict[str, Look],
    sources: Sources,
    mode: Mode,
    see: _See,
    plan_of: Callable[[Sequence[Found]], _Plan],
) -> Outcome:
    """Mend in rounds; ``looks`` are the first ones at the apps, by root, and become the last."""
    first = tuple(looks.values())
    origins = Origins(_found(first), sources.before)
    fixed: list[Reported] = []
    steps: list[Step] = []
    for number in range(1, ROUNDS + 1):
        found = _found(looks.values())
        plan, places = plan_of(found), origins.of(found)
        if not plan.files:
            break
        steps.append(_step(number, plan, sources, _found(first)))
        sources.change(plan.files)
        fixed += [_fixed(one, places[one.finding]) for one in plan.applied]
        origins.mended((one, places[one.finding]) for one in plan.applied)
        for target in targets:
            if sources.are_touched(target, plan.files):
                looks[target.root] = see(target, sources.files_of(target))
    else:
        return _unsettled(targets, first)
    grown = {now: was for one in targets for now, was in outgrown(one, looks[one.root]).items()}
    left = [*(_left(one, plan.refused) for one in plan.found), *map(_unknown, grown)]
    for target in targets:
        if sources.are_touched(target, sources.changes()):
            left += _brought_up(target, sources, see)
    if mode is Mode.DRY_RUN:
        places |= {now.finding: was.place for now, was in grown.items()}
        left = [_as_on_disk(one, places, sources) for one in left]
    outcome = _outcome(first, looks.values(), [*fixed, *left], sources.changes())
    return replace(_without(outcome, grown), steps=tuple(steps))


def _without(outcome: Outcome, grown: Mapping[Found, Found]) -> Outcome:
    """The outcome where the baseline has not what it does not know any more."""
    known = {now.finding: _old(was) for now, was in grown.items()}
    baselined = tuple(one for one in outcome.baselined if one not in known.values())
    return replace(outcome, baselined=baselined, outgrown=known)


def _found(looks: Iterable[Look]) -> list[Found]:
    """All that was found, once: apps that share a file find the same in it."""
    return list(dict.fromkeys(found for look in looks for found in look.found))


def _plan(
    found: Sequence[Found],
    sources: Sources,
    style_of: Callable[[str], Style],
    choose: Choose | None,
) -> _Plan:
    """The next round: the fixes that may be applied, merged, without those that wait if others
    change something."""

    def chosen(some: Sequence[Found]) -> Sequence[Found]:
        return choose(some, sources.read, style_of) if choose is not None else some

    waiting = any(one.is_wanted and one.rule.last for one in found)
    if waiting:
        first = _merged(chosen([one for one in found if not one.rule.last]), sources, style_of)
        if first.files:
            return first
    return _merged(chosen(found), sources, style_of)


def _merged(found: Sequence[Found], sources: Sources, style_of: Callable[[str], Style]) -> _Plan:
    wanted = {one.finding: one for one in found if one.is_wanted}
    if not wanted:
        return _Plan({}, (), {}, tuple(found))
    outcome = apply_fixes(tuple(wanted), sources.read, style_of)
    refused = {refusal.finding: refusal.reason for refusal in outcome.refused}
    applied = tuple(wanted[one] for one in outcome.applied)
    return _Plan(outcome.files, applied, refused, tuple(found))


def _step(number: int, plan: _Plan, sources: Sources, first: Iterable[Found]) -> Step:
    """What a round is about to do, after what was found in the first one."""
    applied = tuple(found.finding for found in plan.applied)
    fixes = (finding.fix for finding in applied)
    paths = {edited_path(edit) for fix in fixes if fix is not None for edit in fix.edits}
    known = {(found.rule.code, found.finding.message) for found in first}
    raised = frozenset(one for one in applied if (one.code, one.message) not in known)
    return Step(number, {path: sources.read(path) for path in sorted(paths)}, applied, raised)


def _fixed(found: Found, place: Place) -> Reported:
    return Reported(found.finding, found.rule, place, Status.FIXED)


def _left(found: Found, refused: Mapping[Finding, str] | None) -> Reported:
    """A finding that no fix has gone in for, with the reason why; None: no fix was asked for."""
    finding = found.finding
    if finding.note:
        status, reason = Status.NOTE, finding.reason
    elif found.held_back is not None:
        status, reason = Status.HELD_BACK, found.held_back
    elif finding.fix is None:
        status, reason = Status.UNFIXABLE, finding.reason
    elif refused is None:
        status, reason = Status.FIXABLE, None
    else:
        status, reason = Status.REFUSED, refused.get(finding, "its fix changes nothing")
    return Reported(finding, found.rule, found.place, status, reason)


def _unknown(found: Found) -> Reported:
    """An old finding that the next run would take for a new one."""
    status = Status.UNFIXABLE if found.finding.fix is None else Status.HELD_BACK
    return Reported(found.finding, found.rule, found.place, status, _OUTGROWN)


def _old(found: Found) -> Reported:
    return Reported(found.finding, found.rule, found.place, Status.SILENCED)


def _brought_up(target: Target, sources: Sources, see: _See) -> Iterator[Reported]:
    """What rules that nobody selected find after the change and not before, as notes.

    A handler that is deployed at last needs its packages; a function in a VPC needs to be let in.
    """
    if not target.others:
        return
    other = replace(target, rules=target.others)
    before = see(other, target.files).found
    known = {(found.rule.code, found.finding.message) for found in before}
    for found in see(other, sources.files_of(target)).found:
        code = found.rule.code
        if (code, found.finding.message) not in known and not found.finding.note:
            reason = f"this comes up with the change, and {code} is not selected"
            yield Reported(found.finding, found.rule, found.place, Status.NOTE, reason)


def _as_on_disk(reported: Reported, places: Mapping[Finding, Place], sources: Sources) -> Reported:
    """The finding at its place in the file that a dry run leaves as it was."""
    place = places.get(reported.finding)
    if place is None:
        place = reported.place.carried_to(sources.before(reported.place.path))
    return replace(reported, place=place)


def _unsettled(targets: Sequence[Target], first: Sequence[Look]) -> Outcome:
    """The outcome where rounds have no end: everything as it was, and the fault named as ours."""
    found = _found(first)
    codes = ", ".join(sorted({one.rule.code for one in found if one.is_wanted}))
    reason = f"the fixes do not settle within {ROUNDS} rounds"
    faults = [
        Problem(target.root, f"{reason} ({codes}); nothing is changed here: please report it")
        for target in targets
    ]
    refused = {one.finding: reason for one in found}
    outcome = _outcome(first, (), [_left(one, refused) for one in found], {})
    return replace(outcome, problems=(*outcome.problems, *faults))


def _outcome(
    first: Sequence[Look],
    last: Iterable[Look],
    findings: Iterable[Reported],
    changes: Mapping[str, Change],
) -> Outcome:
    """Put together what was seen; suppressions count as the sources were at first."""
    problems = dict.fromkeys(problem for look in (*first, *last) for problem in look.problems)
    return Outcome(
        findings=tuple(dict.fromkeys(findings)),
        changes=changes,
        problems=tuple(problems),
        unused=tuple(dict.fromkeys(problem for look in first for problem in look.unused)),
        silenced=tuple(
            Reported(found.finding, found.rule, found.place, Status.SILENCED, reason)
            for look in first
            for found, reason in look.silenced
        ),
        baselined=tuple(_old(found) for look in first for found in look.old),
        compared=tuple(look.compared for look in first if look.compared is not None),
        v1_files=tuple(path for look in first for path in look.v1_files),
        hides=tuple(dict.fromkeys(text for look in first for text in look.hides)),
    )
