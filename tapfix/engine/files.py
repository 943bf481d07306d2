"""What writing asks of the system: single steps, of which each is done or not done.

They call ``os`` by its name, so that a test can end the program before any of them.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is besides its bytes: mode, owner and group, and where it leads if it is a link.

    A link's mode and owner are its own, and are not given to anything.
    """

    mode: int
    owner: int
    group: int
    link: str | None = None


def kind_of(path: str) -> Kind:
    """The kind of the file at ``path``, of a link itself. Raises OSError if there is none."""
    status = os.lstat(path)
    link = os.readlink(path) if stat.S_ISLNK(status.st_mode) else None
    return Kind(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, link)


def give(path: str, kind: Kind) -> None:
    """Give a file the mode of a kind, its owner where that is allowed, and so its group."""
    if hasattr(os, "chown"):
        try:
            os.chown(path, kind.owner, kind.group)
        except PermissionError:  # only root may give files away; a group, whoever is in it
            with contextlib.suppress(PermissionError):
                os.chown(path, -1, kind.group)
    os.chmod(path, kind.mode)


def read(path: str) -> bytes | None:
    """What a file holds; None if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def held(path: str) -> bytes | None:
    """What is at a path: a file's bytes, or where a link itself leads; None if there is nothing."""
    if os.path.islink(path):
        return os.fsencode(os.readlink(path))
    return read(path)


def write_new(path: str, data: bytes, mode: int) -> None:
    """Make a file that must not be there, and have its bytes on the disk before returning."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make(path: str, data: bytes, kind: Kind) -> None:
    """Make a file, or a link, of a kind; nobody else can read it before it is of that kind."""
    if kind.link is not None:
        os.symlink(kind.link, path)
        return
    write_new(path, data, 0o600)
    give(path, kind)


def remove(path: str) -> None:
    """Remove a file if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def missing_folders(folder: str) -> list[str]:
    """The folders that must be made for ``folder`` to be there, the outermost first."""
    missing: list[str] = []
    while not os.path.exists(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    return missing[::-1]


def remove_if_empty(folders: Iterable[str]) -> None:
    """Remove those folders that nobody has put anything into."""
    for folder in folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def sync_folders(folders: Iterable[str]) -> None:
    """Make names in folders last; file systems that cannot are left alone."""
    for folder in sorted(set(folders)):
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
