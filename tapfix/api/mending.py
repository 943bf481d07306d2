"""Fixes for one app as an editor asks for them: a single one, all of a kind, all; nothing written.

They start from the texts as the editor has them, and come out as files before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tapfix.api.found import Found
from tapfix.api.layout import LineLengths
from tapfix.api.look import Target
from tapfix.api.result import Change, Mode, Status
from tapfix.api.rounds import work
from tapfix.api.workspace import Sight
from tapfix.edits import Finding, Impact
from tapfix.engine.plan import apply_fixes
from tapfix.engine.style import Style
from tapfix.model.app import App
from tapfix.rule import Rule

MILD = frozenset({Impact.NONE, Impact.IN_PLACE})
"""Impacts of fixes that may be applied unasked, when a file is saved."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What files become: ``changes`` by absolute path, and the impacts of the fixes in them.

    ``refused`` says why there are none, where a fix was asked for that cannot be applied.
    """

    changes: Mapping[str, Change] = field(default_factory=dict)
    impacts: frozenset[Impact] = frozenset()
    refused: str | None = None


def mend_one(sight: Sight, found: Found) -> Mended:
    """Apply the fix of one finding, in all files that it concerns."""
    fix = found.finding.fix
    if fix is None or found.held_back is not None:
        return Mended(refused=found.held_back or found.finding.reason or "there is no fix")

    def read(path: str) -> bytes | None:
        known = sight.files.get(path)
        if known is not None:
            return known
        file = Path(path)
        return file.read_bytes() if file.is_file() else None

    outcome = apply_fixes((found.finding,), read, _styles())
    if outcome.refused:
        return Mended(refused=outcome.refused[0].reason)
    if not outcome.files:
        return Mended(refused="its fix changes nothing")
    behind = [path for path in outcome.files if sight.is_behind(path)]
    if behind:
        return Mended(refused=f"{Path(behind[0]).name} is no valid Python as it stands")
    changes = {path: (read(path), data) for path, data in outcome.files.items()}
    return Mended(changes, frozenset({fix.impact}))


def mend_rule(sight: Sight, code: str) -> Mended:
    """Apply all fixes of one rule in the app, as ``--apply --select`` does."""
    rules = tuple(rule for rule in sight.target.rules if rule.code == code)
    return _mend(replace(sight.target, rules=rules))


def mend_all(sight: Sight) -> Mended:
    """Apply all fixes in the app, as ``--apply`` does."""
    return _mend(sight.target)


def mend_mildly(sight: Sight, path: str) -> Mended:
    """Apply those fixes of findings in one file that change no behaviour and replace nothing."""
    rules = tuple(_mild(rule, path) for rule in sight.target.rules)
    return _mend(replace(sight.target, rules=rules))


def _mild(rule: Rule, path: str) -> Rule:
    """A rule that finds only what may be mended unasked in one file."""

    def find(app: App) -> Iterator[Finding]:
        for finding in rule.find(app):
            if finding.fix is not None and finding.fix.impact in MILD and finding.ref.path == path:
                yield finding

    return replace(rule, find=find)


def _mend(target: Target) -> Mended:
    """Apply what fixes there are until nothing changes; what that brings up is not asked for."""
    alone = replace(target, others=())
    outcome = work((alone,), Mode.APPLY, lambda _: True, _styles(), lambda _: None)
    fixed = (one.finding.fix for one in outcome.findings if one.status is Status.FIXED)
    impacts = frozenset(fix.impact for fix in fixed if fix is not None)
    if not outcome.changes:
        return Mended(refused="there is nothing to change")
    return Mended(outcome.changes, impacts)


def _styles() -> Callable[[str], Style]:
    lengths = LineLengths()
    return lambda path: Style(lengths.of(path))
