"""What the two templates say of each fix, and of what no fix has claimed."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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

_TOLD_OTHERWISE = "what tells the app's environments apart is neither the context nor a variable"
_AND = ", "
"""What stands between several flaws of one resource."""

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
    """Judge the fixes of one app; ``sources`` are the changed files as they were.

    ``findings`` are all that there are of the app: those without a fix say what may stay.
    """
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
    unsteady = _unsteady(testimony)
    found = tuple(
        one for one in with_names(differences(pairing)) if (one.name, one.path) not in unsteady
    )
    ties = Ties(Path(root), before.assembly, sources)
    others, changed_names = testimony.elsewhere, frozenset(one.name for one in found)
    bench = _Bench(before.assembly, after.assembly, pairing, ties, proof_of, others, changed_names)
    staying = [one for one in findings if one.status is not Status.FIXED]
    verdicts = list(bench.verdicts(fixed, staying))
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
        notes=tuple(_notes(before.error, len(unsteady))),
    )


def _unsteady(testimony: Testimony) -> set[tuple[str, str]]:
    """What comes out otherwise each time, without any change: a password made by chance, a date."""
    before, again = testimony.before, testimony.again
    if before is None or again is None:
        return set()
    return {(one.name, one.path) for one in differences(paired(before.assembly, again.assembly))}


def _notes(error: str | None, unsteady: int) -> Iterator[str]:
    if error is not None:
        yield f"the app ends with an error: {error}"
    if unsteady:
        yield f"the app comes out otherwise each time, in {unsteady} places, which are left out"


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
    changed: frozenset[str]
    known: dict[tuple[int, bool], dict[str, str]] = field(default_factory=dict)

    def verdicts(self, fixed: Sequence[Reported], staying: Sequence[Reported]) -> Iterator[Verdict]:
        """What the templates say of each fix, where findings without one stay."""
        own = {id(one): self._own(one) for one in fixed}
        for one in fixed:
            proof = self.proof_of(one.rule)
            if proof is None:
                yield Verdict(one, Mark.UNSEEN, reason="the rule brings no proof")
            elif own[id(one)]:
                about, left = own[id(one)], self._flawed(proof, is_after=True)
                peers = sum(it.rule is one.rule and own[id(it)] == about for it in fixed)
                rest = sum(it.rule is one.rule and self._own(it) == about for it in staying)
                mended = _mended(about, left, peers, rest) if rest else about
                if self._is_told_otherwise(proof) and about.keys() <= self.changed:
                    yield Verdict(one, Mark.UNSEEN, _shown(about), _TOLD_OTHERWISE)
                    continue
                yield self._compared(one, mended, left if mended is about else {})
            else:
                others = [it for it in fixed if it.rule is one.rule and own[id(it)]]
                taken = {path for it in others for path in own[id(it)]}
                peers = sum(it.rule is one.rule and not own[id(it)] for it in fixed)
                yield self._further(one, proof, taken, peers)

    def _is_told_otherwise(self, proof: Proof) -> bool:
        """Whether an app's environments are told apart by something that was left as it is.

        All of it then comes out the same for another one, with right names and with wrong ones.
        """
        other = self.others[1]
        is_same = other is not None and other.templates == self.after.templates
        return proof.shared is not None and is_same

    def _own(self, reported: Reported) -> dict[str, str]:
        """What shows the flaw of a finding in what its own statement made."""
        proof = self.proof_of(reported.rule)
        flawed = self._flawed(proof, is_after=False) if proof is not None else {}
        for around in self.ties.around(reported) if flawed else ():
            if around.is_own:
                return {it.path: flawed[it.path] for it in around.resources if it.path in flawed}
        return {}

    def _further(
        self, reported: Reported, proof: Proof, taken: Collection[str], peers: int
    ) -> Verdict:
        """The verdict by what is around a finding: flaws of others are there too.

        Those that are gone tell, but for what findings of their own are about (``taken``); not if
        some stay and fewer are gone than ``peers`` would have mended.
        """
        flawed = self._flawed(proof, is_after=False)
        left = self._flawed(proof, is_after=True) if flawed else {}
        for around in self.ties.around(reported) if flawed else ():
            paths = [it.path for it in around.resources if it.path in flawed]
            about = {path: flawed[path] for path in paths if path not in taken}
            gone = {path: shown for path, shown in about.items() if path not in left}
            still = [f"{path} {left[path]}" for path in about if path in left]
            if still and 0 < sum(shown.count(_AND) + 1 for shown in gone.values()) < peers:
                reason = f"some is there still, and nothing tells whose it is: {', '.join(still)}"
                return Verdict(reported, Mark.UNSEEN, reason=reason)
            if gone:
                return self._compared(reported, gone, left)
        reason = proof.unseen or "no resource of the template shows the flaw"
        if not proof.unseen and next(self.ties.around(reported), None) is None:
            reason = "nothing of it was made when the app was run"
        if proof.shared is not None and None in self.others:
            reason = "the app takes no other environment to compare with"
        return Verdict(reported, Mark.UNSEEN, reason=reason)

    def _compared(
        self, reported: Reported, about: Mapping[str, str], left: Mapping[str, str]
    ) -> Verdict:
        shows = _shown(about)
        still = [f"{path} {left[path]}" for path in about if path in left]
        if still:
            reason = f"still there: {', '.join(still)}"
            return Verdict(reported, Mark.NOT_PROVED, shows, reason)
        return Verdict(reported, Mark.PROVED, shows)

    def _flawed(self, proof: Proof, *, is_after: bool) -> dict[str, str]:
        """What shows each flaw of an assembly, by the path that its resource had before."""
        key = id(proof), is_after
        if key not in self.known:
            assembly = self.after if is_after else self.before
            self.known[key] = self._found(proof, assembly, self.others[is_after])
        return self.known[key]

    def _found(self, proof: Proof, assembly: Assembly, other: Assembly | None) -> dict[str, str]:
        resources = {(one.stack, one.logical_id): one.path for one in assembly.entries}
        found: dict[str, str] = {}
        for flaw in flaws_of(proof, assembly, other):
            path = resources.get((flaw.stack, flaw.logical_id), f"{flaw.stack}/{flaw.logical_id}")
            path = self.pairing.old_paths.get(path, path)
            found[path] = _AND.join((found[path], flaw.shows)) if path in found else flaw.shows
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
        for around in self.ties.around(reported):
            return any(one.path == difference.name for one in around.resources)
        return False


def _shown(about: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{path} {shown}" for path, shown in about.items())


def _mended(
    about: Mapping[str, str], left: Mapping[str, str], fixed: int, staying: int
) -> Mapping[str, str]:
    """The flaws that are gone, where resources have several and not all have a fix.

    All of them where more stay than findings do, fewer are gone than fixes were made, or new ones
    have come: then nothing tells whose is gone.
    """
    gone: dict[str, str] = {}
    count = stay = 0
    for path, shown in about.items():
        was, now = shown.split(_AND), left[path].split(_AND) if path in left else []
        mended = [one for one in was if one not in now]
        stay += len(now) if set(now) <= set(was) else staying + 1
        count += len(mended)
        if mended:
            gone[path] = _AND.join(mended)
    return gone if count >= fixed and stay <= staying else about


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
