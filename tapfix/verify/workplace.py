"""A private copy of an app, in a folder that is gone when the work is done.

Everything that a synthesis writes goes there too: the assemblies, and what Node unpacks. Where an
app reaches out of its own folder, what lies around it is copied as well, or a link to it where
that would be too much.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapfix.discover import repository_of
from tapfix.verify.surroundings import entries, measured, surroundings

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PREFIX = "tapfix-verify-"
_LOCK = "lock"
_LINKED = {"node_modules"}
"""Too large to copy, and only read: the copy has a link to it, as to virtual environments."""
_LARGE = 32 << 20
"""So is a file of as many bytes."""
_FILES, _BYTES = 4_000, 64 << 20
"""So much of what lies around an app is copied, the nearest first; the rest are links."""


class NoCopy(Exception):
    """An app cannot be copied; the text says why."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A temporary folder: ``copy`` holds the app's files, ``scratch`` is for temporary ones.

    ``top`` holds what lies around the app too, as the folder ``source`` does; it is ``copy`` where
    that is the app alone.
    """

    folder: Path
    copy: Path
    scratch: Path
    top: Path
    source: Path

    def place_of(self, path: str) -> Path | None:
        """Where a file is in the copy, by its absolute path; None if it lies outside of all that.

        The folder that it lies in may be spelled by links.
        """
        inside = _within(path, self.source)
        return self.top / inside if inside is not None else None


@contextlib.contextmanager
def workplace(source: Path, changed: Iterable[str] = ()) -> Iterator[Workplace]:
    """A copy of the folder ``source`` for the time of the body.

    ``changed`` are the files that are to be changed, by absolute path. What an earlier run left
    behind that was killed is removed first. Raises ``NoCopy``.
    """
    _remove_left_behind(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    try:
        with _locked(folder / _LOCK):
            top = surroundings(source, changed)
            inner = source.relative_to(top)
            made = Workplace(folder, folder / "app" / inner, folder / "tmp", folder / "app", top)
            made.scratch.mkdir()
            try:
                _fill(made, source)
            except OSError as error:
                raise NoCopy(f"it cannot be copied: {error}") from error
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(work: Workplace, source: Path) -> None:
    """Copy the app, then what lies around it, from near to far."""
    work.copy.parent.mkdir(parents=True, exist_ok=True)
    copier = _Copier(work.source, work.top)
    copier.copy(source, work.copy)
    repository = repository_of(str(source))
    if repository is not None:
        (work.top / ".git").symlink_to(Path(repository, ".git"))  # some ask it for a version
    files, size = _FILES, _BYTES
    inner, place = source, work.copy
    while inner != work.source:
        for entry in entries(inner.parent):
            beside = place.parent / entry.name
            if entry.name == inner.name:
                continue
            found = measured(Path(entry.path), files, size) if entry.is_dir() else (1, 0)
            if found is None:
                beside.symlink_to(entry.path)
            else:
                files, size = files - found[0], size - found[1]
                copier.enter(entry, beside)
        inner, place = inner.parent, place.parent


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with this process, however that ends."""
    with path.open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_left_behind(temporary: Path) -> None:
    """Remove the folders that nobody holds the lock of."""
    if fcntl is None:
        return
    for folder in temporary.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError), (folder / _LOCK).open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Copier:
    """Copies what lies in ``source`` to the same place in ``top``."""

    source: Path
    top: Path

    def copy(self, folder: Path, place: Path) -> None:
        """Copy a folder without what tools leave, as far as it can be read."""
        place.mkdir()
        for entry in entries(folder):
            self.enter(entry, place / entry.name)

    def enter(self, entry: os.DirEntry[str], place: Path) -> None:
        """Copy a file or folder, or make a link to it."""
        with contextlib.suppress(PermissionError, FileNotFoundError):
            if entry.is_symlink():
                self.link(Path(entry.path), place)
            elif entry.name in _LINKED:
                place.symlink_to(entry.path)
            elif entry.is_dir():
                if os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                    place.symlink_to(entry.path)
                else:
                    self.copy(Path(entry.path), place)
            elif stat.S_ISREG(entry.stat().st_mode):
                if entry.stat().st_size > _LARGE and os.access(entry.path, os.R_OK):
                    place.symlink_to(entry.path)
                else:
                    shutil.copy2(entry.path, place)

    def link(self, link: Path, place: Path) -> None:
        """A link into the copy where it leads to what is copied too, else to what it leads to."""
        inner = os.readlink(link)
        target = Path(os.path.normpath(link.parent / inner))
        if not target.is_relative_to(self.source):
            place.symlink_to(target)
        elif os.path.isabs(inner):
            place.symlink_to(self.top / target.relative_to(self.source))
        else:
            place.symlink_to(inner)


def overlay(work: Workplace, changes: Mapping[str, bytes | None]) -> None:
    """Put changed files, by absolute path, into the copy. No link leads what is written out of it.

    Raises ``NoCopy`` for a file that lies outside of all that is copied.
    """
    for path, data in changes.items():
        place = work.place_of(path)
        if place is None:
            raise NoCopy(f"its change is also one of {path}, which lies too far from it")
        _make_own(place, work.top)
        if data is None:
            place.unlink(missing_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def _make_own(place: Path, top: Path) -> None:
    """Make real folders of the links on the way to a place that lead out of the copy."""
    parts = place.relative_to(top).parts
    for count in range(1, len(parts) + 1):
        inner = top.joinpath(*parts[:count])
        if not inner.is_symlink() or inner.resolve().is_relative_to(top):
            continue
        target = inner.resolve()
        inner.unlink()
        if target.is_dir():
            inner.mkdir()
            for entry in entries(target):
                (inner / entry.name).symlink_to(entry.path)


def _within(path: str, folder: Path) -> Path | None:
    """A path relative to a folder, if it lies there as it is spelled, or by its real folder."""
    real = Path(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    for spelled in (Path(path), real):
        if spelled.is_relative_to(folder):
            return spelled.relative_to(folder)
    return None
