"""``tapfix undo``: what it says, and its exit codes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import OFF, ON, Run


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal for each test."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("TAPFIX_STATE_DIR", str(folder))
    return folder


def test_what_is_undone_is_told(app: Path, tapfix: Run) -> None:
    tapfix("--apply")
    assert tapfix("undo") == (0, b"Undone: run 1; 1 file brought back.\n    app.py\n", "")
    assert (app / "app.py").read_bytes() == ON
    said = b"Undone: run 2; 1 file brought back, and what it had undone is there again.\n"
    assert tapfix("undo", "2") == (0, said + b"    app.py\n", "")
    assert (app / "app.py").read_bytes() == OFF


def test_an_apply_ends_with_what_takes_it_back(
    app: Path, state: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tapfix("--apply")[2].endswith("\ntapfix: tapfix undo takes this back.\n")
    # Nothing was written, so there is nothing to take back.
    assert "undo" not in tapfix("--apply")[2]
    assert tapfix("undo")[0] == 0
    # From elsewhere, it is named by its number; and the hint does what it says.
    elsewhere = state / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert tapfix("--apply", str(app))[2].endswith("\ntapfix: tapfix undo 3 takes this back.\n")
    assert (app / "app.py").read_bytes() == OFF
    assert tapfix("undo", "3")[0] == 0
    assert (app / "app.py").read_bytes() == ON
    # Where nothing could be kept, no undo is promised.
    monkeypatch.setenv("TAPFIX_STATE_DIR", "/dev/null/none")
    err = tapfix("--apply", str(app))[2]
    assert "no undo for this run" in err
    assert "takes this back" not in err


def test_the_list(app: Path, tapfix: Run) -> None:
    assert tapfix("undo", "--list") == (0, b"", "tapfix: no runs are kept\n")
    (app / "more").mkdir()
    (app / "more/b.py").write_bytes(ON)
    tapfix("--apply")
    tapfix("undo")
    (app / "more/b.py").unlink()
    tapfix("--apply")
    code, out, err = tapfix("undo", "--list")
    assert (code, err) == (0, "")
    when = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
    lines = [re.sub(f"  {when}  ", "  WHEN  ", line) for line in out.decode().splitlines()]
    assert lines == [
        f"    3  WHEN  1 file in {app}",
        f"    2  WHEN  2 files in {app}; undoes 1",
        f"    1  WHEN  2 files in {app}; undone by 2",
    ]
    assert tapfix("undo", "--list", "1") == (0, b"changed app.py\nchanged more/b.py\n", "")
    assert tapfix("undo", "--list", "7") == (2, b"", "tapfix: there is no run 7\n")


def test_a_run_that_cannot_be_read_is_told(app: Path, tapfix: Run, state: Path) -> None:
    tapfix("--apply")
    (state / "journal/000001/run.json").write_text('{"format": 99}')
    line = "run 1 cannot be read: another version of tapfix wrote it, or it is damaged\n"
    assert tapfix("undo", "--list") == (0, b"", f"tapfix: no runs are kept\ntapfix: {line}")
    for words in ([], ["1"], ["--dry-run"]):
        assert tapfix("undo", *words) == (2, b"", f"error: {line}")
    assert tapfix("undo", "--list", "1") == (2, b"", f"tapfix: {line}")
    assert (app / "app.py").read_bytes() == OFF


def test_a_run_that_was_cut_off_is_told_by_its_number(tapfix: Run, state: Path) -> None:
    tapfix("--apply")
    (state / "journal/000001/run.json").rename(state / "journal/000001/pending.json")
    code, out, err = tapfix("undo", "--list", "1")
    assert (code, out) == (2, b"")
    assert err.startswith("tapfix: run 1 was cut off while it wrote; tapfix undo, or the next")


def test_the_diff_of_an_undo_is_one_that_git_takes(app: Path, tapfix: Run) -> None:
    tapfix("--apply")
    code, diff, err = tapfix("undo", "--dry-run")
    assert (code, err) == (1, "")
    assert (app / "app.py").read_bytes() == OFF
    subprocess.run(["git", "apply"], input=diff, cwd=app, check=True)
    assert (app / "app.py").read_bytes() == ON
    code, diff, err = tapfix("undo", "--dry-run")
    assert (code, diff) == (0, b"")


def test_what_cannot_be_undone_is_named(app: Path, tapfix: Run) -> None:
    line = "error: there is nothing to undo here; tapfix undo --list shows what there is\n"
    assert tapfix("undo") == (2, b"", line)
    tapfix("--apply")
    (app / "app.py").write_bytes(b"mine")
    line = "error: app.py: has changed since run 1; nothing was undone\n"
    assert tapfix("undo") == (2, b"", line)
    assert (app / "app.py").read_bytes() == b"mine"
    code, _, err = tapfix("undo", "--list", "--dry-run")
    assert (code, "exclude each other" in err) == (2, True)


@pytest.mark.parametrize("arguments", [[], ["--output-format=json"], ["-q"]])
def test_a_run_that_cannot_be_undone_says_so(
    app: Path, tapfix: Run, state: Path, arguments: list[str]
) -> None:
    (state / "journal").write_text("")
    code, _, err = tapfix("--apply", *arguments)
    line = f"tapfix: no undo for this run, because {state}/journal: is no folder"
    assert (code, err.splitlines().count(line)) == (0, 1)
    assert (app / "app.py").read_bytes() == OFF


def test_without_a_change_there_is_no_journal(app: Path, tapfix: Run, state: Path) -> None:
    (app / "app.py").write_bytes(OFF)
    tapfix("--apply")
    tapfix("undo")
    tapfix("--dry-run")
    assert list(state.iterdir()) == []
