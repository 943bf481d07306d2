"""What git says has changed, and what it does not hold."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tapfix.discover.revisions import GitError, Uncommitted, changed_since

ODD = ("with blank.py", 'a "quote".py', "new\nline.py", os.fsdecode(b"caf\xe9.py"), "-n.py")


def git(folder: Path, *words: str) -> str:
    """Git without anybody's settings."""
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    name = ("-c", "user.name=n", "-c", "user.email=n@n", "-c", "protocol.file.allow=always")
    run = subprocess.run(
        ["git", *name, *words],
        cwd=folder,
        env={**os.environ, **plain},
        capture_output=True,
        check=True,
    )
    return os.fsdecode(run.stdout).strip()


def commit(folder: Path, **files: str) -> str:
    """Write files, commit all, and give the commit's name."""
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, a="1", b="1")
    return folder


def changed(folder: Path, revision: str = "HEAD", given: Path | None = None) -> list[str]:
    """The names of the files below a folder that have changed."""
    files = [str(path) for path in folder.rglob("*.py")]
    found = changed_since(revision, files, [str(given or folder)])
    return sorted(str(Path(path).relative_to(folder)) for path in files if found.holds(path))


def uncommitted(folder: Path, *known: Path) -> list[str]:
    """The names of the files below a folder that no commit holds."""
    found = Uncommitted(lambda path: Path(path) in known)
    files = [path for path in folder.rglob("*.py") if found.holds(str(path))]
    return sorted(str(path.relative_to(folder)) for path in files)


def test_what_is_changed_staged_or_new_has_changed(repository: Path) -> None:
    assert changed(repository) == uncommitted(repository) == []
    (repository / "a.py").write_text("2")
    (repository / "c.py").write_text("new")
    (repository / "d.py").write_text("staged")
    git(repository, "add", "d.py")
    assert changed(repository) == uncommitted(repository) == ["a.py", "c.py", "d.py"]
    commit(repository)
    assert changed(repository) == uncommitted(repository) == []


def test_a_touched_file_with_the_same_content_has_not_changed(repository: Path) -> None:
    (repository / "a.py").write_text("1")
    os.utime(repository / "a.py", (1, 1))
    assert changed(repository) == uncommitted(repository) == []


def test_what_git_ignores_has_not_changed_but_no_commit_holds_it(repository: Path) -> None:
    (repository / ".gitignore").write_text("ignored.py\n")
    (repository / "ignored.py").write_text("1")
    commit(repository)
    assert changed(repository) == []
    assert uncommitted(repository) == ["ignored.py"]


def test_names_of_all_kinds(repository: Path) -> None:
    for name in ODD:
        (repository / name).write_text("1")
    assert changed(repository) == uncommitted(repository) == sorted(ODD)
    commit(repository)
    assert changed(repository) == uncommitted(repository) == []
    for name in ODD:
        (repository / name).write_text("2")
    assert changed(repository) == uncommitted(repository) == sorted(ODD)


def test_a_branch_counts_from_where_it_was_left(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "feature")
    commit(repository, c="1")
    git(repository, "checkout", "-q", "main")
    first = commit(repository, b="2")
    git(repository, "checkout", "-q", "feature")
    (repository / "d.py").write_text("1")
    assert changed(repository, "main") == changed(repository, first) == ["c.py", "d.py"]
    assert changed(repository, "HEAD~1") == ["c.py", "d.py"]
    assert changed(repository) == ["d.py"]


def test_what_is_staged_as_it_was_where_the_branch_was_left(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "feature")
    commit(repository, a="2")
    (repository / "a.py").write_text("1")
    git(repository, "add", "a.py")
    assert (changed(repository, "main"), changed(repository)) == ([], ["a.py"])


def test_a_renamed_file_has_changed(repository: Path) -> None:
    git(repository, "mv", "a.py", "z.py")
    assert changed(repository) == uncommitted(repository) == ["z.py"]


def test_the_name_that_a_file_had_is_not_taken_for_another(repository: Path) -> None:
    """git would print it in a row of its own, without the letters that others have."""
    commit(repository, xx_a="long\n" * 9)
    git(repository, "mv", "xx_a.py", "z.py")
    assert uncommitted(repository) == ["z.py"]


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_no_commit_is_known_to_hold_what_git_must_not_look_at(repository: Path, flag: str) -> None:
    git(repository, "update-index", flag, "a.py")
    assert uncommitted(repository) == ["a.py"]
    (repository / "a.py").write_text("2")
    assert uncommitted(repository) == ["a.py"]
    assert uncommitted(repository, repository / "a.py") == []


def test_without_any_commit_all_is_new(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").touch()
    (tmp_path / "b.py").touch()
    git(tmp_path, "add", "a.py")
    assert changed(tmp_path) == uncommitted(tmp_path) == ["a.py", "b.py"]
    with pytest.raises(GitError, match="git knows no commit 'main'"):
        changed(tmp_path, "main")


@pytest.mark.parametrize(
    "revision",
    ["nope", "--output=x", "--abbrev-ref=x", "", "HEAD:a.py", "a b", "caf\udce9", "a\nb"],
)
def test_a_revision_that_is_none(repository: Path, revision: str) -> None:
    with pytest.raises(GitError, match=r"^git knows no commit ") as caught:
        changed(repository, revision)
    assert "\n" not in str(caught.value)
    assert not (repository / "x").exists()


def test_a_tag_with_a_text_is_a_revision(repository: Path) -> None:
    git(repository, "tag", "-a", "v1", "-m", "x")
    (repository / "a.py").write_text("2")
    assert changed(repository, "v1") == ["a.py"]


def test_a_file_that_is_called_like_the_commit(repository: Path) -> None:
    (repository / git(repository, "rev-parse", "HEAD")).touch()
    (repository / "a.py").write_text("2")
    assert changed(repository) == ["a.py"]


def test_staged_intended_and_conflicting_files(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "feature")
    commit(repository, a="2")
    git(repository, "checkout", "-q", "main")
    commit(repository, a="3", c="1")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "feature")
    (repository / "d.py").touch()
    git(repository, "add", "--intent-to-add", "d.py")
    (repository / "c.py").write_text("2")
    git(repository, "add", "c.py")
    (repository / "c.py").write_text("1")
    assert changed(repository) == uncommitted(repository) == ["a.py", "c.py", "d.py"]


def test_no_common_commit(repository: Path) -> None:
    git(repository, "checkout", "-q", "--orphan", "other")
    commit(repository, c="1")
    with pytest.raises(GitError, match="no common commit of main and HEAD"):
        changed(repository, "main")


def test_the_variables_of_a_hook_do_not_count(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    (repository / "a.py").write_text("2")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    assert changed(repository) == uncommitted(repository) == ["a.py"]


def test_inside_a_hook(repository: Path, tmp_path: Path) -> None:
    """``commit --only`` hands the hook an index of its own, in which b.py is as it was."""
    hook = repository / ".git/hooks/pre-commit"
    told = tmp_path / "told"
    hook.write_text(f"#!/bin/sh\nenv | grep '^GIT_' >'{told}'\n")
    hook.chmod(0o755)
    (repository / "a.py").write_text("2")
    (repository / "b.py").write_text("2")
    git(repository, "commit", "-q", "-m", "x", "a.py")
    variables = dict(line.split("=", 1) for line in told.read_text().splitlines())
    assert variables["GIT_INDEX_FILE"] != ".git/index"
    (repository / "a.py").write_text("3")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        assert changed(repository) == ["a.py", "b.py"]


def test_no_hook_and_no_monitor_is_run(repository: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    program = repository / "program"
    program.write_text(f"#!/bin/sh\necho >'{ran}'\n")
    program.chmod(0o755)
    hooks = repository / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "pre-commit", "post-checkout"):
        (hooks / name).symlink_to(program)
    git(repository, "config", "core.fsmonitor", str(program))
    git(repository, "config", "diff.external", str(program))
    os.utime(repository / "a.py", (1, 1))
    (repository / "b.py").write_text("2")
    assert changed(repository) == uncommitted(repository) == ["b.py"]
    assert not ran.exists()


@pytest.fixture
def outer(repository: Path, tmp_path: Path) -> Path:
    """A repository that holds the other one as a submodule, ``libs/inner``."""
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q", "-b", "main")
    commit(outer, o="1")
    git(outer, "tag", "before")
    git(outer, "submodule", "--quiet", "add", str(repository), "libs/inner")
    commit(outer)
    return outer


def test_a_submodule_counts_from_what_the_outer_repository_had(outer: Path) -> None:
    inner = outer / "libs/inner"
    git(outer, "checkout", "-q", "-b", "feature")
    (outer / "o.py").write_text("2")
    commit(inner, a="2")
    assert changed(outer) == ["libs/inner/a.py", "o.py"]
    assert changed(outer, "main") == ["libs/inner/a.py", "o.py"]
    # Asked about by itself, its own HEAD counts.
    assert changed(inner) == []
    commit(outer)
    assert changed(outer) == uncommitted(outer) == []
    assert changed(outer, "main") == ["libs/inner/a.py", "o.py"]
    (inner / "b.py").write_text("2")
    assert changed(outer) == uncommitted(outer) == ["libs/inner/b.py"]
    # Before there was a submodule, all of it is new.
    assert changed(outer, "before") == ["libs/inner/a.py", "libs/inner/b.py", "o.py"]


@pytest.mark.parametrize("place", [":(top)", "*", "-n", "two words"])
def test_a_submodule_in_a_place_with_an_odd_name(outer: Path, repository: Path, place: str) -> None:
    inner = outer / place
    git(outer, "clone", "-q", str(repository), str(inner))
    git(outer, "--literal-pathspecs", "add", "--", place)
    commit(outer)
    commit(inner, a="2")
    assert changed(outer) == [f"{place}/a.py"]


def test_a_submodule_that_is_broken_is_of_no_concern(outer: Path) -> None:
    (outer / "o.py").write_text("2")
    (outer / "libs/inner/.git").write_text("gitdir: /nowhere\n")
    found = changed_since("HEAD", [str(outer / "o.py")], [str(outer)])
    assert found.holds(str(outer / "o.py"))
    assert Uncommitted(lambda _: False).holds(str(outer / "o.py"))


def test_a_repository_that_is_no_submodule_is_asked_by_itself(repository: Path) -> None:
    nested = repository / "nested"
    nested.mkdir()
    git(nested, "init", "-q", "-b", "main")
    commit(nested, n="1")
    assert changed(repository) == []
    (nested / "n.py").write_text("2")
    assert changed(repository) == uncommitted(repository) == ["nested/n.py"]


def test_a_worktree(repository: Path, tmp_path: Path) -> None:
    tree = tmp_path / "work tree"
    git(repository, "worktree", "add", "-q", str(tree), "-b", "feature")
    commit(tree, c="1")
    (tree / "a.py").write_text("2")
    assert changed(tree) == uncommitted(tree) == ["a.py"]
    assert changed(tree, "main") == ["a.py", "c.py"]
    assert changed(repository) == []


def test_a_file_behind_a_link(repository: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(repository)
    (repository / "a.py").write_text("2")
    assert changed(link) == ["a.py"]
    (repository / "through.py").symlink_to("a.py")
    commit(repository)
    (repository / "a.py").write_text("3")
    assert uncommitted(repository) == ["a.py", "through.py"]


def test_outside_of_any_repository(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    with pytest.raises(GitError, match="is in no git repository"):
        changed(tmp_path)
    assert uncommitted(tmp_path) == []


def test_a_repository_that_git_cannot_read(repository: Path) -> None:
    broken = repository / "broken"
    broken.mkdir()
    (broken / "x.py").touch()
    (broken / ".git").mkdir()
    for ask in (changed, uncommitted, lambda folder: changed(folder, "main")):
        with pytest.raises(GitError, match=r"^git cannot read .*broken: fatal: not a git repo"):
            ask(broken)


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for ask in (changed, uncommitted):
        with pytest.raises(GitError, match=r"^git is needed and cannot be run: No such file"):
            ask(repository)


def test_what_is_known_counts_as_committed(repository: Path) -> None:
    (repository / "a.py").write_text("2")
    (repository / "c.py").write_text("2")
    assert uncommitted(repository, repository / "a.py") == ["c.py"]
