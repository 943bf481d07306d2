"""``--stdin-filename``: a text that is not saved stands for a file."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tapfix.registry import Rules
from tests.cli.conftest import FIX, INVALID, OFF, ON, Run
from tests.cli.test_git import together

Piped = Callable[..., tuple[int, bytes, str]]
LATIN = "# -*- coding: latin-1 -*-\r\nimport aws_cdk\r\nThing(switch=%s)  # caf\u00e9"


def latin(switch: bool) -> bytes:
    return (LATIN % switch).encode("latin-1")


@pytest.fixture
def piped(tapfix: Run, monkeypatch: pytest.MonkeyPatch) -> Piped:
    """Runs with a text on standard input."""

    def run(text: bytes, *arguments: str, **others: object) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        return tapfix(*arguments, **others)

    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.py")}


def test_the_text_counts_and_not_the_file(app: Path, piped: Piped) -> None:
    (app / "cdk.json").write_text("{}")
    (app / "other.py").write_bytes(ON)
    code, out, err = piped(b"import aws_cdk\n\n\n" + ON, "--stdin-filename", "app.py", "-")
    assert (code, out.splitlines()[0]) == (
        1,
        b"app.py:6:1: TAP901 a thing is switched to True [in place]",
    )
    assert b"other.py" not in out
    assert "1 finding, with a fix in 3 files of 1 app" in err
    code, out, _ = piped(OFF, "--stdin-filename", "app.py", "-")
    assert (code, out) == (0, b"")


@pytest.mark.parametrize("name", ["app.py", "new.py"])
def test_a_dry_run_is_the_diff_of_the_text(app: Path, piped: Piped, name: str) -> None:
    code, out, _ = piped(latin(True), "--dry-run", "--stdin-filename", name, "-")
    assert code == 1
    assert out.startswith(f"diff --git a/{name} b/{name}\n--- a/{name}\n".encode())
    assert b"-Thing(switch=True)  # caf\xe9\n" in out
    assert b"+Thing(switch=False)  # caf\xe9\n" in out
    assert contents(app) == {"app.py": ON}


@pytest.mark.parametrize("name", ["app.py", "new.py"])
def test_apply_prints_the_mended_text_and_writes_nothing(
    app: Path, piped: Piped, name: str
) -> None:
    (app / "tapfix.toml").write_text("require-clean = true\n")
    words = ("--apply", "--stdin-filename", str(app / name), "-")
    code, out, err = piped(latin(True), *words)
    assert (code, out) == (0, latin(False))
    assert "    fixed: switch=False" in err.splitlines()
    assert "tapfix undo" not in err
    assert contents(app) == {"app.py": ON}
    # Nothing to mend: the text as it came.
    assert piped(latin(False), *words)[:2] == (0, latin(False))


def test_a_fix_that_needs_other_files_is_left_out_and_named(app: Path, piped: Piped) -> None:
    (app / "cdk.json").write_text("{}")
    (app / "other.py").write_bytes(ON)
    words = ("--stdin-filename", "app.py", "-")
    rules = Rules((together(),))
    text = ON + b"# mine\n"
    code, out, err = piped(text, "--apply", *words, rules=rules)
    assert (code, out) == (1, text)
    assert "not fixed (all off): it changes other.py too, which takes saved files" in err
    code, out, err = piped(text, "--dry-run", *words, rules=rules)
    assert (code, out) == (1, b"")
    assert "not fixed (all off): it changes other.py too" in err
    code, out, _ = piped(text, *words, rules=rules)
    assert (code, b"    fix: all off" in out) == (1, True)
    assert contents(app) == {"app.py": ON, "other.py": ON}


def test_what_cannot_be_read_comes_out_as_it_was(piped: Piped) -> None:
    text = b"import aws_cdk\nThing(\n"
    code, out, err = piped(text, "--apply", "--stdin-filename", "app.py", "-")
    assert (code, out) == (2, text)
    assert f"app.py:2:6: {INVALID}" in err


def test_reports_in_files_and_nothing_left_out_of_them(app: Path, piped: Piped) -> None:
    words = ("--apply", "--stdin-filename", "app.py", "-", "--output-format")
    code, out, err = piped(ON, *words, "concise:report.txt", "-q")
    assert (code, out, err) == (0, OFF, "")
    assert (app / "report.txt").exists()
    code, out, err = piped(ON, *words, "json")
    assert (code, out) == (2, b"")
    assert "standard output is for the text: give the report a file" in err


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["-"], "- is standard input: --stdin-filename says which file's"),
        (["--stdin-filename", "app.py"], "--stdin-filename goes with - and no other path"),
        (["--stdin-filename", "app.py", "-", "."], "--stdin-filename goes with - and no other"),
        (["--stdin-filename", "", "-"], "--stdin-filename needs the name of a file"),
        (["--stdin-filename", "app.py", "-", "--changed"], "--changed exclude each other"),
        (["--stdin-filename", "app.py", "-", "--write-baseline"], "exclude each other"),
        (["--dry-run", "--stdin-filename", "a.py", "-", "--verify"], "--verify exclude each"),
        (["--stdin-filename", "app.txt", "-"], "app.txt: is no name of a Python file"),
        (["--stdin-filename", "cdk.out/a.py", "-"], "lies in cdk.out"),
        (["--stdin-filename", "lib/a.py", "-"], "lib/a.py: there is no such folder"),
    ],
)
def test_what_makes_no_sense(piped: Piped, words: list[str], line: str) -> None:
    code, out, err = piped(ON, *words)
    assert (code, out) == (2, b"")
    assert line in " ".join(err.split())


def test_what_no_text_can_stand_for(app: Path, piped: Piped) -> None:
    (app / "cdk.json").write_text("{}")
    (app / "lib").mkdir()
    (app / "lib.py").mkdir()
    (app / "link.py").symlink_to("app.py")
    for name, line in {
        "lib": "error: lib: is a folder",
        "lib.py": "error: lib.py: is a folder",
        "link.py": f"error: link.py: is another name of {app}/app.py: give that one",
    }.items():
        for words in ([], ["--apply"]):
            code, out, err = piped(ON, *words, "--stdin-filename", name, "-")
            assert (code, out, err.splitlines()[0]) == (2, ON if words else b"", line)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"\xef\xbb\xbf" + ON.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf",
        b"import aws_cdk\n\0",
        b"# coding: klingon\n" + ON,
        ON.rstrip(b"\n"),
        ON + b"\f\n\r# old\r",
    ],
)
@pytest.mark.parametrize("name", ["app.py", "new.py"])
def test_every_byte_that_no_fix_changes_comes_out(
    app: Path, piped: Piped, name: str, text: bytes
) -> None:
    code, out, _ = piped(text, "--apply", "--stdin-filename", name, "-")
    is_bad = b"\0" in text or b"klingon" in text
    assert (code, out) == (2, text) if is_bad else (0, text.replace(b"True", b"False"))
    assert contents(app) == {"app.py": ON}


def test_the_settings_are_those_of_the_files_folder(
    app: Path, piped: Piped, monkeypatch: pytest.MonkeyPatch
) -> None:
    (app / "inner").mkdir()
    (app / "inner/cdk.json").write_text("{}")
    (app / "inner/tapfix.toml").write_text('ignore = ["TAP901"]\n')
    (app / "tapfix.toml").write_text('select = ["TAP901"]\n')
    for folder, words in ((app, ["inner/new.py"]), (app / "inner", ["new.py"])):
        monkeypatch.chdir(folder)
        assert piped(ON, "--stdin-filename", *words, "-")[:2] == (0, b"")
    monkeypatch.chdir(app / "inner")
    assert piped(ON, "--stdin-filename", "../new.py", "-")[0] == 1


def test_a_new_file_belongs_to_the_app_around_it(app: Path, piped: Piped) -> None:
    (app / "cdk.json").write_text("{}")
    (app / "lib").mkdir()
    code, out, err = piped(ON, "--stdin-filename", "lib/new.py", "-")
    assert (code, out.count(FIX.code.encode())) == (1, 1)
    assert "in 3 files of 1 app" in err
