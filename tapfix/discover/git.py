"""What git knows of a folder: its repository, its ignore files, the files it tracks."""

from __future__ import annotations

import os
from pathlib import Path

from tapfix.discover.asking import ask
from tapfix.discover.gitignore import IgnoreFile, read_ignore_file


def repository_of(folder: str) -> str | None:
    """The root of the repository (or worktree) that holds ``folder``, or None."""
    while True:
        if os.path.lexists(f"{folder}/.git"):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def ignore_file_in(folder: str, name: str = ".gitignore") -> IgnoreFile | None:
    """The patterns of the ignore file ``name`` below ``folder``; None without a readable one."""
    try:
        text = Path(folder, name).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    return read_ignore_file(folder, text)


def chain_for(folder: str, repository: str | None) -> tuple[IgnoreFile, ...]:
    """The ignore files that hold for ``folder`` from above it, the outermost first.

    Those of the folder itself are not among them. The user's global ignore file is left out: what
    a team's run finds must not depend on whose machine it is.
    """
    if repository is None or folder == repository:
        return exclude_file(repository)
    files: list[IgnoreFile] = []
    while folder != repository:
        folder = os.path.dirname(folder)
        file = ignore_file_in(folder)
        if file is not None:
            files.append(file)
    return exclude_file(repository) + tuple(reversed(files))


def exclude_file(repository: str | None) -> tuple[IgnoreFile, ...]:
    """The repository's own exclude file as the start of a chain."""
    file = ignore_file_in(repository, ".git/info/exclude") if repository is not None else None
    return (file,) if file is not None else ()


def tracked_python_files(repository: str) -> frozenset[str]:
    """Absolute paths of the Python files that git tracks; empty where git cannot tell."""
    words = ("ls-files", "-z", "--cached", "--", "*.py")
    try:
        answer = ask(repository, *words, trusting=True)
    except OSError:
        return frozenset()
    names = os.fsdecode(answer.out).split("\0") if answer.code == 0 else ()
    return frozenset(f"{repository.rstrip('/')}/{name}" for name in names if name)
