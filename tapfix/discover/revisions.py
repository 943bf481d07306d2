"""What git says of files: which have changed since a revision, and which it does not hold.

git answers only where it trusts the repository's owner.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from tapfix.discover.asking import Answer, ask, compare
from tapfix.discover.git import repository_of

HEAD = "HEAD"
_UNFLAGGED, _SAME = "H", " "
"""How git marks a file that it looks at, and one that is on disk as it is in the index."""
_Ask = Callable[..., Answer]
Paths = frozenset[str]
"""Real paths."""


class GitError(Exception):
    """git is needed and cannot help; ``str`` is one line."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The real paths of the files that have changed since a revision."""

    paths: frozenset[str]

    def holds(self, path: str) -> bool:
        """Whether the file at a path, or what it leads to, is among them."""
        return os.path.realpath(path) in self.paths


def changed_since(revision: str, files: Iterable[str], given: Iterable[str]) -> Changed:
    """What has changed since a revision in the repositories of some files, untracked files too.

    It counts from where the branch of HEAD left that of the revision. In a submodule of which none
    of the ``given`` paths is part, it counts from the commit that the outer repository had then.
    Raises GitError.
    """
    folders = {os.path.dirname(os.path.realpath(path)) for path in files}
    repositories = {folder: repository_of(folder) for folder in sorted(folders)}
    for folder, repository in repositories.items():
        if repository is None:
            raise GitError(f"{folder}: is in no git repository, so nothing tells what has changed")
    bases = _Bases(revision, {_repository(path) for path in given})
    known = {one for one in repositories.values() if one is not None}
    found = (_changed(repository, bases.of(repository)) for repository in sorted(known))
    return Changed(frozenset(path for paths in found for path in paths))


def _repository(path: str) -> str | None:
    """The real path of the repository that holds what is at a path, or None."""
    real = os.path.realpath(path)
    return repository_of(real if os.path.isdir(real) else os.path.dirname(real))


@dataclass(frozen=True, slots=True)
class _Bases:
    """From which commit each repository counts: None where all of it is new."""

    revision: str
    named: Collection[str | None]

    def of(self, repository: str) -> str | None:
        outer = self._outer(repository)
        if outer is None:
            return _fork_point(repository, self.revision)
        base = self.of(outer)
        return _recorded(outer, base, os.path.relpath(repository, outer)) if base else None

    def _outer(self, repository: str) -> str | None:
        """The repository that holds this one as a submodule, if it is not asked about by name."""
        if repository in self.named:
            return None
        outer = _git(repository, "rev-parse", "--show-superproject-working-tree")
        return os.fsdecode(outer).rstrip("\n") or None


def _fork_point(repository: str, revision: str) -> str | None:
    """The commit that HEAD and a revision have in common; None if there is no commit at all."""
    commit = _commit(repository, revision)
    head = commit if revision == HEAD else _commit(repository, HEAD)
    if commit is None:
        if revision == HEAD:
            return None
        raise GitError(f"git knows no commit {revision!r} in {repository}")
    if head is None or head == commit:
        return commit
    answer = _answer(repository, "merge-base", commit, head)
    if answer.code:
        raise GitError(f"git knows no common commit of {revision} and HEAD in {repository}")
    return answer.out.decode("ascii").split()[0]


def _commit(repository: str, revision: str) -> str | None:
    """The commit that a revision names, or None."""
    if revision.startswith("-"):  # that is no name, but git would take it for an option
        return None
    answer = _answer(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if answer.code and answer.error:
        raise GitError(f"git cannot read {repository}: {answer.error}")
    return answer.out.decode("ascii").strip() if answer.code == 0 else None


def _recorded(outer: str, commit: str, path: str) -> str | None:
    """The commit of a submodule that a commit of the outer repository names; None if it has none.

    That is not always there: git then says so when it is asked about it.
    """
    fields = _git(outer, "--literal-pathspecs", "ls-tree", commit, "--", path).split()
    return fields[2].decode("ascii") if len(fields) > 2 and fields[1] == b"commit" else None


def _changed(repository: str, base: str | None) -> set[str]:
    """Real paths of the files that differ from a commit, staged or not, or that it does not know.

    ``git diff`` would tell at once, but writes down in the index what it has looked at.
    """
    if base is None:
        known = _names(repository, "ls-files", "-z", "--cached")
    else:
        staged = _names(repository, "diff-index", "-z", "--cached", "--name-only", base, "--")
        edited = (path for path, how in _status(repository) if how[1] != _SAME)
        known = [*staged, *edited]
    others = _names(repository, "ls-files", "-z", "--others", "--exclude-standard")
    return {os.path.realpath(path) for path in (*known, *others)}


@dataclass(frozen=True, slots=True)
class Uncommitted:
    """Knows the files whose content no commit holds.

    ``is_known`` says whether that does not matter for the content that a file has now.
    """

    is_known: Callable[[str], bool]
    _answers: dict[str, tuple[Paths, Paths]] = field(default_factory=dict)

    def holds(self, path: str) -> bool:
        """Whether a file has changes that no commit has, or no commit has the file.

        A file that does not exist, or is in no repository, has none. Raises GitError.
        """
        real = os.path.realpath(path)
        if not os.path.lexists(real):
            return False
        tracked, touched = self.ask_about(real)
        if tracked is None:
            return False
        return (real not in tracked or real in touched) and not self.is_known(real)

    def ask_about(self, path: str) -> tuple[Paths | None, Paths]:
        """The files that git tracks in the repository of a path, and those that differ from the
        last commit, in whatever way; None and none where there is no repository. Raises GitError.
        """
        repository = _repository(path)
        if repository is None:
            return None, frozenset()
        if repository not in self._answers:
            self._answers[repository] = _tracked_and_touched(repository)
        return self._answers[repository]


def _tracked_and_touched(repository: str) -> tuple[Paths, Paths]:
    tracked, touched = set(), {path for path, _ in _status(repository)}
    for row in _rows(_git(repository, "ls-files", "-z", "-v", "--cached")):
        flag, path = row[0], _path(repository, row[2:])
        tracked.add(path)
        # The user has told git not to look at what such a file holds.
        if flag != _UNFLAGGED:
            touched.add(path)
    return frozenset(tracked), frozenset(touched)


def _status(repository: str) -> Iterator[tuple[str, str]]:
    """The tracked files that differ from the last commit, with two letters that say how: in the
    index, and beyond that on disk.
    """
    words = ("-z", "--porcelain=v1", "--untracked-files=no", "--ignore-submodules=all")
    for row in _rows(_git(repository, "status", *words, "--no-renames", ask=compare)):
        yield _path(repository, row[3:]), row[:2]


def _names(repository: str, *words: str) -> list[str]:
    """The absolute paths that git names, of which each ends with a NUL."""
    return [_path(repository, name) for name in _rows(_git(repository, *words))]


def _rows(answer: bytes) -> list[str]:
    return [row for row in os.fsdecode(answer).split("\0") if row]


def _path(repository: str, name: str) -> str:
    return f"{repository.rstrip('/')}/{name}"


def _git(repository: str, *words: str, ask: _Ask = ask) -> bytes:
    """What git prints. Raises GitError with what it says when it fails."""
    answer = _answer(repository, *words, ask=ask)
    if answer.code:
        error = answer.error or f"it ended with {answer.code}"
        raise GitError(f"git cannot read {repository}: {error}")
    return answer.out


def _answer(repository: str, *words: str, ask: _Ask = ask) -> Answer:
    """What git says. Raises GitError if there is no git."""
    try:
        return ask(repository, *words)
    except OSError as error:
        raise GitError(f"git is needed and cannot be run: {error.strerror or error}") from error
