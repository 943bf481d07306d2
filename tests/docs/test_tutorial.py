"""The commands that the manual shows print what it says."""

from __future__ import annotations

import difflib
import re
import shutil
from pathlib import Path

import pytest

from tests.docs.console import LEFT_OUT, fits, printed, steps

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if "```console" in page.read_text()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    shutil.copytree(
        ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__")
    )
    written = steps(page)
    outputs = printed([step.command for step in written], tmp_path, tmp_path / "state")
    assert len(outputs) == len(written)
    for step, output in zip(written, outputs, strict=True):
        lines = difflib.unified_diff(step.output.splitlines(), output.splitlines(), lineterm="")
        assert fits(output, step.output), "\n".join([f"$ {step.command}", *lines])


def test_every_command_of_the_tutorial_is_run() -> None:
    assert TUTORIAL in PAGES
    opened = re.findall(r"^ *(?:```|~~~)\S+.*$", TUTORIAL.read_text("utf-8"), re.MULTILINE)
    assert set(opened) == {"```console"}


def test_the_tutorial_shows_what_it_is_for() -> None:
    commands = " ".join(step.command for step in steps(TUTORIAL))
    for word in ("explain", "--dry-run", "--profile", "ignore[", "--verify", "--apply", "undo"):
        assert word in commands


@pytest.mark.parametrize(
    ("expected", "output", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n", "", False),
        (f"a\n{LEFT_OUT}\nc\n", "a\nb\nb\nc\n", True),
        (f"a\n{LEFT_OUT}\n", "a\n", True),
        (f"a {LEFT_OUT} c\n", "a b c\n", True),
        (f"a {LEFT_OUT} c\n", "a b\n c\n", False),
        (f"a.{LEFT_OUT}\n", "ab\n", False),
    ],
)
def test_what_may_be_left_out(expected: str, output: str, same: bool) -> None:
    assert fits(output, expected) is same
