"""Mending what only templates show: fixes that rest on them are tried, and kept if proved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tapfix.api.result import Reported, Result
from tapfix.model.shown import Shown
from tapfix.verify.judge import Judgement, Mark
from tapfix.verify.run import changes_in, judgement_of
from tapfix.verify.witness import Options

Run = Callable[[Mapping[str, Shown]], Result]
"""The same run again, with what syntheses of apps showed, by root."""
TRIALS = 10
"""So many lines at most are tried one by one: each costs two syntheses."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of a run, and what templates say of it."""

    result: Result
    judgements: tuple[Judgement, ...]


def with_shown(verified: Verified, again: Run, options: Options) -> Verified:
    """Mend also what reading the source misses, where the templates then say that it is mended.

    A change that does not hold stays as it is. This runs the apps' code.
    """
    adopted: dict[str, Shown] = {}
    judged: dict[str, Judgement] = {}
    for one in verified.judgements:
        found = _mended(one, verified.result, again, options) if one.holds and one.shown else None
        if found is not None:
            adopted[one.root], judged[one.root] = found
    if not adopted:
        return verified
    result = again(adopted)
    judgements = []
    for one in verified.judgements:
        if one.root in judged:
            judgements.append(judged[one.root])
        elif changes_in(result, one.root) != changes_in(verified.result, one.root):
            judgements.append(judgement_of(result, one.root, options))  # it shares files with one
        else:
            judgements.append(one)
    return Verified(result, tuple(judgements))


@dataclass(frozen=True, slots=True)
class _Bench:
    """One app whose result without templates is known."""

    root: str
    shown: Shown
    known: frozenset[tuple[str, str, int]]
    again: Run
    options: Options

    def new(self, result: Result) -> list[Reported]:
        """The fixes that templates have brought up."""
        return [one for one in result.fixed if _name(one) not in self.known]

    def tried(self, lines: frozenset[tuple[str, int]]) -> Judgement | None:
        """The judgement with what some lines show; None if it speaks against that."""
        result = self.again({self.root: self.shown.only(lines)})
        new = {_name(one) for one in self.new(result)}
        judged = judgement_of(result, self.root, self.options)
        verdicts = [replace(one, told=_name(one.reported) in new) for one in judged.verdicts]
        proved = all(one.mark is Mark.PROVED for one in verdicts if one.told)
        return replace(judged, verdicts=tuple(verdicts)) if judged.holds and proved else None


def _mended(
    judgement: Judgement, result: Result, again: Run, options: Options
) -> tuple[Shown, Judgement] | None:
    """What may be built on in one app, and the judgement then; None: nothing."""
    assert judgement.shown is not None
    known = frozenset(map(_name, result.fixed))
    bench = _Bench(judgement.root, judgement.shown, known, again, options)
    new = bench.new(again({judgement.root: judgement.shown}))
    lines = list(dict.fromkeys((one.place.path, one.place.line) for one in new))
    if not lines:
        return None
    whole = frozenset(lines)
    found = bench.tried(whole)
    if found is not None:
        return bench.shown.only(whole), found
    kept: frozenset[tuple[str, int]] = frozenset()
    for line in lines[:TRIALS] if len(lines) > 1 else ():
        judged = bench.tried(kept | {line})
        if judged is not None:
            kept, found = kept | {line}, judged
    return (bench.shown.only(kept), found) if found is not None else None


def _name(reported: Reported) -> tuple[str, str, int]:
    return (reported.rule.code, reported.place.path, reported.place.line)
