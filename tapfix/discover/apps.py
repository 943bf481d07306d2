"""From given paths to apps, each with the bytes of its files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tapfix.discover.git import chain_for, repository_of, tracked_python_files
from tapfix.discover.mentions import mentioned, outside
from tapfix.discover.reading import read_files
from tapfix.discover.walk import APP_FILE, FOREIGN, Start, Tree, is_below, walk
from tapfix.model.python.source import Problem


@dataclass(frozen=True, slots=True)
class AppFiles:
    """An app's root, and the bytes of its files by absolute path.

    Its Python files, its ``cdk.json``, files that declare packages, and pip's records of packages.
    """

    root: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Discovery:
    """The apps that the given paths belong to, in order of root, and what could not be read.

    ``given`` are the paths as absolute ones: an app may hold more than what was asked for.
    """

    apps: tuple[AppFiles, ...]
    problems: tuple[Problem, ...]
    given: tuple[str, ...]

    def is_asked(self, path: str) -> bool:
        """Whether a path is among the given ones or below one."""
        return _is_among(path, self.given)


def discover(paths: Iterable[str]) -> Discovery:
    """Find and read the apps at ``paths``: files and folders, relative to the current folder."""
    problems: list[Problem] = []
    given: list[str] = []
    # An empty path (of a variable that is not set) must not come to mean the current folder.
    for path in dict.fromkeys(os.path.abspath(path) if path else path for path in paths):
        own = path
        problem = _unfit(path)
        if problem is None and (own := _own_name(path)) != path:
            problem = _unfit(own)
        if problem is None:
            given.append(own)
        else:
            problems.append(problem)
    apps = _read_all(_walk_all(given), problems)
    return Discovery(
        tuple(app for app in apps if any(_is_among(path, given) for path in app.files)),
        tuple(problems),
        tuple(given),
    )


def _is_among(path: str, given: Iterable[str]) -> bool:
    """Whether a path is one of the given ones or lies below one."""
    return any(is_below(path, folder) for folder in given)


def _unfit(path: str) -> Problem | None:
    """Why a given path cannot be looked at, or None."""
    if not os.path.lexists(path):
        return Problem(path or "''", "no such file or folder")
    if not os.path.exists(path):
        return Problem(path, "is a link that leads nowhere")
    foreign = FOREIGN.intersection(path.split("/"))
    if foreign:
        return Problem(path, f"lies in {min(foreign)}, where tapfix changes nothing")
    if not os.path.isdir(path) and not (path.endswith(".py") and os.path.isfile(path)):
        return Problem(path, "is neither a folder nor a Python file")
    return None


def _own_name(path: str) -> str:
    """The path by which its app knows a file or folder: links within the app are not followed."""
    real = os.path.realpath(path)
    if real == path:
        return path
    top = _start(path).path
    real_top = os.path.realpath(top)
    if top == path or not is_below(real, real_top):
        return path
    return os.path.normpath(os.path.join(top, os.path.relpath(real, real_top)))


def _has_app_file(folder: str) -> bool:
    return os.path.isfile(f"{folder}/{APP_FILE}")


def _walk_all(given: list[str]) -> list[Tree]:
    """One tree for every app that holds a given path or lies below one."""
    wanted = {above for path in given for above in (path, *_above(path))}
    trees: dict[str, Tree] = {}
    pending = [_start(path) for path in given]
    while pending:
        start = pending.pop()
        top = start.path if start.is_folder else os.path.dirname(start.path)
        tree = trees.get(top)
        if tree is not None and start.is_folder:
            continue
        tree = trees.setdefault(top, Tree(top))
        walk(start, tree, wanted)
        pending += [app for app in tree.apps if app.path in wanted or _is_among(app.path, given)]
    return list(trees.values())


def _read_all(trees: Iterable[Tree], problems: list[Problem]) -> list[AppFiles]:
    """The apps in order of root, with the bytes of their files."""
    reader = _Reader(problems)
    apps: list[AppFiles] = []
    borrowed: set[str] = set()
    # Inner apps first: handlers that one of them deploys are read with it, and are no app's own.
    for tree in sorted(trees, key=lambda tree: tree.top.count("/"), reverse=True):
        files = reader.files_of(tree)
        problems += tree.problems
        if _has_app_file(tree.top):
            borrowed.update(path for path in files if not is_below(path, tree.top))
        else:
            files = {path: data for path, data in files.items() if path not in borrowed}
        apps.append(AppFiles(tree.top, files))
    return sorted(apps, key=lambda app: app.root)


def _start(path: str) -> Start:
    """Where to start reading the app of a given path."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    repository = repository_of(folder)
    root = _app_root(folder, repository)
    if root is None and folder != path and repository is None:
        # A lone file in a folder of which nothing is known: it may be somebody's home.
        return Start(path, (), None, is_folder=False)
    top = root or folder
    return Start(top, chain_for(top, repository), repository)


def _app_root(folder: str, repository: str | None) -> str | None:
    """The nearest folder with ``cdk.json`` from ``folder`` upwards, inside the repository.

    Without a repository the search ends below the user's home.
    """
    home = os.path.expanduser("~")
    for candidate in (folder, *_above(folder)):
        if candidate != folder and repository is None and candidate in (home, "/"):
            return None
        if _has_app_file(candidate):
            return candidate
        if candidate == repository:
            return None
    return None


def app_around(path: str) -> str | None:
    """The root of the app with a ``cdk.json`` whose folder holds a file, existing or not, or None.

    The search ends where that for a given path does.
    """
    folder = os.path.dirname(path)
    return _app_root(folder, repository_of(folder))


def _above(path: str) -> Iterator[str]:
    """Every folder above a path, the nearest first."""
    while (parent := os.path.dirname(path)) != path:
        yield parent
        path = parent


@dataclass(slots=True)
class _Reader:
    """Reads the files of trees; asks git at most once for each repository."""

    problems: list[Problem]
    tracked: dict[str, frozenset[str]] = field(default_factory=dict)

    def files_of(self, tree: Tree) -> dict[str, bytes]:
        """The files of an app: those found, and of the hidden ones those that count."""
        paths = {*tree.files, *self._tracked_in(tree.hidden)}
        if _has_app_file(tree.top):
            paths.add(f"{tree.top}/{APP_FILE}")
        files = read_files(paths, self.problems)
        fresh = files
        while fresh:
            found = Tree(tree.top, followed=tree.followed)
            for start in self._named(fresh, tree):
                walk(start, found)
            tree.hidden += found.hidden
            fresh = read_files({*found.files} - files.keys(), self.problems)
            files |= fresh
        return dict(sorted(files.items()))

    def _named(self, files: Mapping[str, bytes], tree: Tree) -> list[Start]:
        """What these files name: hidden entries of the tree, and places outside the app."""
        repository = repository_of(tree.top)
        starts = [
            Start(path, chain_for(path, repository), repository, os.path.isdir(path))
            for path in sorted(outside(files, tree.top, repository))
        ]
        if tree.hidden:
            hidden = {start.path: start for start in tree.hidden}
            for path in mentioned(files, tree.top, hidden):
                starts.append(hidden[path])
                tree.hidden.remove(hidden[path])
        return starts

    def _tracked_in(self, hidden: Iterable[Start]) -> Iterator[str]:
        """The files that git tracks although an ignore file hides them."""
        hidden_paths = {start.path for start in hidden}
        for repository in {start.repository for start in hidden if start.repository is not None}:
            if repository not in self.tracked:
                self.tracked[repository] = tracked_python_files(repository)
            for path in self.tracked[repository]:
                if hidden_paths.isdisjoint((path, *_above(path))):
                    continue
                if FOREIGN.isdisjoint(path.split("/")) and os.path.isfile(path):
                    yield path
