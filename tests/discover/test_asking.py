"""Nothing that a repository brings along is run, fetched or written when git is asked about it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tapfix.discover.asking import compare
from tapfix.discover.git import tracked_python_files
from tests.discover.test_revisions import changed, commit, git, uncommitted


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "lib").mkdir()
    (folder / "lib/c.py").write_text("1")
    commit(folder, a="1", b="1")
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that leaves a file ``ran`` beside it."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho >'{tmp_path}/ran'\n")
    program.chmod(0o755)
    return program


def asked_in_all_ways(folder: Path) -> tuple[list[str], list[str]]:
    """What has changed, and what no commit holds; the tracked files are asked for, too."""
    assert tracked_python_files(str(folder))
    return changed(folder), uncommitted(folder)


@pytest.mark.parametrize("setting", ["clean", "process", "smudge"])
@pytest.mark.parametrize("name", ["evil", "a=b", "Two Words", "dotted.name"])
def test_filters(
    repository: Path, program: Path, monkeypatch: pytest.MonkeyPatch, setting: str, name: str
) -> None:
    program.with_name("empty").touch()
    driver = "evil" if name == "Two Words" else name
    (repository / ".gitattributes").write_text(f"*.py filter={driver}\n")
    commit(repository)
    # One that is not meant for these files, and one that git must not miss.
    git(repository, "config", f"filter.{name}.{setting}", str(program))
    git(repository, "config", f"filter.{driver}.{setting}", str(program))
    git(repository, "config", f"filter.{driver}.required", "true")
    # Where ``git config`` alone would look.
    monkeypatch.setenv("GIT_CONFIG", str(program.with_name("empty")))
    (repository / "b.py").write_text("2")
    assert asked_in_all_ways(repository) == (["b.py"], ["b.py"])
    assert not program.with_name("ran").exists()


def test_settings_that_others_include(repository: Path, program: Path) -> None:
    (repository / ".git/more").write_text(f'[filter "evil"]\n\tclean = {program}\n')
    git(repository, "config", "include.path", "more")
    (repository / ".git/info/attributes").write_text("*.py filter=evil\n")
    (repository / "b.py").write_text("2")
    assert asked_in_all_ways(repository) == (["b.py"], ["b.py"])
    assert not program.with_name("ran").exists()


def lacking(repository: Path, program: Path, lost: str) -> None:
    """Have a program fetch what a partial clone lacks, and let it lack an object."""
    name = git(repository, "rev-parse", lost)
    (repository / ".git/objects" / name[:2] / name[2:]).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": str(repository),
        "remote.origin.uploadPack": str(program),
        "protocol.file.allow": "always",
    }.items():
        git(repository, "config", key, value)


SPY = """#!/bin/sh
echo "$LC_ALL $@" >>"{folder}/calls"
{before}
PATH="{path}" exec git "$@"
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a git on the path that notes its calls, and does something before it is git."""

    def put(before: str) -> Path:
        git = tmp_path / "bin/git"
        git.parent.mkdir()
        path = os.environ["PATH"]
        git.write_text(SPY.format(folder=tmp_path, before=before, path=path))
        git.chmod(0o755)
        monkeypatch.setenv("PATH", f"{git.parent}:{path}")
        return tmp_path / "calls"

    return put


@pytest.mark.parametrize("unknown", ["", "GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL"])
def test_what_fetches_a_missing_folder(
    repository: Path, program: Path, stand_in: Callable[[str], Path], unknown: str
) -> None:
    """With a sparse index git needs a folder's object to name its files: so for a mere list.

    An older git does not know all the variables that forbid it.
    """
    stand_in(f"unset {unknown}")
    git(repository, "sparse-checkout", "set", "--cone", "--sparse-index")
    lacking(repository, program, "HEAD:lib")
    assert tracked_python_files(str(repository)) <= {f"{repository}/a.py", f"{repository}/b.py"}
    assert not program.with_name("ran").exists()


def test_a_missing_content_is_not_needed(repository: Path, program: Path) -> None:
    """Only a search for renamed files would need it."""
    old = git(repository, "rev-parse", "HEAD")
    (repository / "a.py").write_text("1\n" * 50)
    first = commit(repository)
    git(repository, "mv", "a.py", "z.py")
    (repository / "z.py").write_text("1\n" * 51)
    commit(repository)
    lacking(repository, program, f"{first}:a.py")
    assert changed(repository, first) == changed(repository, old) == ["z.py"]
    assert uncommitted(repository) == []
    assert not program.with_name("ran").exists()


def test_nothing_is_written(repository: Path) -> None:
    """git likes to note in its index that a touched file is as it was."""
    os.utime(repository / "a.py", (1, 1))
    before = (repository / ".git/index").read_bytes()
    assert asked_in_all_ways(repository) == ([], [])
    assert (repository / ".git/index").read_bytes() == before


def test_how_git_is_asked(
    repository: Path, stand_in: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What makes no difference to the answers here, but on other machines."""
    noted = stand_in("")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    asked_in_all_ways(repository)
    calls = noted.read_text().splitlines()
    # In no other language, since what it says is looked into.
    assert all(call.startswith("C ") for call in calls)
    # To look for new files in all of a large repository takes long, and nobody needs them there.
    status = [call for call in calls if " status " in call]
    assert status and all("--untracked-files=no" in call for call in status)


def by_file(patch: pytest.MonkeyPatch, settings: Path) -> None:
    patch.setenv("GIT_CONFIG_GLOBAL", str(settings))


def by_variables(patch: pytest.MonkeyPatch, settings: Path) -> None:
    patch.setenv("GIT_CONFIG_COUNT", "1")
    patch.setenv("GIT_CONFIG_KEY_0", "include.path")
    patch.setenv("GIT_CONFIG_VALUE_0", str(settings))


@pytest.mark.parametrize("given", [by_file, by_variables])
def test_the_users_own_settings_count(
    repository: Path,
    program: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: Callable[[pytest.MonkeyPatch, Path], None],
) -> None:
    """A container says so whose repositories are to be trusted."""
    settings, ignored = tmp_path / "settings", tmp_path / "ignored"
    core = f"[core]\n\texcludesFile = {ignored}\n\tfileMode = false\n"
    settings.write_text(f'{core}[filter "f"]\n\tclean = {program}\n')
    ignored.write_text("mine.py\n")
    (repository / ".gitattributes").write_text("*.py filter=f\n")
    commit(repository)
    git(repository, "config", "--unset", "core.fileMode")
    given(monkeypatch, settings)
    (repository / "a.py").chmod(0o755)
    for name in ("b", "mine", "new"):
        (repository / f"{name}.py").write_text("2")
    assert changed(repository) == ["b.py", "new.py"]
    assert not program.with_name("ran").exists()


def test_a_broken_count_of_settings_is_gits_to_refuse(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "many")
    answer = compare(str(repository), "status")
    assert (answer.code, answer.out) != (0, b"")
    assert answer.error.startswith("fatal: ")
