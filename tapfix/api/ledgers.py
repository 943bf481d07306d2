"""What becomes of baselines with a run: entries that match nothing, and what is to be written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tapfix.api.baseline import Baseline, Compared, Entry, line_of, text_of
from tapfix.api.look import Target
from tapfix.api.result import Reported, Result, Status
from tapfix.model.python.source import Problem


@dataclass(frozen=True, slots=True)
class Ledger:
    """A baseline after a run: what it should hold, and the entries that match nothing any more."""

    baseline: Baseline
    entries: tuple[Entry, ...]
    stale: tuple[Entry, ...]


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

    def can_tell(target: Target, path: str, code: str) -> bool:
        if path in faulty or target.root in faulty:
            return False
        known = {rule.code for rule in target.known}
        return code not in known or code in {rule.code for rule in target.rules}

    def is_judged(path: str, code: str) -> bool:
        path = spelled.get(path, path)
        homes = [target for target in targets if path in target.files]
        if not homes:
            homes = list(targets) if not os.path.lexists(path) and is_gone(path) else []
        elif not is_asked(path):
            return False
        return bool(homes) and all(can_tell(target, path, code) for target in homes)

    # Entries speak of real paths, the apps of those by which they were found.
    spelled = {os.path.realpath(path): path for target in targets for path in target.files}
    baselines = {one.file: one for target in targets if (one := target.baseline) is not None}
    ledgers = tuple(_ledger(one, compared, is_judged) for one in baselines.values())
    unused = (*result.unused, *_stale_entries(ledgers))
    return replace(result, ledgers=ledgers, unused=unused)


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
    return Ledger(baseline, tuple(sorted(now | kept)), stale)


def _stale_entries(ledgers: Iterable[Ledger]) -> Iterator[Problem]:
    """What to say of entries that match nothing, at their lines."""
    for one in ledgers:
        file = Path(one.baseline.file)
        data = file.read_bytes() if one.stale else b""
        for entry in one.stale:
            fault = (
                f"this entry matches nothing: {entry.code} is not found in {entry.path} any more"
            )
            yield Problem(one.baseline.file, fault, line_of(entry, data))


def written(result: Result) -> tuple[Result, Mapping[Path, bytes]]:
    """The result when all that is found is in its baselines, and what these then hold."""
    files = {Path(one.baseline.file): text_of(one.entries) for one in result.ledgers}
    left = set(result.left)
    agreed = tuple(_agreed(one) for one in result.findings if one in left)
    return replace(
        result,
        findings=tuple(one for one in result.findings if one not in left),
        baselined=(*result.baselined, *agreed),
        unused=tuple(one for one in result.unused if Path(one.path) not in files),
    ), files


def _agreed(one: Reported) -> Reported:
    return replace(one, status=Status.SILENCED)


def told(ledger: Ledger) -> str:
    """What to say of a baseline that is written, but for its name."""
    count, gone = len(ledger.entries), len(ledger.stale)
    lines = f"{count} finding{'s' if count != 1 else ''}"
    return f"{lines}, {gone} dropped" if gone else lines
