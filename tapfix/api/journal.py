"""The journal of what runs wrote, and the runs that were cut off while they wrote.

The journal is in the user's state folder, or in that which ``TAPFIX_STATE_DIR`` names.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tapfix.discover import repository_of
from tapfix.discover.walk import is_below
from tapfix.engine.files import held
from tapfix.engine.index import Run
from tapfix.engine.journal import Entry, checksum, locked, read_runs, reason, unreadable
from tapfix.engine.recovery import Ending, Recovered, interrupted, recover

STATE_VARIABLE = "TAPFIX_STATE_DIR"
"""The environment variable that names another folder for what tapfix keeps."""

Tell = Callable[[str], None]
"""Takes a line that concerns no single place."""


def journal_folder() -> str:
    """Where the journal is, or would be. Raises OSError if the user has no home."""
    state = os.environ.get(STATE_VARIABLE)
    if not state:
        import platformdirs

        state = platformdirs.user_state_dir("tapfix", appauthor=False)
        if not os.path.isabs(state):
            raise FileNotFoundError(errno.ENOENT, "no home folder", state)
    return os.path.join(os.path.abspath(state), "journal")


@contextlib.contextmanager
def keeping(fixes: int, tell: Tell) -> Iterator[Entry | None]:
    """A log for ``write_all``, so that what it writes can be undone; None where that cannot be.

    ``fixes`` says how many fixes are written. The reason why there is no undo is told.
    """
    with contextlib.ExitStack() as stack:
        entry: Entry | None = None
        try:
            journal = journal_folder()
            stack.enter_context(locked(journal))
            entry = Entry(journal, fixes=fixes)
        except OSError as error:
            trouble: str | None = reason(error, "the journal")
        yield entry
        if entry is not None:
            trouble = entry.trouble
    if trouble is not None:
        tell(f"no undo for this run, because {trouble}")


def undo_command(written: Iterable[str], folder: str) -> str:
    """What undoes the latest run, of files at these paths, for somebody in ``folder``.

    Empty where the journal cannot be read.
    """
    here = os.path.realpath(repository_of(folder) or folder)
    if any(is_below(os.path.realpath(path), here) for path in written):
        return "tapfix undo"
    try:
        return f"tapfix undo {runs()[-1].number}"
    except (OSError, IndexError):
        return ""


def mend_interrupted() -> tuple[Recovered, ...]:
    """Complete or roll back what cut-off runs left; nothing where there is no journal to read."""
    try:
        journal = journal_folder()
        if not os.path.isdir(journal):
            return ()
        with locked(journal):
            return recover(journal)
    except OSError:
        # A journal that cannot be used: whoever writes next is told so.
        return ()


def cut_off(paths: Iterable[str]) -> tuple[Run, ...]:
    """The runs that were cut off while they wrote and have files at or below ``paths``."""
    try:
        runs = interrupted(journal_folder())
    except OSError:
        return ()
    places = [os.path.realpath(path) for path in paths]
    return tuple(run for run in runs if touches(run, places))


def touches(run: Run, places: Iterable[str]) -> bool:
    """Whether a run wrote a file at or below one of some real paths."""
    return any(is_below(kept.target, place) for place in places for kept in run.files)


def told(recovered: Recovered) -> str | None:
    """What to say of a run that had been cut off; None if there is nothing to say yet."""
    number = recovered.run.number
    cut = f"run {number} was cut off while it wrote"
    changed = ", ".join(recovered.changed)
    return {
        Ending.UNTOUCHED: f"run {number} was cut off before it changed a file",
        Ending.COMPLETED: f"{cut}; all its files were written, and stay so",
        Ending.ROLLED_BACK: f"{cut}; its files are as they were before it",
        Ending.GIVEN_UP: f"{cut}, and changed since: {changed}; all its files stay as they are",
        Ending.FAILED: f"{cut}; its files cannot be brought back: {recovered.reason}",
        Ending.ELSEWHERE: None,
    }[recovered.ending]


def runs() -> tuple[Run, ...]:
    """The runs in the journal that came to their end, the oldest first. Raises OSError."""
    return tuple(run for run in read_runs(journal_folder()) if run.is_whole)


def written_by_tapfix() -> Callable[[str], bool]:
    """Says of a real path whether the file there is, byte for byte, what a run left in it.

    What an undo left is not: that was somebody's text before.
    """
    try:
        known = {run.number: run for run in runs()}
    except OSError:
        known = {}
    sums: dict[str, set[str | None]] = {}
    for run in known.values():
        if _makes_fixes(run, known):
            for kept in run.files:
                sums.setdefault(kept.target, set()).add(kept.after)

    def is_ours(path: str) -> bool:
        return path in sums and checksum(held(path)) in sums[path]

    return is_ours


def _makes_fixes(run: Run, known: Mapping[int, Run]) -> bool:
    """Whether a run wrote fixes, or brought some back by undoing an undo."""
    if run.undoes is None:
        return True
    return run.undoes in known and not _makes_fixes(known[run.undoes], known)


def undone_by(known: Sequence[Run]) -> Mapping[int, int]:
    """The numbers of the runs that do not stand any more, each with that of what undid it.

    An undo that is undone itself makes stand again what it had undone.
    """
    by_number = {run.number: run for run in known}
    undoers: dict[int, int] = {}
    fallen: dict[int, int] = {}
    for run in known:
        number, falls = run.undoes, True
        if number is not None:
            undoers[number] = run.number
        while number in by_number:
            if falls:
                fallen[number] = undoers[number]
            else:
                fallen.pop(number, None)
            number, falls = by_number[number].undoes, not falls
    return fallen


def is_obstacle(recovered: Recovered, paths: Iterable[str]) -> bool:
    """Whether files at or below ``paths`` are half old and half new, and stay so."""
    if recovered.ending not in (Ending.GIVEN_UP, Ending.FAILED):
        return False
    return touches(recovered.run, [os.path.realpath(path) for path in paths])


def remarks() -> tuple[str, ...]:
    """What to say beside a list of the runs: which were cut off, and which cannot be read.

    Raises OSError.
    """
    lost = (unread(number) for number in unreadable(journal_folder()))
    return (*map(waiting, cut_off(["/"])), *lost)


def absent(number: int) -> str:
    """What to say of a number that none of ``runs`` has. Raises OSError."""
    if number in unreadable(journal_folder()):
        return unread(number)
    cut = next((run for run in cut_off(["/"]) if run.number == number), None)
    return waiting(cut) if cut is not None else f"there is no run {number}"


def unread(number: int) -> str:
    """What to say of a run that is kept and cannot be read."""
    return f"run {number} cannot be read: another version of tapfix wrote it, or it is damaged"


def waiting(run: Run) -> str:
    """What to say of a run that was cut off, and that nothing has been done about yet."""
    advice = "tapfix undo, or the next --apply, completes it or rolls it back"
    return f"run {run.number} was cut off while it wrote; {advice}"
