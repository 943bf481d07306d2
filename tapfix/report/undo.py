"""What is said of earlier runs, and of undoing them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tapfix.api.journal import undone_by
from tapfix.api.undo import Undone
from tapfix.discover import repository_of
from tapfix.engine.index import Run
from tapfix.report.clean import clean_name
from tapfix.report.diff import print_diff
from tapfix.report.names import shown
from tapfix.report.paint import paint_for
from tapfix.report.text import Voice


def show_undone(undone: Undone, *, preview: bool) -> None:
    """What was brought back, or the diff of what would be; aside what there is to say."""
    base = str(Path.cwd())
    if preview:
        from tapfix.engine.diff import unified_diff

        print_diff(unified_diff(undone.changes, repository_of(base) or base))
    elif undone.run is not None and not undone.problems:
        number, count = undone.run.number, len(undone.changes)
        again = "" if undone.run.undoes is None else ", and what it had undone is there again"
        print(f"Undone: run {number}; {_files(count)} brought back{again}.")
        _print(f"    {clean_name(shown(path, base))}" for path in undone.changes)
    _tell(undone.notes)
    for line in Voice(base, paint_for(sys.stderr, os.environ)).problems(undone.problems):
        print(line, file=sys.stderr)


def show_runs(runs: Sequence[Run]) -> None:
    """The runs that can be undone, or were, the newest first."""
    fallen = undone_by(runs)
    _print(_line(run, fallen) for run in reversed(runs))
    if not runs:
        _tell(["no runs are kept"])


def show_run(run: Run) -> None:
    """The files that one run changed, and what became of each."""
    base = str(Path.cwd())
    for kept in run.files:
        verb = "made" if kept.before is None else "deleted" if kept.after is None else "changed"
        print(f"{verb:8}{clean_name(shown(kept.path, base))}")


def _line(run: Run, fallen: Mapping[int, int]) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.time))
    what = f"{_files(len(run.files))}"
    if run.files:
        places = [os.path.dirname(kept.path) for kept in run.files]
        what += f" in {clean_name(os.path.commonpath(places))}"
    if run.undoes is not None:
        what += f"; undoes {run.undoes}"
    if run.number in fallen:
        what += f"; undone by {fallen[run.number]}"
    return f"{run.number:5}  {when}  {what}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"tapfix: {clean_name(line)}", file=sys.stderr)


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line)
