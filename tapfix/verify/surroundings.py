"""How far above its folder an app reaches: code and assets that it shares with others."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tapfix.discover import repository_of

SKIPPED = frozenset(
    [
        "cdk.out",
        ".git",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".nox",
    ]
)
"""Folders that no app reads, or that it makes anew."""

_UP = re.compile(rb"(?<![.\w])(?<!from )(?:\.\.[/\\]+)*\.\.(?=[/\\\"'\s])")
_OUTWARD = re.compile(rb"\b(?:parents\[(\d)\]|parents?\b|dirname\b|pardir\b)")
_SCANNED = (".py", "cdk.json", "pyproject.toml")
_MOST = 3
"""So many folders above its own an app may reach that is in no repository."""
_LARGEST = 1 << 20
"""Files with more bytes are not code that anyone wrote."""


def surroundings(source: Path, changed: Iterable[str] = ()) -> Path:
    """The folder above an app that holds all that it may read; the app's own if nothing leads out.

    It holds the ``changed`` files too, by absolute path, as far as they are not beyond all measure.
    Never a whole home, file system or folder for temporary files.
    """
    above = [folder for folder in (source, *source.parents) if not _is_too_wide(folder)]
    repository = repository_of(str(source))
    if repository is not None:
        above = [folder for folder in above if folder.is_relative_to(repository)]
    else:
        above = above[: _MOST + 1]
    if source not in above:
        return source
    levels = max((_levels(path, source) for path in _files(source)), default=0)
    reached = above[min(levels, len(above) - 1)]
    for path in changed:
        inside = [folder for folder in above if Path(path).is_relative_to(folder)]
        if inside and reached.is_relative_to(inside[0]):
            reached = inside[0]
    return reached


def _is_too_wide(folder: Path) -> bool:
    wide = {Path(folder.anchor), Path.home(), Path(tempfile.gettempdir()).resolve()}
    return folder in wide or any(folder in one.parents for one in wide)


def _files(source: Path) -> Iterator[Path]:
    """The files of an app that may lead out of it, and the links."""
    for folder, inner, names in os.walk(source):
        inner[:] = [
            name
            for name in inner
            if name not in SKIPPED
            and name != "node_modules"
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        ]
        for name in (*names, *inner):
            path = Path(folder, name)
            if name.endswith(_SCANNED) or path.is_symlink():
                yield path


def _levels(path: Path, source: Path) -> int:
    """How many folders above the app's own a file of it may lead to."""
    if path.is_symlink():
        target = os.path.normpath(path.parent / os.readlink(path))
        return os.path.relpath(target, source).split(os.sep).count("..")
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return 0
        data = path.read_bytes()
    except OSError:
        return 0
    ups = max((match[0].count(b"..") for match in _UP.finditer(data)), default=0)
    if b"__file__" not in data:
        return ups
    steps = sum(int(match[1] or 0) + 1 for match in _OUTWARD.finditer(data))
    # From the file itself as many steps lead to the app's folder as it lies deep.
    return max(ups, steps - len(path.relative_to(source).parts))


def entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What lies in a folder that an app may read; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            yield from (entry for entry in found if entry.name not in SKIPPED)
    except OSError:
        return


def measured(folder: Path, files: int, size: int) -> tuple[int, int] | None:
    """How many files and bytes a folder holds, None if that is more than ``files`` or ``size``."""
    count = total = 0
    pending = [folder]
    while pending:
        for entry in entries(pending.pop()):
            try:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != "node_modules":
                        pending.append(Path(entry.path))
                    continue
                total += entry.stat(follow_symlinks=False).st_size
            except OSError:
                continue
            count += 1
            if count > files or total > size:
                return None
    return count, total
