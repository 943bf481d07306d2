"""What an earlier run wrote, brought back as it was before: all its files, or none."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tapfix.api.journal import journal_folder, told, touches, undone_by, unread, waiting
from tapfix.api.result import Change
from tapfix.discover.git import repository_of
from tapfix.engine.disk import Change as FileChange
from tapfix.engine.disk import StaleFile, WriteError, write_all
from tapfix.engine.files import read
from tapfix.engine.index import Kept, Run
from tapfix.engine.journal import Damaged, Entry, content, locked, read_runs, reason, unreadable
from tapfix.engine.recovery import Ending, Recovered, State, recover, state_of
from tapfix.model.python.source import Problem


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a run came to, or would come to.

    ``changes`` are files by the path they were named by, before and after the undo. ``problems``
    say why nothing was undone, ``notes`` are lines that concern no single place.
    """

    run: Run | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def undo(number: int | None, folder: str, *, preview: bool = False) -> Undone:
    """Bring back what files held before a run: of all its files, or of none.

    None is the last run that stands, is no undo itself, and wrote in the repository that holds
    ``folder``, or else below it. Where that run turns out to have been cut off, mending it is all
    that is done. ``preview`` writes nothing.
    """
    try:
        journal = journal_folder()
        if not os.path.isdir(journal):
            return _nothing(number)
        with locked(journal):
            mended = () if preview else recover(journal)
            return _after(mended, _undo(journal, number, folder, preview, mended))
    except OSError as error:
        why = reason(error, "the journal")
        return Undone(problems=(Problem("", f"the journal cannot be used: {why}"),))


def _after(mended: Sequence[Recovered], undone: Undone) -> Undone:
    """The outcome with what is to be said of cut-off runs."""
    failed = [one for one in mended if one.ending in (Ending.FAILED, Ending.GIVEN_UP)]
    notes = [line for one in mended if one not in failed and (line := told(one)) is not None]
    problems = [Problem("", line) for one in failed if (line := told(one)) is not None]
    return replace(
        undone,
        notes=(*notes, *undone.notes),
        problems=(*problems, *undone.problems),
    )


def _undo(
    journal: str, number: int | None, folder: str, preview: bool, mended: Sequence[Recovered]
) -> Undone:
    here = [os.path.realpath(repository_of(folder) or folder)]

    def is_meant(run: Run) -> bool:
        return touches(run, here) if number is None else run.number == number

    meant = [one for one in mended if is_meant(one.run)]
    if any(one.ending in (Ending.ROLLED_BACK, Ending.FAILED) for one in meant):
        return Undone()
    everything = read_runs(journal)
    cut = [run for run in everything if not run.is_whole and is_meant(run)]
    if cut and preview:
        return Undone(notes=tuple(waiting(run) for run in cut))
    known = [run for run in everything if run.is_whole]
    fallen = undone_by(known)
    if number is None:
        standing = [run for run in known if run.undoes is None and run.number not in fallen]
        run = next((run for run in reversed(standing) if touches(run, here)), None)
    else:
        run = next((run for run in known if run.number == number), None)
    lost = [one for one in unreadable(journal) if number is None or one == number]
    if run is None:
        return _nothing(number, lost)
    if run.number in fallen:
        other = fallen[run.number]
        message = f"run {run.number} is undone already; tapfix undo {other} brings it back"
        return Undone(run, problems=(Problem("", message),))
    undone = _perform(journal, run, preview)
    newer = tuple(unread(one) for one in lost if one > run.number)
    return replace(undone, notes=(*newer, *undone.notes))


def _nothing(number: int | None, lost: Sequence[int] = ()) -> Undone:
    """No run is meant; ``lost`` are those that cannot be read, of which one might be."""
    if lost:
        return Undone(problems=tuple(Problem("", unread(one)) for one in lost))
    missing = "there is nothing to undo here" if number is None else f"there is no run {number}"
    message = f"{missing}; tapfix undo --list shows what there is"
    return Undone(problems=(Problem("", message),))


def _perform(journal: str, run: Run, preview: bool) -> Undone:
    """Undo a run that stands."""
    try:
        plan, problems = _plan(journal, run)
    except Damaged as error:
        return Undone(run, problems=(Problem("", f"{error}; nothing was undone"),))
    if problems:
        return Undone(run, problems=tuple(problems))
    changes = {kept.path: (change.before, change.after) for kept, change in plan.items()}
    undone = Undone(run, changes)
    if not plan:
        undone = replace(undone, notes=("all its files are as they were before it already",))
    if preview:
        return undone
    entry = Entry(journal, undoes=run.number, fixes=run.fixes)
    written = {kept.target: change for kept, change in plan.items()}
    try:
        write_all(written, entry, run.made[::-1])
    except (StaleFile, WriteError) as error:
        message = str(error).removeprefix(f"{error.path}: ")
        return Undone(run, problems=(Problem(error.path, f"{message}; nothing was undone"),))
    if entry.trouble is not None:
        line = f"no undo for this undo, because {entry.trouble}"
        undone = replace(undone, notes=(*undone.notes, line))
    return undone


def _plan(journal: str, run: Run) -> tuple[dict[Kept, FileChange], list[Problem]]:
    """What undoing changes, and what forbids it. A file that is back already needs nothing.

    Raises Damaged.
    """
    plan: dict[Kept, FileChange] = {}
    problems: list[Problem] = []
    for kept in run.files:
        try:
            state, now = state_of(kept), read(kept.target)
        except OSError as error:
            problems.append(Problem(kept.path, f"{error.strerror or error}; nothing was undone"))
            continue
        is_lost = (now is None) != (kept.after is None)  # a link that leads nowhere now
        if state is State.OTHER or (state is State.NEW and is_lost):
            how = "is gone" if now is None else "has changed" if kept.after else "is there again"
            message = f"{how} since run {run.number}; nothing was undone"
            problems.append(Problem(kept.path, message))
        elif state is State.NEW:
            plan[kept] = FileChange(now, content(journal, run, kept), kept.kind)
    return plan, problems
