"""Verifying the outcome of a run, app by app."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from tapfix.api import Progress
from tapfix.api.result import Change, Result, Status
from tapfix.codemods.proofs import proof_of
from tapfix.model.shown import Shown
from tapfix.verify.assembly import Assembly
from tapfix.verify.judge import Judgement, judge
from tapfix.verify.made import made_by
from tapfix.verify.silenced import unsilenced
from tapfix.verify.standing import Standing, seen_in, standing
from tapfix.verify.surroundings import surroundings
from tapfix.verify.witness import Options, Testimony, bear_witness

_SETTINGS = "cdk.json"


def verify_changes(result: Result, options: Options, tell: Progress) -> tuple[Judgement, ...]:
    """Synthesise each app of a result, before and after its change, and judge its fixes.

    One that stays as it is, is asked for flaws that only its templates show. ``tell`` is told of
    each app before its turn. This runs the apps' code.
    """
    apps = [root for root in result.apps if _is_app(root)]
    judged = {path for root in apps for path in changes_in(result, root)}
    left = {owner_of(path, result.apps) for path in result.changes if path not in judged}
    roots = [root for root in result.apps if root in apps or root in left]
    judgements = []
    for done, root in enumerate(roots):
        tell(done, len(roots), root)
        judgements.append(judgement_of(result, root, options))
    return tuple(judgements)


def _is_app(root: str) -> bool:
    return Path(root, _SETTINGS).is_file()


def owner_of(path: str, roots: Iterable[str]) -> str | None:
    """The innermost of some roots that a file lies in."""
    return max((root for root in roots if _is_in(path, root)), key=len, default=None)


def changes_in(result: Result, root: str) -> dict[str, Change]:
    """What a result changes in an app, and in files around it that are no other app's."""
    owners = {path: owner_of(path, result.apps) for path in result.changes}
    shared = [path for path, owner in owners.items() if owner and not _is_app(owner)]
    around = surroundings(Path(root)) if shared and _is_app(root) else Path(root)
    return {
        path: pair
        for path, pair in result.changes.items()
        if owners[path] == root or (path in shared and _is_in(path, str(around)))
    }


def judgement_of(result: Result, root: str, options: Options) -> Judgement:
    """What the templates of one app say of a result. This runs the app's code."""
    changes = changes_in(result, root)
    findings = [
        one
        for one in (*result.findings, *result.silenced)
        if one.place.path in changes or owner_of(one.place.path, result.apps) == root
    ]
    proofs = [proof_of(one.rule) for one in findings if one.status is Status.FIXED]
    elsewhere = any(proof is not None and proof.shared is not None for proof in proofs)
    manner = replace(options, elsewhere=elsewhere)
    before = {path: old for path, (old, _) in changes.items()}

    def is_doubtful(told: Testimony) -> bool:
        return bool(judge(told, findings, before, proof_of).unexpected)

    changed = {path: new for path, (_, new) in changes.items()}
    testimony = bear_witness(root, changed, manner, is_doubtful)
    judged = judge(testimony, findings, before, proof_of)
    if judged.obstacle is not None:
        return judged if changes else _unchanged(judged)
    return _seen(judged, result, testimony, before)


def _unchanged(judged: Judgement) -> Judgement:
    """An app that cannot be verified, and of which nothing is to be."""
    note = f"no fix is to be verified here, and it could not be: {judged.obstacle}"
    return replace(judged, obstacle=None, notes=(*judged.notes, note))


def _seen(
    judged: Judgement, result: Result, testimony: Testimony, before: Mapping[str, bytes | None]
) -> Judgement:
    """The judgement with what the templates show besides."""
    last = testimony.after or testimony.before
    assert last is not None
    other = testimony.elsewhere[0 if testimony.after is None else 1]
    found = seen_in(judged.root, last.assembly, other, result.rules, proof_of)
    left = unsilenced(found, lambda path: _now(result, path))
    if not left or testimony.before is None:
        return replace(judged, left=left)
    return replace(judged, left=left, shown=_shown(judged.root, testimony.before.assembly, before))


def _now(result: Result, path: str) -> bytes | None:
    """What a file holds after the change."""
    if path in result.changes:
        return result.changes[path][1]
    file = Path(path)
    return file.read_bytes() if file.is_file() else None


def _shown(root: str, assembly: Assembly, before: Mapping[str, bytes | None]) -> Shown:
    """What the lines of an app made, with the files as they were.

    A file that the app has only written while it ran tells nothing.
    """
    made = made_by(Path(root), assembly)
    paths = [path for path in {path for path, _ in made} if Path(path).is_file()]
    files = {path: before.get(path) or Path(path).read_bytes() for path in paths}
    return Shown({line: one for line, one in made.items() if line[0] in files}, files)


def _is_in(path: str, root: str) -> bool:
    return Path(root) in Path(path).parents


def unproved(result: Result, judgements: Iterable[Judgement]) -> tuple[str, ...]:
    """The roots of the apps whose change is not proved, and of those that share files with them."""
    roots = {one.root for one in judgements if not one.holds}
    changes = {root: changes_in(result, root) for root in result.apps} if roots else {}
    is_growing = bool(roots)
    while is_growing:
        held = {path for path in result.changes if any(_is_in(path, root) for root in roots)}
        held.update(path for root in roots for path in changes[root])
        more = {root for root in result.apps if held & changes[root].keys()} - roots
        roots |= more
        is_growing = bool(more)
    return tuple(sorted(roots))


def verify_apps(result: Result, options: Options) -> tuple[Standing, ...]:
    """Judge the apps of a result as they stand. This runs the apps' code.

    Files around apps that are none themselves are passed over where there are apps.
    """
    roots = [root for root in result.apps if _is_app(root)] or result.apps
    manner = replace(options, elsewhere=True)
    found = (standing(bear_witness(root, {}, manner), result.rules, proof_of) for root in roots)
    return tuple(
        replace(one, flaws=unsilenced(one.flaws, lambda path: _now(result, path))) for one in found
    )
