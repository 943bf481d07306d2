"""``--changed`` and ``--require-clean``, on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tapfix.edits import Finding, Fix, Impact, SetArgument
from tapfix.model.app import App
from tapfix.registry import Rules
from tapfix.rule import Rule
from tests.cli.conftest import FIX, OFF, ON, Run
from tests.discover.test_revisions import commit, git
from tests.fake_rules import rule, setter, things

OTHER_WAY = setter(False, True)
LEFT = "which --require-clean leaves alone"


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal for each test."""
    monkeypatch.setenv("TAPFIX_STATE_DIR", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def repository(app: Path) -> Path:
    """The flawed app and another flawed file, both committed."""
    (app / "other.py").write_bytes(ON)
    git(app, "init", "-q", "-b", "main")
    commit(app)
    return app


def test_only_changed_files_are_asked_about_and_mended(repository: Path, tapfix: Run) -> None:
    code, out, err = tapfix("--changed")
    assert (code, out) == (0, b"")
    line = "tapfix: only what changed since HEAD is asked about: {} of 2 files"
    assert line.format(0) in err.splitlines()
    (repository / "app.py").write_bytes(ON + b"\n# mine\n")
    code, out, err = tapfix("--changed", "--statistics")
    assert (code, out.split()[:2]) == (1, [b"1", FIX.code.encode()])
    assert line.format(1) in err.splitlines()
    code, _, _ = tapfix("--apply", "--changed")
    assert code == 0
    assert (repository / "app.py").read_bytes() == OFF + b"\n# mine\n"
    assert (repository / "other.py").read_bytes() == ON


@pytest.mark.parametrize("spelling", [["--changed=main"], ["--changed", "app.py"]])
def test_the_revision_goes_with_an_equals_sign(
    repository: Path, tapfix: Run, spelling: list[str]
) -> None:
    git(repository, "checkout", "-q", "-b", "feature")
    (repository / "app.py").write_bytes(ON + b"\n# mine\n")
    if "--changed=main" in spelling:
        commit(repository)
    code, out, _ = tapfix(*spelling)
    assert (code, out.count(FIX.code.encode())) == (1, 1)


def test_behind_two_dashes_words_are_paths(repository: Path, tapfix: Run) -> None:
    assert repository
    code, _, err = tapfix("--", "--changed", "--verify")
    assert code == 2
    assert "error: --changed: no such file or folder" in err.splitlines()
    assert "error: --verify: no such file or folder" in err.splitlines()


def test_where_git_cannot_tell_it_is_one_line_and_nothing_is_done(app: Path, tapfix: Run) -> None:
    assert tapfix("--apply", "--changed") == (
        2,
        b"",
        f"tapfix: {app}: is in no git repository, so nothing tells what has changed\n",
    )
    assert (app / "app.py").read_bytes() == ON


@pytest.mark.parametrize("option", ["--changed", "--require-clean"])
def test_without_git(
    repository: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    line = "tapfix: git is needed and cannot be run: No such file or directory\n"
    assert tapfix("--apply", option) == (2, b"", line)
    assert (repository / "app.py").read_bytes() == ON


def test_files_with_uncommitted_changes_are_left_and_named(repository: Path, tapfix: Run) -> None:
    mine = ON + b"\n# mine\n"
    (repository / "app.py").write_bytes(mine)
    code, out, _ = tapfix("--apply", "--require-clean")
    assert code == 1
    assert f"app.py has uncommitted changes, {LEFT}".encode() in out
    assert (repository / "app.py").read_bytes() == mine
    assert (repository / "other.py").read_bytes() == OFF
    # Without it, --apply writes, since there is an undo.
    code, _, _ = tapfix("--apply")
    assert (code, (repository / "app.py").read_bytes()) == (0, OFF + b"\n# mine\n")


def test_a_dry_run_shows_what_apply_would_write_and_a_report_asks_nobody(
    repository: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "app.py").write_bytes(ON + b"\n# mine\n")
    code, out, err = tapfix("--dry-run", "--require-clean")
    assert code == 1
    assert out.count(b"diff --git") == out.count(b"diff --git a/other.py") == 1
    assert LEFT in err
    monkeypatch.setenv("PATH", "/nowhere")
    code, out, _ = tapfix("--require-clean")
    assert (code, LEFT.encode() in out) == (1, False)


def together() -> Rule:
    """A rule whose only fix switches all things of the app off."""

    def find(app: App) -> Iterator[Finding]:
        refs = [module.ref(call) for module, call in things(app, True)]
        edits = tuple(SetArgument(ref, "switch", "False") for ref in refs)
        for ref in refs[:1]:
            yield Finding("TAP901", ref, "things hum", Fix("all off", Impact.IN_PLACE, edits))

    return rule(find)


@pytest.mark.parametrize("touched", ["app.py", "other.py"])
def test_a_fix_that_edits_a_touched_file_is_left_out_whole(
    repository: Path, tapfix: Run, touched: str
) -> None:
    mine = ON + b"\n# mine\n"
    (repository / touched).write_bytes(mine)
    code, out, _ = tapfix("--apply", "--require-clean", rules=Rules((together(),)))
    assert (code, f"{touched} has uncommitted changes, {LEFT}".encode() in out) == (1, True)
    expected = {"app.py": ON, "other.py": ON, touched: mine}
    assert {name: (repository / name).read_bytes() for name in expected} == expected


def test_what_tapfix_wrote_itself_counts_as_clean(repository: Path, tapfix: Run) -> None:
    path = repository / "app.py"
    assert tapfix("--apply", "app.py")[0] == 0
    assert git(repository, "status", "--porcelain").strip() == "M app.py"
    back = Rules((OTHER_WAY,))
    assert tapfix("--apply", "--require-clean", "app.py", rules=back)[0] == 0
    assert path.read_bytes() == ON
    # One byte more is somebody's.
    path.write_bytes(OFF + b"#")
    code, out, _ = tapfix("--apply", "--require-clean", "app.py", rules=back)
    assert (code, LEFT.encode() in out) == (1, True)
    assert path.read_bytes() == OFF + b"#"


def test_what_an_undo_brought_back_is_somebodys_text(repository: Path, tapfix: Run) -> None:
    path, mine = repository / "app.py", ON + b"\n# mine\n"
    path.write_bytes(mine)
    assert tapfix("--apply", "app.py")[0] == 0
    assert tapfix("undo")[0] == 0
    assert path.read_bytes() == mine
    code, out, _ = tapfix("--apply", "--require-clean", "app.py")
    assert (code, LEFT.encode() in out) == (1, True)
    # What undoing the undo brought back is tapfix's own again.
    assert tapfix("undo", "2")[0] == 0
    assert path.read_bytes() == OFF + b"\n# mine\n"
    rules = Rules((OTHER_WAY,))
    assert tapfix("--apply", "--require-clean", "app.py", rules=rules)[0] == 0


def test_the_setting_and_the_option_that_overrules_it(repository: Path, tapfix: Run) -> None:
    (repository / "tapfix.toml").write_text("require-clean = true\n")
    path = repository / "app.py"
    path.write_bytes(ON + b"\n# mine\n")
    assert tapfix("--apply", "app.py")[0] == 1
    assert path.read_bytes() == ON + b"\n# mine\n"
    assert tapfix("--apply", "--no-require-clean", "app.py")[0] == 0
    assert path.read_bytes() == OFF + b"\n# mine\n"


def test_outside_of_a_repository_it_works_as_ever(app: Path, tapfix: Run) -> None:
    assert tapfix("--apply", "--require-clean")[0] == 0
    assert (app / "app.py").read_bytes() == OFF
