"""What becomes of baselines with a run: entries that match nothing, and what is to be written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from tapfix.api.baseline import Baseline, Compared, lines_of, text_of
from tapfix.api.entries import Ledger
from tapfix.api.look import Target
from tapfix.api.result import Reported, Result, Status
from tapfix.discover.walk import is_below
from tapfix.model.python.source import Problem


def judged(
    result: Result,
    targets: Sequence[Target],
    compared: Sequence[Compared],
    is_asked: Callable[[str], bool],
    is_gone: Callable[[str], bool],
) -> Result:
    """The result with what it means for the baselines of its apps.

    ``is_asked`` tells which files were asked about, ``is_gone`` whether one that does not exist is
    known to be gone. An entry of another file, or of a rule that did not run, stays as it is.
    """
    faulty = {problem.path for problem in result.problems}
    # What cannot be read may be what a finding elsewhere in the app comes from.
    unsure = {
        target.root
        for target in targets
        if any(path in target.files or is_below(path, target.root) for path in faulty if path)
    }

    def can_tell(target: Target, code: str) -> bool:
        if code not in {rule.code for rule in target.known}:
            # A fault without a place is that of a package of rules.
            return "" not in faulty
        return target.root not in unsure and code in {rule.code for rule in target.rules}

    def is_judged(path: str, code: str) -> bool:
        path = spelled.get(path, path)
        homes = [target for target in targets if path in target.files]
        if homes:
            return is_asked(path) and all(can_tell(target, code) for target in homes)
        if os.path.lexists(path) or not is_gone(path):
            return False
        around = [target for target in targets if is_below(path, target.root)]
        return all(can_tell(target, code) for target in around or targets)

    # Entries speak of real paths, the apps of those by which they were found.
    spelled = {os.path.realpath(path): path for target in targets for path in target.files}
    baselines = {one.file: one for target in targets if (one := target.baseline) is not None}
    ledgers = tuple(_ledger(one, compared, is_judged) for one in baselines.values())
    known = {rule.code for target in targets for rule in target.known}
    return replace(result, ledgers=ledgers, unmatched=tuple(_unmatched(ledgers, known)))


def _ledger(
    baseline: Baseline, compared: Iterable[Compared], is_judged: Callable[[str, str], bool]
) -> Ledger:
    """Put together what the apps that share a baseline say of it."""
    mine = [one for one in compared if one.baseline.file == baseline.file]
    used = {entry for one in mine for entry in one.old.values()}
    now = {entry for one in mine for entry in one.entries.values()}
    rest = [entry for entry in baseline.entries if entry not in used and entry not in now]
    stale = tuple(entry for entry in rest if is_judged(baseline.path_of(entry), entry.code))
    kept = set(rest).difference(stale)
    return Ledger(baseline.file, tuple(sorted(now | kept)), stale)


def _unmatched(ledgers: Iterable[Ledger], known: Set[str]) -> Iterator[Problem]:
    """What to say of entries that match nothing, at their lines; ``known`` are the rules' codes."""
    for one in ledgers:
        lines = lines_of(one.stale, Path(one.file).read_bytes()) if one.stale else {}
        for entry in one.stale:
            fault = f"this entry matches nothing any more: {entry.code} in {entry.path}"
            if entry.code not in known:
                fault = f"this entry matches nothing: there is no rule {entry.code}"
            yield Problem(one.file, fault, lines.get(entry, 0))


def written(result: Result) -> tuple[Result, Mapping[Path, bytes]]:
    """The result when all that is found is in its baselines, and what these then hold."""
    files = {Path(one.file): text_of(one.entries) for one in result.ledgers}
    left = set(result.left)
    agreed = tuple(_agreed(one) for one in result.findings if one in left)
    return replace(
        result,
        findings=tuple(one for one in result.findings if one not in left),
        baselined=(*result.baselined, *agreed),
        secrets=(*result.secrets, *(text for one in agreed for text in one.finding.hides)),
        unmatched=(),
    ), files


def _agreed(one: Reported) -> Reported:
    return replace(one, status=Status.SILENCED)


def told(ledger: Ledger) -> str:
    """What to say of a baseline that is written, but for its name."""
    count, gone = len(ledger.entries), len(ledger.stale)
    lines = f"{count} finding{'s' if count != 1 else ''}"
    return f"{lines}, {gone} dropped" if gone else lines
