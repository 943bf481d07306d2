"""Writing several files: all of them or none.

The order is what makes a crash harmless: the log knows of every file, name and folder before the
first of them is made, and is told the end when nothing is left to do.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tapfix.engine.files import (
    Kind,
    give,
    kind_of,
    make,
    missing_folders,
    read,
    remove,
    remove_if_empty,
    sync_folders,
    write_new,
)
from tapfix.engine.undisturbed import undisturbed


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it was read and as it is to be; None where it does not exist.

    ``kind`` is what a file is to be that comes back; None: as the user's new files are.
    """

    before: bytes | None
    after: bytes | None
    kind: Kind | None = None


class WriteError(Exception):
    """The system refused; what had been done is undone. ``str`` is one line: path and reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class StaleFile(Exception):
    """A file is no longer what was read; nothing was written."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: changed since it was read")
        self.path = path


@dataclass(frozen=True, slots=True)
class Step:
    """One file on its way: where it is really, and beside it its new content and its old one."""

    path: str
    target: str
    change: Change
    new: str
    old: str


class Log(Protocol):
    """Is told what is about to be written, and how it ended. None of this raises OSError."""

    def begin(self, steps: Sequence[Step], made: Sequence[str], dropped: Sequence[str]) -> None:
        """These steps come, with folders that will be made and such that go if they are empty."""

    def done(self) -> None:
        """All is written."""

    def undone(self) -> None:
        """Nothing is written, and nothing is left of the attempt."""


def write_all(
    changes: Mapping[str, Change], log: Log | None = None, dropped: Sequence[str] = ()
) -> None:
    """Write, create and delete files by absolute path: all, or none if anything fails.

    Modes and owners are kept, symbolic links are followed, parent folders of new files are made,
    the ``dropped`` folders are removed at the end if they are empty then. A signal that ends the
    program waits until that is done. Raises StaleFile if a file is not ``before`` any more,
    WriteError if the system refuses.
    """
    steps = _steps(changes)
    with undisturbed():
        _write(steps, log, dropped)


def _write(steps: list[Step], log: Log | None, dropped: Sequence[str]) -> None:
    run = _Run()
    try:
        _each(_check, steps)
        if log is not None:
            log.begin(steps, _folders_to_make(steps), dropped)
        for action in (run.stage, _check, run.commit):
            _each(action, steps)
    except BaseException as error:
        run.roll_back(steps, error)
        if log is not None:
            log.undone()
        raise
    places = {os.path.dirname(step.target) for step in steps} | run.places()
    places.update(os.path.dirname(folder) for folder in dropped)
    sync_folders(places)
    for step in steps:
        _clean(step)
    remove_if_empty(dropped)
    sync_folders(places)
    if log is not None:
        log.done()


def _steps(changes: Mapping[str, Change]) -> list[Step]:
    steps: dict[str, Step] = {}
    for path, change in sorted(changes.items()):
        # A deleted link goes itself; what is written through a link goes where it points.
        target = path if change.after is None else os.path.realpath(path)
        beside = os.path.join(os.path.dirname(target), f".tapfix-{secrets.token_hex(6)}")
        step = Step(path, target, change, f"{beside}.new", f"{beside}.old")
        known = steps.setdefault(target, step)
        if known.change != change:
            raise WriteError(path, f"is the same file as {known.path}, with other changes")
    return list(steps.values())


def _folders_to_make(steps: Sequence[Step]) -> list[str]:
    folders = (os.path.dirname(step.target) for step in steps if step.change.before is None)
    return list(dict.fromkeys(name for folder in folders for name in missing_folders(folder)))


class _Action(Protocol):
    def __call__(self, step: Step, /) -> None: ...


def _each(action: _Action, steps: Sequence[Step]) -> None:
    for step in steps:
        with _named(step):
            action(step)


@contextlib.contextmanager
def _named(step: Step) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(step.path, error.strerror or str(error)) from error


def _check(step: Step) -> None:
    if read(step.target) != step.change.before:
        raise StaleFile(step.path)


def _keep(step: Step, before: bytes) -> None:
    """A second name for the old content: no copy, so that a full disk cannot stop the way back."""
    try:
        os.link(step.target, step.old)
    except OSError:  # a file system without hard links
        make(step.old, before, kind_of(step.target))


def _clean(step: Step) -> None:
    for path in (step.new, step.old):
        with contextlib.suppress(OSError):
            remove(path)


class _Run:
    """What was made and moved so far, so that it can be undone."""

    def __init__(self) -> None:
        self._folders: list[str] = []
        self._moved: list[Step] = []

    def places(self) -> set[str]:
        """The folders in which folders were made."""
        return {os.path.dirname(folder) for folder in self._folders}

    def stage(self, step: Step) -> None:
        """Put the new content beside the file, with its mode and owner, and keep the old."""
        change = step.change
        if change.before is None:
            self._make_folders(os.path.dirname(step.target))
        elif not os.stat(step.target).st_mode & 0o222 or not os.access(step.target, os.W_OK):
            raise WriteError(step.path, "is read-only")
        if change.after is None:
            return
        if change.before is not None:
            write_new(step.new, change.after, 0o600)
            give(step.new, kind_of(step.target))
            _keep(step, change.before)
        elif change.kind is not None:
            make(step.new, change.after, change.kind)
        else:
            write_new(step.new, change.after, 0o666)

    def commit(self, step: Step) -> None:
        """Move the file into place, or out of it."""
        self._moved.append(step)
        if step.change.after is not None:
            os.replace(step.new, step.target)
        elif step.change.before is not None:
            os.replace(step.target, step.old)

    def roll_back(self, steps: Sequence[Step], cause: BaseException) -> None:
        """Undo everything. A file that cannot be restored keeps its old content beside it."""
        lost = [step for step in reversed(self._moved) if not _restored(step)]
        for step in steps:
            if step not in lost:
                _clean(step)
        remove_if_empty(reversed(self._folders))
        if self._moved:
            sync_folders(os.path.dirname(step.target) for step in self._moved)
        if lost:
            where = ", ".join(f"{step.path} is in {step.old}" for step in lost)
            raise WriteError(lost[0].path, f"could not be restored ({cause}): the old {where}")

    def _make_folders(self, folder: str) -> None:
        for name in missing_folders(folder):
            os.mkdir(name)
            self._folders.append(name)


def _restored(step: Step) -> bool:
    """Put the old content back, if the move had gone through; whether that worked."""
    try:
        if step.change.after is None:
            if os.path.lexists(step.old):
                os.replace(step.old, step.target)
        elif not os.path.lexists(step.new):
            if step.change.before is None:
                os.unlink(step.target)
            else:
                os.replace(step.old, step.target)
    except OSError:
        return False
    return True
