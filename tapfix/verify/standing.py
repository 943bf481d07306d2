"""An app as it stands, judged by its templates alone: what reading the source may miss."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tapfix.proof import Proof
from tapfix.rule import Rule
from tapfix.verify.assembly import Assembly, Frame
from tapfix.verify.judge import ProofOf, Seen, flaws_of
from tapfix.verify.witness import Testimony


@dataclass(frozen=True, slots=True)
class Standing:
    """What the templates of an app say of it; ``obstacle`` is why they say nothing."""

    root: str
    flaws: tuple[Seen, ...] = ()
    obstacle: str | None = None
    how: str = ""

    @property
    def exit_code(self) -> int:
        """1 if a flaw is there, or nobody can tell; else 0."""
        return 1 if self.flaws or self.obstacle is not None else 0


def standing(testimony: Testimony, rules: Iterable[Rule], proof_of: ProofOf) -> Standing:
    """Judge an app by what it synthesises to."""
    root, how = testimony.root, testimony.how
    before = testimony.before
    if before is None:
        return Standing(root, obstacle=testimony.obstacle, how=how)
    if before.assembly.looked_up:
        reason = f"it asks an account for {', '.join(before.assembly.looked_up)}"
        return Standing(root, obstacle=reason, how=how)
    if before.error is not None and not before.assembly.stacks:
        reason = f"the app does not synthesise: {before.error}"
        return Standing(root, obstacle=reason, how=how)
    flaws = seen_in(root, before.assembly, testimony.elsewhere[0], rules, proof_of)
    return Standing(root, flaws, how=how)


def seen_in(
    root: str,
    assembly: Assembly,
    other: Assembly | None,
    rules: Iterable[Rule],
    proof_of: ProofOf,
) -> tuple[Seen, ...]:
    """The flaws that templates show, in order of the lines that make them.

    ``other`` is the same app as another of its environments.
    """
    proofs = [(rule, proof) for rule in rules if (proof := proof_of(rule)) is not None]
    seen = [one for rule, proof in proofs for one in _seen(root, rule, proof, assembly, other)]
    return tuple(sorted(seen, key=_order))


def _seen(
    root: str, rule: Rule, proof: Proof, assembly: Assembly, other: Assembly | None
) -> Iterator[Seen]:
    resources = {(one.stack, one.logical_id): one for one in assembly.entries}
    for flaw in flaws_of(proof, assembly, other):
        resource = resources.get((flaw.stack, flaw.logical_id))
        name = resource.path if resource is not None else f"{flaw.stack}/{flaw.logical_id}"
        frame: Frame | None = next(iter(resource.frames if resource is not None else ()), None)
        if frame is None:
            yield Seen(rule, name, flaw.shows)
        else:
            yield Seen(rule, name, flaw.shows, os.path.normpath(Path(root, frame.path)), frame.line)


def _order(seen: Seen) -> tuple[str, int, str, str]:
    return (seen.path or "", seen.line, seen.rule.code, seen.resource)
