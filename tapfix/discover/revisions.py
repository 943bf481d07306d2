"""What git says of files: which have changed since a revision, and which it does not hold.

git is asked as it stands, without its variables that a hook sets. It runs none of the hooks of a
repository, and answers only where it trusts the repository's owner.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tapfix.discover.git import repository_of

HEAD = "HEAD"
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
    code, out, _ = _ask(repository, "merge-base", commit, head)
    if code:
        raise GitError(f"git knows no common commit of {revision} and HEAD in {repository}")
    return out.decode("ascii").split()[0]


def _commit(repository: str, revision: str) -> str | None:
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    code, out, error = _ask(repository, *words)
    if code and error:
        raise GitError(f"git cannot read {repository}: {error}")
    return out.decode("ascii").strip() if code == 0 else None


def _recorded(outer: str, commit: str, path: str) -> str | None:
    """The commit of a submodule that a commit of the outer repository names; None if it has none.

    That is not always there: git then says so when it is asked about it.
    """
    rows = _git(outer, "ls-tree", "-z", commit, "--", path).split(b"\0")
    fields = rows[0].split()
    return fields[2].decode("ascii") if len(fields) > 2 and fields[1] == b"commit" else None


def _changed(repository: str, base: str | None) -> set[str]:
    """Real paths of the files that differ from a commit, or that it does not know."""
    if base is None:
        known = _names(repository, "ls-files", "-z", "--cached")
    else:
        plain = ("--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
        known = _names(repository, "diff", "--name-only", "-z", *plain, base, "--")
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
    tracked = _names(repository, "ls-files", "-z", "--cached")
    words = ("-z", "--porcelain=v1", "--untracked-files=no", "--ignore-submodules=all")
    rows = _git(repository, "status", *words, "--no-renames").split(b"\0")
    touched = (f"{repository}/{os.fsdecode(row[3:])}" for row in rows if row)
    return frozenset(tracked), frozenset(touched)


def _names(repository: str, *words: str) -> list[str]:
    """The absolute paths that git names, of which each ends with a NUL."""
    names = os.fsdecode(_git(repository, *words)).split("\0")
    return [f"{repository.rstrip('/')}/{name}" for name in names if name]


def _git(repository: str, *words: str) -> bytes:
    """What git prints. Raises GitError with the first line of what it says when it fails."""
    code, out, error = _ask(repository, *words)
    if code:
        raise GitError(f"git cannot read {repository}: {error or f'it ended with {code}'}")
    return out


def _ask(repository: str, *words: str) -> tuple[int, bytes, str]:
    """Exit code, output, and the first line of its errors. Raises GitError if there is no git."""
    import subprocess

    command = ["git", "--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false"]
    command += ["-c", f"core.hooksPath={os.devnull}", *words]
    try:
        run = subprocess.run(
            command, cwd=repository, env=_environment(repository), capture_output=True, check=False
        )
    except OSError as error:
        raise GitError(f"git is needed and cannot be run: {error.strerror or error}") from error
    lines = os.fsdecode(run.stderr).strip().splitlines()
    return run.returncode, run.stdout, lines[0] if lines else ""


def _environment(repository: str) -> Mapping[str, str]:
    """The environment without what a hook says of the repository that is being committed to."""
    kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    # A repository that git cannot read must not be taken for a folder of the one around it.
    return {**kept, "GIT_CEILING_DIRECTORIES": os.path.dirname(repository), "LC_ALL": "C"}
