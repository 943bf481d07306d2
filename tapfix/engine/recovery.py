"""Runs that were cut off while they wrote: completed where all is written, else rolled back."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tapfix.engine.files import (
    give,
    held,
    make,
    missing_folders,
    remove,
    remove_if_empty,
    sync_folders,
)
from tapfix.engine.index import Kept, Run
from tapfix.engine.journal import (
    Damaged,
    checksum,
    content,
    forget,
    is_free,
    read_runs,
    reason,
    settle,
    tidy,
)
from tapfix.engine.undisturbed import undisturbed


class Ending(enum.Enum):
    """What became of a run that was cut off."""

    UNTOUCHED = "untouched"
    """It had changed no file yet."""
    COMPLETED = "completed"
    """It had changed all of them: they stay so, and the run can be undone like any other."""
    ROLLED_BACK = "rolled back"
    """All files are as they were before it."""
    GIVEN_UP = "given up"
    """Somebody has changed some of its files since: all stay as they are."""
    FAILED = "failed"
    """The system refused; the next attempt tries again."""
    ELSEWHERE = "elsewhere"
    """None of its folders is there now; the run waits for them."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """A run that had been cut off, and what became of it.

    ``changed`` are the files that somebody changed since, ``reason`` says why it failed.
    """

    run: Run
    ending: Ending
    changed: tuple[str, ...] = ()
    reason: str = ""


class State(enum.Enum):
    """How a file is, as seen by a run."""

    OLD = "old"
    NEW = "new"
    OTHER = "other"


def state_of(kept: Kept) -> State:
    """Whether a file is as a run found it, as it left it, or otherwise. Raises OSError."""
    try:
        now = checksum(held(kept.target))
    except (IsADirectoryError, NotADirectoryError):
        return State.OTHER
    if now == kept.after:
        return State.NEW
    return State.OLD if now == kept.before else State.OTHER


def interrupted(journal: str) -> tuple[Run, ...]:
    """The runs that were cut off, the oldest first; those at work now are none of them."""
    if not is_free(journal):
        return ()
    return tuple(run for run in read_runs(journal) if not run.is_whole)


def recover(journal: str) -> tuple[Recovered, ...]:
    """Mend what runs left that were cut off, the newest first, here and in the journal.

    The caller holds the lock.
    """
    pending = [run for run in read_runs(journal) if not run.is_whole]
    with undisturbed():
        recovered = tuple(_recover(journal, run) for run in reversed(pending))
        tidy(journal)
    return recovered


def _recover(journal: str, run: Run) -> Recovered:
    if run.files and not any(os.path.isdir(place) for place in _places(run)):
        return Recovered(run, Ending.ELSEWHERE)
    try:
        return _mended(journal, run)
    except OSError as error:
        return Recovered(run, Ending.FAILED, reason=reason(error, journal))
    except Damaged as error:
        return Recovered(run, Ending.FAILED, reason=str(error))


def _places(run: Run) -> set[str]:
    """The folders in which a run gave names or took them away."""
    paths = [*(kept.target for kept in run.files), *run.made, *run.dropped]
    return {os.path.dirname(path) for path in paths}


def _mended(journal: str, run: Run) -> Recovered:
    states = {kept: state_of(kept) for kept in run.files}
    changed = tuple(kept.path for kept, state in states.items() if state is State.OTHER)
    if not _has_begun(states):
        ending = Ending.UNTOUCHED
    elif State.OLD not in states.values():
        ending = Ending.COMPLETED
    elif changed:
        ending = Ending.GIVEN_UP
    else:
        ending = Ending.ROLLED_BACK
        for kept, state in states.items():
            if state is State.NEW:
                _restore(journal, run, kept)
    _finish(journal, run, ending)
    return Recovered(run, ending, changed)


def _has_begun(states: Mapping[Kept, State]) -> bool:
    """Whether the run came to the point where it gave the first file its new content."""
    if State.NEW in states.values():
        return True

    # All new contents are there before the first is moved. Where a changed file's is gone while
    # the others wait, that file was moved, and changed afterwards.
    def waits(kept: Kept) -> bool:
        return kept.after is None or os.path.lexists(kept.new)

    others = [kept for kept, state in states.items() if state is State.OTHER]
    olds = [kept for kept, state in states.items() if state is State.OLD]
    return not all(map(waits, others)) and all(map(waits, olds))


def _finish(journal: str, run: Run, ending: Ending) -> None:
    """Clear away, and only when that lasts say that nothing is left to do."""
    sync_folders(_places(run))
    for kept in run.files:
        remove(kept.new)
        remove(kept.old)
    is_back = ending in (Ending.UNTOUCHED, Ending.ROLLED_BACK)
    if is_back:
        remove_if_empty(reversed(run.made))
    elif ending is Ending.COMPLETED:
        remove_if_empty(run.dropped)
    sync_folders(_places(run))
    end: Callable[[str, Run], None] = forget if is_back else settle
    end(journal, run)


def _restore(journal: str, run: Run, kept: Kept) -> None:
    """Bring one file back as it was, with its old mode and owner. Raises OSError and Damaged."""
    data = content(journal, run, kept)
    if data is None:
        os.unlink(kept.target)
        return
    assert kept.kind is not None
    if not _is_whole(kept):
        for folder in missing_folders(os.path.dirname(kept.target)):
            os.mkdir(folder)
        remove(kept.old)
        make(kept.old, data, kept.kind)
    elif kept.kind.link is None:
        give(kept.old, kept.kind)
    os.replace(kept.old, kept.target)


def _is_whole(kept: Kept) -> bool:
    """Whether the old file stands beside the new one with all that it held."""
    try:
        return checksum(held(kept.old)) == kept.before
    except OSError:
        return False
