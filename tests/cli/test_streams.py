"""What goes to which stream, with which exit code."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import INVALID, OFF, ON, Run


def test_a_report_goes_to_standard_output_and_the_talk_elsewhere(app: Path, tapfix: Run) -> None:
    code, out, err = tapfix()
    assert code == 1
    assert out.decode().splitlines() == [
        "app.py:3:1: TAP901 a thing is switched to True [in place]",
        "    fix: switch=False",
    ]
    assert "1 finding, with a fix in 1 file of 1 app (profile ephemeral)" in err
    assert (app / "app.py").read_bytes() == ON


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_a_dry_run_prints_the_diff_that_git_applies(app: Path, tapfix: Run, option: str) -> None:
    (app / "lib").mkdir()
    (app / "lib/é x.py").write_bytes(b"import aws_cdk\r\nThing(switch=True)  # caf\xc3\xa9")
    code, out, err = tapfix(option)
    assert code == 1
    assert out.startswith(b"diff --git a/app.py b/app.py\n")
    assert (app / "app.py").read_bytes() == ON
    assert "Would fix 2 findings by changing 2 files; 0 left" in err
    subprocess.run(["git", "apply"], input=out, check=True, cwd=app)
    assert (app / "app.py").read_bytes() == OFF
    changed = (app / "lib/é x.py").read_bytes()
    assert changed == b"import aws_cdk\r\nThing(switch=False)  # caf\xc3\xa9"


@pytest.mark.parametrize("where", [".", "lib"])
def test_git_takes_the_diff_of_a_folder_within_a_repository(
    app: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    (app / "lib").mkdir()
    (app / "lib/cdk.json").write_text("{}")
    (app / "app.py").rename(app / "lib/app.py")
    subprocess.run(["git", "init", "-q"], check=True, cwd=app)
    monkeypatch.chdir(app / "lib")
    code, out, err = tapfix("--dry-run")
    assert code == 1
    assert out.startswith(b"diff --git a/lib/app.py b/lib/app.py\n")
    assert "beyond" not in err
    subprocess.run(["git", "apply"], input=out, check=True, cwd=app / where)
    assert (app / "lib/app.py").read_bytes() == OFF


def test_a_diff_that_git_would_take_in_parts_says_so(
    app: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q"], check=True, cwd=app)
    (app / "lib").mkdir()
    monkeypatch.chdir(app / "lib")
    _, out, err = tapfix("--dry-run", "..")
    assert f"The diff goes beyond this folder: git -C {app} apply takes all of it." in err
    subprocess.run(["git", "-C", app, "apply"], input=out, check=True, cwd=app / "lib")
    assert (app / "app.py").read_bytes() == OFF
    _, _, quiet = tapfix("--dry-run", "--quiet", "..")
    assert quiet == ""


@pytest.mark.parametrize("option", ["--apply", "--fix"])
def test_applying_writes_and_leaves_nothing(app: Path, tapfix: Run, option: str) -> None:
    code, out, err = tapfix(option)
    assert (code, (app / "app.py").read_bytes()) == (0, OFF)
    assert out.decode().splitlines() == [
        "app.py:3:1: TAP901 a thing is switched to True [in place]",
        "    fixed: switch=False",
    ]
    assert "Fixed 1 finding by changing 1 file; 0 left" in err
    assert err.endswith(
        "0 fixes let data die with the stack; 0 fixes replace a deployed resource.\n"
        "tapfix: tapfix undo takes this back.\n"
    )
    code, out, err = tapfix(option)
    assert (code, out) == (0, b"")
    assert err == "tapfix: Nothing to fix in 1 file of 1 app (profile ephemeral).\n"


def test_what_a_dry_run_leaves_is_said_aside(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_bytes(ON + b"Thing(switch='odd')\n")
    code, out, err = tapfix("--dry-run")
    assert code == 1
    assert b"TAP" not in out
    assert "app.py:4:1: TAP902 a thing is odd [no fix]\n    no fix: by hand\n" in err
    assert "TAP901" not in err
    assert tapfix("--apply")[0] == 1


def test_quiet_leaves_the_report_and_the_problems(app: Path, tapfix: Run) -> None:
    (app / "bad.py").write_text("import aws_cdk\nThing(\n")
    code, out, err = tapfix("-q")
    assert code == 2
    assert out.startswith(b"app.py:3:1: TAP901")
    assert err == f"error: bad.py:2:6: {INVALID}: '(' was never closed\n"


def test_verbose_names_the_apps(app: Path, tapfix: Run) -> None:
    assert f"tapfix: read {app}\n" in tapfix("-v")[2]


def test_statistics_take_the_place_of_the_list(tapfix: Run) -> None:
    assert tapfix("--statistics")[1] == b"    1  TAP901  thing-switch  1 with a fix\n"


def test_exit_zero_is_for_findings_and_not_for_failures(tapfix: Run) -> None:
    assert tapfix("--exit-zero")[0] == 0
    assert tapfix("--exit-zero", "--dry-run")[0] == 0
    assert tapfix("--exit-zero", "missing")[0] == 2


def test_json_is_all_there_is_on_standard_output(tapfix: Run) -> None:
    code, out, _ = tapfix("--output-format", "json")
    content = json.loads(out)
    assert code == 1
    assert [finding["status"] for finding in content["findings"]] == ["fixable"]
    assert "diff" not in content
    content = json.loads(tapfix("--dry-run", "--output-format=json")[1])
    assert content["diff"].startswith("diff --git a/app.py b/app.py\n")
    code, out, err = tapfix("--output-format", "json", "missing")
    assert (code, json.loads(out)["problems"][0]["path"]) == (2, "missing")
    assert err == "error: missing: no such file or folder\n"


def test_colours_are_asked_for_or_left_out(tapfix: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert b"\x1b" not in tapfix()[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert b"\x1b[31mTAP901\x1b[0m" in tapfix()[1]
    # What git is to apply is no matter of taste.
    assert b"\x1b" not in tapfix("--dry-run")[1]
