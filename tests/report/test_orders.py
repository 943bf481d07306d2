"""Names and texts that would give orders to a terminal, a log or a bot: none of them gets through.

An app may come from anyone, and its report may be read on a terminal or in the log of a job, where
a line that begins with ``::`` is a command.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tapfix.cli import main
from tapfix.report.clean import clean_line, clean_name, clean_text
from tapfix.report.diff import print_diff
from tapfix.report.progress import Bar

ORDERS = "\x1b[31m\x07\r\x9b2J\u202e\n::error::oops\u2028::warning::oops"
APP = """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3

app = App()
stack = Stack(app, "Stack")
s3.Bucket(stack, {name}, removal_policy=RemovalPolicy.RETAIN)  # \x1b[2J\x07 \x7f \u202e
"""
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
Said = Callable[..., tuple[str, str]]


@pytest.fixture
def tapfix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Said:
    """Runs the command line beside apps whose folders and sources are hostile; what it says."""
    for folder in (f"app {ORDERS}", "other"):
        root = tmp_path / folder
        root.mkdir()
        (root / "cdk.json").write_text('{"app": "python3 app.py"}')
        text = APP.format(name=json.dumps(f"Plans {ORDERS}"))
        (root / "app.py").write_text(text, encoding="utf-8")
        (root / f"idle{ORDERS}.py").write_text("import aws_cdk  # tapfix: ignore[TAP002]\n")
        (root / f"bad{ORDERS}.py").write_text("import aws_cdk\nThing(\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAPFIX_STATE_DIR", str(tmp_path / "state"))

    def said(*words: str) -> tuple[str, str]:
        with pytest.raises(SystemExit):
            main(words)
        captured = capfdbinary.readouterr()
        return captured.out.decode(), captured.err.decode()

    return said


@pytest.mark.parametrize("name", ["text", "concise", "markdown", "github", "junit", "html"])
@pytest.mark.parametrize("mode", ["-v", "--dry-run"])
def test_no_order_gets_through(tapfix: Said, name: str, mode: str) -> None:
    told = tapfix(mode, "--output-format", name)
    if (name, mode) == ("text", "--dry-run"):
        told = ("", told[1])  # the diff has the very bytes, for git apply
    for text in told:
        assert not _HARMFUL.findall(text)
    commands = [line for line in "".join(told).splitlines() if line.startswith("::")]
    assert bool(commands) == (name in ("github", "html"))
    if name == "github":
        assert all(re.match("::(error|warning|notice) title=", line) for line in commands)


def test_undo_says_names_on_one_line(tapfix: Said) -> None:
    tapfix("--apply", "--select=TAP002")
    for words in (["undo", "--list"], ["undo", "--list", "1"], ["undo"]):
        for text in tapfix(*words):
            assert not _HARMFUL.findall(text)
            assert not [line for line in text.splitlines() if line.startswith("::")]


@pytest.mark.parametrize("colour", [True, False])
def test_a_diff_on_a_terminal_is_shown_and_not_obeyed(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], colour: bool
) -> None:
    diff = b"--- a\n+++ b\n-old \x1b[2J\xc2\x9b\r\n+new \xe9 \xf0\x9f\x98\x80\n"
    print_diff(diff)
    assert capsysbinary.readouterr().out == diff
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "" if colour else "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    print_diff(diff)
    out = capsysbinary.readouterr().out.decode()
    plain = re.sub("\x1b\\[[0-9]*m", "", out)
    assert plain == "--- a\n+++ b\n-old \ufffd[2J\ufffd\n+new \\xe9 \U0001f600\n"
    assert (out != plain) == colour


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_shows_names_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in brackets are markup to what draws the bar, and one that is wrong was an error."""
    monkeypatch.setattr("tapfix.report.progress.PATIENCE", 0)
    stream = Terminal()
    with Bar(stream, "/home", enabled=True) as bar:
        for number, name in enumerate(("a[/b]", "[red]c", f"d{ORDERS}")):
            bar.step(number, 9, f"/home/{name}")
            assert bar._drawn is not None
            bar._drawn[0].refresh()
    told = stream.getvalue()
    assert "a[/b] " in told and "[red]c " in told
    assert "\x1b[31m\x07" not in told and "\u202e" not in told and "\n::" not in told


def test_texts_keep_what_is_no_order() -> None:
    assert clean_text("a\tb\r\nc\n") == "a\tb\nc\n"
    assert clean_name("a  b\tc\nd\u2069") == "a  b\ufffdc\ufffdd\ufffd"
    assert clean_line("a  b\n c\x1b é 😀 \u200d") == "a b c\ufffd é 😀 \u200d"
