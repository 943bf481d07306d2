"""One walk over a folder: its Python files, what ignore files hide, and the apps nested in it."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from tapfix.discover.git import exclude_file, ignore_file_in
from tapfix.discover.gitignore import IgnoreFile, is_ignored
from tapfix.model.python.source import Problem

APP_FILE = "cdk.json"
FOREIGN = frozenset({"__pycache__", "__pypackages__", "cdk.out", "node_modules", "site-packages"})
"""Names of folders whose files nobody of the project wrote."""
DECLARATIONS = frozenset(
    ["requirements.txt", "Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pyproject.toml"]
)
"""Names of files that say which packages code needs."""
_COMMANDS = frozenset(["Dockerfile", "Makefile", "README.md", "buildspec.yml", "buildspec.yaml"])


@dataclass(frozen=True, slots=True)
class Start:
    """A folder (or a file) to walk from, with the ignore files that hold above it."""

    path: str
    chain: tuple[IgnoreFile, ...]
    repository: str | None
    is_folder: bool = True


@dataclass(slots=True)
class Tree:
    """What a walk found: files, hidden entries, and nested apps, which it did not enter.

    ``followed`` holds the real paths of the links that were followed.
    """

    top: str
    files: list[str] = field(default_factory=list)
    hidden: list[Start] = field(default_factory=list)
    apps: list[Start] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)


def walk(start: Start, tree: Tree, wanted: Collection[str] = ()) -> None:
    """Add what lies below ``start`` to ``tree``.

    Paths in ``wanted`` are entered whatever they are called and whatever an ignore file says.
    """
    if not start.is_folder:
        tree.files.append(start.path)
        return
    pending = [start]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder.path) as scan:
                entries = {entry.name: entry for entry in scan}
        except OSError as error:
            tree.problems.append(Problem(folder.path, f"cannot be read: {error.strerror}"))
            continue
        if APP_FILE in entries and folder is not start:
            tree.apps.append(folder)
        elif folder is start or not _is_foreign(entries):
            pending += _sort_out(_inside(folder, entries), entries, tree, wanted)


def _is_foreign(entries: Collection[str]) -> bool:
    """Whether a folder is a virtual environment, a conda environment or a cloud assembly."""
    if "pyvenv.cfg" in entries or "conda-meta" in entries:
        return True
    return "cdk.out" in entries and "manifest.json" in entries


def _inside(folder: Start, entries: Collection[str]) -> Start:
    """The folder with the ignore files that hold for what it contains."""
    chain, repository = folder.chain, folder.repository
    if ".git" in entries and folder.path != repository:
        # A repository inside another one, or inside none: only its own ignore files count.
        repository = folder.path
        chain = exclude_file(repository)
    own = ignore_file_in(folder.path) if ".gitignore" in entries else None
    if own is not None:
        chain = (*chain, own)
    return Start(folder.path, chain, repository)


def _sort_out(
    folder: Start, entries: dict[str, os.DirEntry[str]], tree: Tree, wanted: Collection[str]
) -> list[Start]:
    """Note the files of a folder; its subfolders that are to be walked."""
    folders: list[Start] = []
    installed = _installed_names(folder.path, entries)
    # What lies there is not read, but that it lies there counts.
    records = (f"{folder.path}/{name}/RECORD" for name in installed if name.endswith(".dist-info"))
    tree.files += (record for record in records if os.path.isfile(record))
    for name, entry in entries.items():
        is_folder = _is_folder(entry)
        if is_folder is None:
            continue
        asked = entry.path in wanted
        if not asked and (name in installed or (is_folder and _is_skipped(name))):
            continue
        if entry.is_symlink() and not _may_follow(entry.path, tree):
            continue
        found = Start(entry.path, folder.chain, folder.repository, is_folder)
        if not asked and is_ignored(folder.chain, entry.path, name, is_folder):
            tree.hidden.append(found)
        elif is_folder:
            folders.append(found)
        else:
            tree.files.append(entry.path)
    return folders


def _is_skipped(name: str) -> bool:
    """Whether a folder is none of the project's sources by its name alone."""
    return name[0] == "." or name in FOREIGN or name.endswith(".egg-info")


def _is_folder(entry: os.DirEntry[str]) -> bool | None:
    """True for a folder, False for a file that is read, None for anything else and broken links."""
    try:
        if entry.is_dir():
            return True
        return False if is_read(entry.name) and entry.is_file() else None
    except OSError:
        # A link that leads to itself.
        return None


def _may_follow(path: str, tree: Tree) -> bool:
    """Whether a link leads to something that this walk does not meet under its own name."""
    target = os.path.realpath(path)
    if any(is_below(target, known) for known in (os.path.realpath(tree.top), *tree.followed)):
        return False
    if is_below(os.path.realpath(os.path.dirname(path)), target):
        return False
    tree.followed.append(target)
    return True


def _installed_names(folder: str, names: Collection[str]) -> frozenset[str]:
    """Names in ``folder`` that ``pip install --target`` put there, by its own records."""
    found: set[str] = set()
    for name in names:
        if name.endswith(".dist-info"):
            found.add(name)
            try:
                record = Path(folder, name, "RECORD").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            found.update(line.split("/")[0].split(",")[0] for line in record.splitlines())
    return frozenset(found)


def is_read(name: str) -> bool:
    """Whether a file of that name may tell something of an app."""
    return name.endswith((".py", ".sql")) or tells_packages(name)


def tells_packages(name: str) -> bool:
    """Whether a file of that name may say which packages code needs, or install them."""
    return name in DECLARATIONS or name in _COMMANDS or name.endswith(".sh")


def is_below(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")
