"""Writing several files: all of them or none."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapfix.engine.undisturbed import undisturbed


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it was read and as it is to be; None where it does not exist."""

    before: bytes | None
    after: bytes | None


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
class _Step:
    """One file on its way: where it is really, and beside it its new content and its old one."""

    path: str
    target: Path
    change: Change
    new: Path
    old: Path


def write_all(changes: Mapping[str, Change]) -> None:
    """Write, create and delete files by absolute path: all, or none if anything fails.

    Modes and owners are kept, symbolic links are followed, parent folders of new files are made.
    A signal that ends the program waits until that is done. Raises StaleFile if a file is not
    ``before`` any more, WriteError if the system refuses.
    """
    steps = _steps(changes)
    with undisturbed():
        _write(steps)


def _write(steps: list[_Step]) -> None:
    run = _Run()
    try:
        for action in (_check, run.stage, _check, run.commit):
            for step in steps:
                with _named(step):
                    action(step)
    except BaseException as error:
        run.roll_back(steps, error)
        raise
    for step in steps:
        _clean(step)
        _sync_folder(step.target.parent)


def _steps(changes: Mapping[str, Change]) -> list[_Step]:
    steps: dict[Path, _Step] = {}
    for path, change in sorted(changes.items()):
        # A deleted link goes itself; what is written through a link goes where it points.
        target = Path(path) if change.after is None else Path(os.path.realpath(path))
        beside = target.parent / f".tapfix-{secrets.token_hex(6)}"
        step = _Step(path, target, change, beside.with_suffix(".new"), beside.with_suffix(".old"))
        known = steps.setdefault(target, step)
        if known.change != change:
            raise WriteError(path, f"is the same file as {known.path}, with other changes")
    return list(steps.values())


@contextlib.contextmanager
def _named(step: _Step) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(step.path, error.strerror or str(error)) from error


def _check(step: _Step) -> None:
    try:
        now: bytes | None = step.target.read_bytes()
    except FileNotFoundError:
        now = None
    if now != step.change.before:
        raise StaleFile(step.path)


def _take_after(original: Path, copy: Path) -> None:
    status = original.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):  # only root may give files away
            os.chown(copy, status.st_uid, status.st_gid)
    copy.chmod(stat.S_IMODE(status.st_mode))


def _keep(target: Path, old: Path) -> None:
    """A second name for the old content: no copy, so that a full disk cannot stop the way back."""
    try:
        os.link(target, old)
    except OSError:  # a file system without hard links
        shutil.copy2(target, old)


def _clean(step: _Step) -> None:
    for path in (step.new, step.old):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new names last; file systems that cannot are left alone."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Run:
    """What was made and moved so far, so that it can be undone."""

    def __init__(self) -> None:
        self._folders: list[Path] = []
        self._moved: list[_Step] = []

    def stage(self, step: _Step) -> None:
        """Put the new content beside the file, with its mode and owner, and keep the old."""
        if step.change.before is None:
            self._make_folders(step.target.parent)
        elif not step.target.stat().st_mode & 0o222 or not os.access(step.target, os.W_OK):
            raise WriteError(step.path, "is read-only")
        if step.change.after is None:
            return
        descriptor = os.open(step.new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(step.change.after)
            file.flush()
            os.fsync(descriptor)
        if step.change.before is not None:
            _take_after(step.target, step.new)
            _keep(step.target, step.old)

    def commit(self, step: _Step) -> None:
        """Move the file into place, or out of it."""
        self._moved.append(step)
        if step.change.after is not None:
            _move(step.new, step.target)
        elif step.change.before is not None:
            _move(step.target, step.old)

    def roll_back(self, steps: list[_Step], cause: BaseException) -> None:
        """Undo everything. A file that cannot be restored keeps its old content beside it."""
        lost = [step for step in reversed(self._moved) if not _restored(step)]
        for step in steps:
            if step not in lost:
                _clean(step)
        for folder in reversed(self._folders):
            with contextlib.suppress(OSError):  # someone else has put a file there
                folder.rmdir()
        if lost:
            where = ", ".join(f"{step.path} is in {step.old}" for step in lost)
            raise WriteError(lost[0].path, f"could not be restored ({cause}): the old {where}")

    def _make_folders(self, folder: Path) -> None:
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir()
            self._folders.append(parent)


def _move(source: Path, target: Path) -> None:
    os.replace(source, target)  # noqa: PTH105 - pathlib's own is another function on Python 3.10


def _restored(step: _Step) -> bool:
    """Put the old content back, if the move had gone through; whether that worked."""
    try:
        if step.change.after is None:
            if os.path.lexists(step.old):
                _move(step.old, step.target)
        elif not step.new.exists():
            if step.change.before is None:
                step.target.unlink()
            else:
                _move(step.old, step.target)
    except OSError:
        return False
    return True
