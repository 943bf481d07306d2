"""Reports on disk: each file whole or as it was."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_SOURCES = (".py", ".toml", f"{os.sep}cdk.json")


def check_writable(files: Iterable[Path]) -> None:
    """Find out before a run what would fail after it. Raises ``OSError`` with the file's name."""
    for file in files:
        folder = Path(os.path.realpath(file)).parent
        if file.is_dir():
            raise IsADirectoryError(0, "it is a folder", str(file))
        if file.exists() and os.path.realpath(file).endswith(_SOURCES):
            raise FileExistsError(0, "it is a source file, which a report would replace", str(file))
        if not _is_special(file) and not folder.is_dir():
            raise FileNotFoundError(0, "there is no such folder", str(file))
        if not os.access(file if _is_special(file) else folder, os.W_OK):
            raise PermissionError(0, "permission denied", str(file))


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write all files; what is no plain file (a pipe, a device) is written as it is.

    Raises ``OSError`` with the file's name: then all plain files are as they were, unless it is
    the very last step that fails.
    """
    staged: list[tuple[Path, Path, Path]] = []
    try:
        for file, data in contents.items():
            with _named(file):
                if _is_special(file):
                    file.write_bytes(data)
                else:
                    # A link stays one: what it points at is replaced.
                    target = Path(os.path.realpath(file))
                    staged.append((file, _staged(target, data), target))
        for file, new, target in staged:
            with _named(file):
                os.replace(new, target)  # noqa: PTH105 - as in engine/disk.py
    finally:
        for _, new, _ in staged:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)


def _is_special(file: Path) -> bool:
    return file.exists() and not file.is_file()


def _staged(target: Path, data: bytes) -> Path:
    """The content in a file beside the target, with the target's mode."""
    new = target.parent / f".tapfix-{secrets.token_hex(6)}.new"
    # As new files are; but what others may not read, they may not read on its way.
    mode = 0o600 if target.exists() else 0o666
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        if target.exists():
            new.chmod(stat.S_IMODE(target.stat().st_mode))
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    return new


@contextlib.contextmanager
def _named(file: Path) -> Iterator[None]:
    """Name the file as the user did, not the one beside it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(file)) from error
