"""Verifying the outcome of a run, app by app."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tapfix.api import Progress
from tapfix.api.result import Result, Status
from tapfix.codemods.proofs import proof_of
from tapfix.verify.judge import Judgement, judge
from tapfix.verify.standing import Standing, seen_in, standing
from tapfix.verify.witness import Options, bear_witness


def verify_changes(result: Result, options: Options, tell: Progress) -> tuple[Judgement, ...]:
    """Synthesise each app of a result that changes, before and after, and judge its fixes.

    ``tell`` is told of each app before its turn. This runs the apps' code.
    """
    changing = [root for root in result.apps if any(_is_in(path, root) for path in result.changes)]
    judgements = []
    for done, root in enumerate(changing):
        tell(done, len(changing), root)
        judgements.append(_judgement(result, root, options))
    return tuple(judgements)


def _judgement(result: Result, root: str, options: Options) -> Judgement:
    changes = {path: pair for path, pair in result.changes.items() if _is_in(path, root)}
    findings = [one for one in result.findings if _is_in(one.place.path, root)]
    proofs = [proof_of(one.rule) for one in findings if one.status is Status.FIXED]
    elsewhere = any(proof is not None and proof.shared is not None for proof in proofs)
    manner = replace(options, elsewhere=elsewhere)
    testimony = bear_witness(root, {path: new for path, (_, new) in changes.items()}, manner)
    judged = judge(testimony, findings, {path: old for path, (old, _) in changes.items()}, proof_of)
    if testimony.after is None or judged.obstacle is not None:
        return judged
    after, other = testimony.after.assembly, testimony.elsewhere[1]
    return replace(judged, left=seen_in(root, after, other, result.rules, proof_of))


def _is_in(path: str, root: str) -> bool:
    return Path(root) in Path(path).parents


def unproved(result: Result, judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """The roots of the apps whose change is not proved, and of those that share files with them."""
    roots = {one.root for one in judgements if not one.holds}
    is_growing = bool(roots)
    while is_growing:
        held = {path for path in result.changes if any(_is_in(path, root) for root in roots)}
        more = {root for root in result.apps if any(_is_in(path, root) for path in held)} - roots
        roots |= more
        is_growing = bool(more)
    return tuple(sorted(roots))


def verify_apps(result: Result, options: Options) -> tuple[Standing, ...]:
    """Judge the apps of a result as they stand. This runs the apps' code."""
    return tuple(
        standing(bear_witness(root, {}, replace(options, elsewhere=True)), result.rules, proof_of)
        for root in result.apps
    )
