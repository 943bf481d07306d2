"""What runs wrote, kept so that it can be undone and that a crash can be mended.

A journal is a folder with one folder for each run, called by its number. In it are ``bytes``, what
the run's files held before, one after the other, and an index that says the rest: ``pending.json``
while the run writes, which is renamed to ``run.json`` when it has written all. Texts are in
``bytes`` alone. All of it can be read by its owner only.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence

from tapfix.engine.disk import Step
from tapfix.engine.files import (
    held,
    kind_of,
    missing_folders,
    remove,
    sync_folders,
    write_new,
)
from tapfix.engine.index import Kept, Run, run_of, text_of

KEPT_RUNS = 50
"""So many runs are kept, the newest."""
KEPT_BYTES = 64 * 2**20
"""So many bytes of files are kept: the newest run whatever its size, and older ones that fit."""
PATIENCE = 10.0
"""Seconds to wait for another run that is writing."""

_BYTES, _PENDING, _WHOLE = "bytes", "pending.json", "run.json"


class Damaged(Exception):
    """What a journal keeps is no longer what was put there; ``str`` says of what, in one line."""


Clock = Callable[[], float]
"""Tells the time in seconds since the epoch."""


def checksum(data: bytes | None) -> str | None:
    """The sum by which a content is known; None for no file."""
    return hashlib.sha256(data).hexdigest() if data is not None else None


@contextlib.contextmanager
def locked(journal: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the journal alone, and make it where there is none.

    Raises OSError, with the path, if that cannot be. The lock ends with the process.
    """
    _make_private(journal)
    descriptor = os.open(os.path.join(journal, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, journal, patience)
        yield
    finally:
        _let_go(descriptor)


def is_free(journal: str) -> bool:
    """Whether there is a journal here, and nobody is writing to it."""
    try:
        descriptor = os.open(os.path.join(journal, "lock"), os.O_RDWR)
    except OSError:
        return False
    try:
        _lock(descriptor, journal, 0)
    except OSError:
        return False
    finally:
        _let_go(descriptor)
    return True


def _let_go(descriptor: int) -> None:
    # Nothing is written to it: a system that refuses takes nothing back of what has been done.
    with contextlib.suppress(OSError):
        os.close(descriptor)


def _lock(descriptor: int, journal: str, patience: float) -> None:
    end = time.monotonic() + patience
    while not _is_ours(descriptor, journal):
        if time.monotonic() >= end:
            raise OSError(errno.EAGAIN, "another run of tapfix is writing", journal)
        time.sleep(0.02)


def _is_ours(descriptor: int, journal: str) -> bool:
    """Take the lock if nobody has it; whether it is ours now."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except ImportError as error:
        raise OSError(errno.ENOLCK, "this system has no locks", journal) from error
    return True


def _make_private(journal: str) -> None:
    """Make a folder that its owner alone may enter, with those above it. Raises OSError."""
    for folder in missing_folders(journal):
        with contextlib.suppress(FileExistsError):  # another run has come first
            os.mkdir(folder, 0o700)
    status = _trusted(journal)
    if status.st_mode & 0o077:
        os.chmod(journal, 0o700)


def _trusted(journal: str) -> os.stat_result:
    """The status of a journal. Raises OSError if it is none of the user's own."""
    status = os.lstat(journal)
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "is no folder", journal)
    if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "belongs to another user", journal)
    return status


def read_runs(journal: str) -> tuple[Run, ...]:
    """The runs of a journal, the oldest first; what cannot be read is left out.

    Raises OSError where the journal is none of the user's own.
    """
    found = (_read_run(journal, number) for number in _numbers(journal))
    return tuple(run for run in found if run is not None)


def unreadable(journal: str) -> tuple[int, ...]:
    """The numbers of runs that another version of tapfix wrote, or that are damaged.

    Raises OSError where the journal is none of the user's own.
    """
    return tuple(
        number
        for number in _numbers(journal)
        if _read_run(journal, number) is None and _has_index(_folder(journal, number))
    )


def _has_index(folder: str) -> bool:
    return any(os.path.exists(os.path.join(folder, name)) for name in (_PENDING, _WHOLE))


def _numbers(journal: str) -> list[int]:
    try:
        _trusted(journal)
        names = os.listdir(journal)
    except FileNotFoundError:
        return []
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def _folder(journal: str, number: int) -> str:
    return os.path.join(journal, f"{number:06d}")


def _read_run(journal: str, number: int) -> Run | None:
    folder = _folder(journal, number)
    is_whole = os.path.exists(os.path.join(folder, _WHOLE))
    try:
        with open(os.path.join(folder, _WHOLE if is_whole else _PENDING), "rb") as file:
            return run_of(file.read(), number, is_whole=is_whole)
    except (OSError, ValueError):
        return None


def content(journal: str, run: Run, kept: Kept) -> bytes | None:
    """What a file held before a run; None if there was none. Raises Damaged."""
    if kept.before is None:
        return None
    try:
        with open(os.path.join(_folder(journal, run.number), _BYTES), "rb") as file:
            file.seek(kept.offset)
            data = file.read(kept.size)
    except OSError as error:
        raise Damaged(f"what {kept.path} held is lost: {error.strerror or error}") from error
    if checksum(data) != kept.before:
        raise Damaged(f"what {kept.path} held is lost: the journal is damaged")
    return data


def settle(journal: str, run: Run) -> None:
    """Say that a run is whole. Raises OSError. The caller holds the lock."""
    _settle(_folder(journal, run.number))


def _settle(folder: str) -> None:
    os.replace(os.path.join(folder, _PENDING), os.path.join(folder, _WHOLE))
    sync_folders([folder])


def forget(journal: str, run: Run) -> None:
    """Remove a run from the journal. Raises OSError. The caller holds the lock."""
    _remove(_folder(journal, run.number))


def _remove(folder: str) -> None:
    """Remove a run's folder: first the index, without which the rest is nothing."""
    for name in (_PENDING, _WHOLE):
        remove(os.path.join(folder, name))
    sync_folders([folder])
    for name in os.listdir(folder):
        remove(os.path.join(folder, name))
    os.rmdir(folder)


def tidy(journal: str) -> None:
    """Remove what crashed runs left in the journal, and old runs. The caller holds the lock.

    What cannot be removed stays.
    """
    room = KEPT_BYTES
    try:
        numbers = _numbers(journal)
    except OSError:
        return
    for position, number in enumerate(reversed(numbers)):
        folder = _folder(journal, number)
        with contextlib.suppress(OSError):
            names = os.listdir(folder)
            sizes = [os.lstat(os.path.join(folder, name)).st_size for name in names]
            room -= sum(sizes)
            outdated = position >= KEPT_RUNS or (position > 0 and room < 0)
            if outdated or not {_PENDING, _WHOLE}.intersection(names):
                _remove(folder)


class Entry:
    """Writes one run into a journal, told by ``write_all`` how it goes. The caller holds the lock.

    ``trouble`` says in one line why the run is not kept, if it is not: what it writes is written
    all the same. A run that cannot be said to be whole in the end is completed by the next one.
    """

    def __init__(
        self, journal: str, *, undoes: int | None = None, fixes: int = 0, now: Clock = time.time
    ) -> None:
        self._journal = journal
        self._undoes = undoes
        self._fixes = fixes
        self._now = now
        self._folder: str | None = None
        self.trouble: str | None = None

    def begin(self, steps: Sequence[Step], made: Sequence[str], dropped: Sequence[str]) -> None:
        """Keep what the files hold, and what is about to happen to them."""
        try:
            self._begin(steps, made, dropped)
        except OSError as error:
            self.trouble = reason(error, self._journal)
            self.undone()

    def _begin(self, steps: Sequence[Step], made: Sequence[str], dropped: Sequence[str]) -> None:
        number = max(_numbers(self._journal), default=0) + 1
        folder = _folder(self._journal, number)
        os.mkdir(folder, 0o700)
        self._folder = folder
        olds = [_old(step) for step in steps]
        write_new(os.path.join(folder, _BYTES), b"".join(old or b"" for old in olds), 0o600)
        kept = tuple(_kept_all(steps, olds))
        text = text_of(
            kept, made, dropped, time=self._now(), undoes=self._undoes, fixes=self._fixes
        )
        unfinished = os.path.join(folder, "new.json")
        write_new(unfinished, text, 0o600)
        os.replace(unfinished, os.path.join(folder, _PENDING))
        sync_folders([folder, self._journal])

    def done(self) -> None:
        """Say that all is written."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                _settle(self._folder)
            tidy(self._journal)

    def undone(self) -> None:
        """Forget the run, of which nothing is left."""
        if self._folder is not None:
            with contextlib.suppress(OSError):
                _remove(self._folder)
            self._folder = None


def _old(step: Step) -> bytes | None:
    """What is there before a step that the step takes away. Raises OSError."""
    change = step.change
    return held(step.target) if change.after is None else change.before


def _kept_all(steps: Sequence[Step], olds: Sequence[bytes | None]) -> Iterator[Kept]:
    """What is to be known of each step's file. Raises OSError."""
    offset = 0
    for step, old in zip(steps, olds, strict=True):
        yield Kept(
            path=step.path,
            target=step.target,
            new=step.new,
            old=step.old,
            before=checksum(old),
            after=checksum(step.change.after),
            offset=offset,
            size=len(old or b""),
            kind=kind_of(step.target) if old is not None else None,
        )
        offset += len(old or b"")


def reason(error: OSError, path: str) -> str:
    """Why something at a path failed, in one line."""
    return f"{error.filename or path}: {error.strerror or error}"
