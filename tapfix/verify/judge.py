"""What the two templates say of each fix, and of what no fix has claimed."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tapfix.api.result import Reported, Status
from tapfix.model.shown import Shown
from tapfix.proof import Claim, Flaw, Proof
from tapfix.rule import Rule
from tapfix.verify.assembly import Assembly, Resource
from tapfix.verify.difference import Difference, differences
from tapfix.verify.following import with_names
from tapfix.verify.pairing import Pairing, paired
from tapfix.verify.replaced import carried_on, replaced
from tapfix.verify.ties import Ties
from tapfix.verify.witness import Testimony

ProofOf = Callable[[Rule], Proof | None]


class Mark(enum.Enum):
    """What a template says of a fix."""

    PROVED = "proved"
    """The flaw is there before and gone after."""
    NOT_PROVED = "not proved"
    """It is there still, or the app does not synthesise any more."""
    UNSEEN = "cannot be seen in a template"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding whose fix is judged; ``shows`` are the resources and properties that tell.

    ``told``: reading the source alone does not find it.
    """

    reported: Reported
    mark: Mark
    shows: tuple[str, ...] = ()
    reason: str | None = None
    told: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A flaw that a template shows: at which resource, by which property, made by which line.

    ``path`` is the absolute path of the source file, None if the template does not lead to one.
    """

    rule: Rule
    resource: str
    shows: str
    path: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that the templates of an app say of its change.

    ``unexpected`` are the differences that no fix has claimed. ``replaced`` has the paths of what
    CloudFormation replaces, each with the property that does it. ``renamed`` are stacks with
    another name: new stacks beside the old ones. ``obstacle`` says why nothing can be verified.
    ``left`` are the flaws that the templates show after the change, those among them that reading
    the source misses: their lines are those of the changed files. ``shown`` is what the lines made
    before the change, where there are such flaws.
    """

    root: str
    how: str = ""
    verdicts: tuple[Verdict, ...] = ()
    differences: tuple[Difference, ...] = ()
    unexpected: tuple[Difference, ...] = ()
    replaced: Mapping[str, str] | None = None
    renamed: tuple[tuple[str, str], ...] = ()
    obstacle: str | None = None
    notes: tuple[str, ...] = ()
    left: tuple[Seen, ...] = ()
    shown: Shown | None = field(default=None, repr=False)

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the change."""
        marks = {verdict.mark for verdict in self.verdicts}
        return self.obstacle is None and Mark.NOT_PROVED not in marks and not self.unexpected


def judge(
    testimony: Testimony,
    findings: Sequence[Reported],
    sources: Mapping[str, bytes | None],
    proof_of: ProofOf,
) -> Judgement:
    """Judge the fixes of one app; ``sources`` are the changed files as they were."""
    root, how = testimony.root, testimony.how
    fixed = [one for one in findings if one.status is Status.FIXED]
    before, after = testimony.before, testimony.after
    if testimony.obstacle is not None:
        return Judgement(root, how, obstacle=testimony.obstacle)
    assert before is not None
    if before.assembly.looked_up:
        reason = f"it asks an account for {', '.join(before.assembly.looked_up)}"
        return Judgement(root, how, obstacle=reason)
    if before.error is not None and not before.assembly.stacks:
        return _without_before(testimony, fixed)
    if after is None:
        return Judgement(root, how)
    if not before.assembly.tells_lines:
        reason = "its aws-cdk-lib does not tell which lines make its resources, as newer ones do"
        return Judgement(root, how, obstacle=reason)
    if after.error is not None and (before.error is None or not after.assembly.stacks):
        reason = f"the app does not synthesise after the change: {after.error}"
        verdicts = [Verdict(one, Mark.NOT_PROVED, reason=reason) for one in fixed]
        return Judgement(root, how, tuple(verdicts), obstacle=reason)
    pairing = paired(before.assembly, after.assembly)
    found = with_names(differences(pairing))
    ties = Ties(Path(root), before.assembly, sources)
    bench = _Bench(before.assembly, after.assembly, pairing, ties, proof_of, testimony.elsewhere)
    verdicts = [bench.verdict(one) for one in fixed]
    changed = carried_on(replaced(found), before.assembly.resources)
    return Judgement(
        root,
        how,
        tuple(verdicts),
        found,
        tuple(one for one in found if not bench.is_claimed(one, fixed)),
        changed,
        tuple(
            (old.name, new.name)
            for old, new in pairing.stacks
            if old and new and old.name != new.name
        ),
        notes=() if before.error is None else (f"the app ends with an error: {before.error}",),
    )


def _without_before(testimony: Testimony, fixed: Sequence[Reported]) -> Judgement:
    """An app that did not synthesise before: the change may have mended just that."""
    before, after = testimony.before, testimony.after
    assert before is not None
    error = f"the app does not synthesise: {before.error}"
    if after is None or after.error is not None:
        return Judgement(testimony.root, testimony.how, obstacle=error)
    note = f"before the change {error}; it does after"
    reason = "there is no template of before"
    verdicts = tuple(Verdict(one, Mark.UNSEEN, reason=reason) for one in fixed)
    return Judgement(testimony.root, testimony.how, verdicts, notes=(note,))


@dataclass(frozen=True, slots=True)
class _Bench:
    """Two assemblies side by side, and who is asked about them."""

    before: Assembly
    after: Assembly
    pairing: Pairing
    ties: Ties
    proof_of: ProofOf
    others: tuple[Assembly | None, Assembly | None]

    def verdict(self, reported: Reported) -> Verdict:
        """What the templates say of one fix."""
        proof = self.proof_of(reported.rule)
        if proof is None:
            return Verdict(reported, Mark.UNSEEN, reason="the rule brings no proof")
        flawed = self._flawed(proof, self.before, self.others[0])
        for number, resources in enumerate(self.ties.around(reported) if flawed else ()):
            about = {one.path: flawed[one.path] for one in resources if one.path in flawed}
            left = self._flawed(proof, self.after, self.others[1]) if about else {}
            if number:
                # Further out there are others' flaws too: those that are gone tell.
                about = {path: shown for path, shown in about.items() if path not in left}
            if about:
                return self._compared(reported, about, left)
        reason = proof.unseen or "no resource of the template shows the flaw"
        return Verdict(reported, Mark.UNSEEN, reason=reason)

    def _compared(
        self, reported: Reported, about: Mapping[str, str], left: Mapping[str, str]
    ) -> Verdict:
        shows = tuple(f"{path} {shown}" for path, shown in about.items())
        still = [f"{path} {left[path]}" for path in about if path in left]
        if still:
            reason = f"still there: {', '.join(still)}"
            return Verdict(reported, Mark.NOT_PROVED, shows, reason)
        return Verdict(reported, Mark.PROVED, shows)

    def _flawed(self, proof: Proof, assembly: Assembly, other: Assembly | None) -> dict[str, str]:
        """What shows each flaw of an assembly, by the path that its resource had before."""
        resources = {(one.stack, one.logical_id): one.path for one in assembly.entries}
        found: dict[str, str] = {}
        for flaw in flaws_of(proof, assembly, other):
            path = resources.get((flaw.stack, flaw.logical_id), f"{flaw.stack}/{flaw.logical_id}")
            path = self.pairing.old_paths.get(path, path)
            found[path] = f"{found[path]}, {flaw.shows}" if path in found else flaw.shows
        return found

    def is_claimed(self, difference: Difference, fixed: Iterable[Reported]) -> bool:
        """Whether a fix may have made a difference."""
        return difference.follows or any(
            _allows(claim, difference) and (not claim.own or self._is_about(one, difference))
            for one in fixed
            if (proof := self.proof_of(one.rule)) is not None
            for claim in proof.claims
        )

    def _is_about(self, reported: Reported, difference: Difference) -> bool:
        """Whether a difference lies in what a finding's own statement made."""
        for resources in self.ties.around(reported):
            return any(one.path == difference.name for one in resources)
        return False


def flaws_of(proof: Proof, assembly: Assembly, other: Assembly | None) -> Iterator[Flaw]:
    """The flaws of an assembly by itself, and those it has in common with another environment."""
    if proof.flaws is not None:
        yield from proof.flaws(assembly.templates)
    if proof.shared is not None and other is not None:
        yield from proof.shared(assembly.templates, other.templates)


def _allows(claim: Claim, difference: Difference) -> bool:
    """Whether a claim names a difference, wherever it is."""
    resource: Resource | None = difference.before or difference.after
    kind = resource.kind if resource is not None else difference.name.partition("/")[2]
    if re.fullmatch(claim.kinds, kind) is None:
        return False
    if not difference.path:
        return claim.whole
    return re.fullmatch(claim.properties, difference.path) is not None
