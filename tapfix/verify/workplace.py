"""A private copy of an app, in a folder that is gone when the work is done.

Everything that a synthesis writes goes there too: the assemblies, and what Node unpacks.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_PREFIX = "tapfix-verify-"
_LOCK = "lock"
_NOT_COPIED = {"cdk.out", ".git", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
_LINKED = {"node_modules"}
"""Too large to copy, and only read: the copy has a link to it."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A temporary folder: ``copy`` holds the app's files, ``scratch`` is for temporary ones."""

    folder: Path
    copy: Path
    scratch: Path


@contextlib.contextmanager
def workplace(source: Path) -> Iterator[Workplace]:
    """A copy of the folder ``source`` for the time of the body.

    What an earlier run left behind that was killed is removed first.
    """
    _remove_left_behind(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    try:
        with _locked(folder / _LOCK):
            made = Workplace(folder, folder / "app", folder / "tmp")
            made.scratch.mkdir()
            _copy(source, made.copy, source)
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def _copy(source: Path, target: Path, root: Path) -> None:
    """Copy a folder without environments and what tools leave; what cannot be read stays out."""
    target.mkdir()
    with os.scandir(source) as entries:
        for entry in entries:
            place = target / entry.name
            if entry.name in _NOT_COPIED:
                continue
            with contextlib.suppress(PermissionError, FileNotFoundError):
                if entry.is_symlink() or entry.name in _LINKED:
                    _link(Path(entry.path), place, root)
                elif entry.is_dir():
                    if not os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
                        _copy(Path(entry.path), place, root)
                elif stat.S_ISREG(entry.stat().st_mode):
                    shutil.copy2(entry.path, place)


def _link(source: Path, place: Path, root: Path) -> None:
    """A link as it is where it leads to what is copied too, else to what it leads to."""
    if not source.is_symlink():
        place.symlink_to(source.absolute())
        return
    inner = os.readlink(source)
    target = Path(os.path.normpath(source.parent / inner))
    is_copied = not os.path.isabs(inner) and root in target.parents
    place.symlink_to(inner if is_copied else target)


def overlay(work: Workplace, root: Path, changes: Mapping[str, bytes | None]) -> None:
    """Put changed files, by absolute path, into the copy of the folder ``root``."""
    for path, data in changes.items():
        with contextlib.suppress(ValueError):  # a file beside the app is not in its copy
            place = work.copy / Path(path).relative_to(root)
            if data is None:
                place.unlink(missing_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
