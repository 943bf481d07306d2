"""The diff: read by git itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapfix.engine.diff import Change, unified_diff

CASES: dict[str, dict[str, Change]] = {
    "a changed line": {"a.py": (b"a\nb\nc\n", b"a\nB\nc\n")},
    "far apart": {"a.py": (b"".join(b"%d\n" % n for n in range(50)),
                           b"".join(b"%d\n" % (n + 100 * (n in (3, 40))) for n in range(50)))},
    "created": {"lib/lambda/new.py": (None, b"a\nb\n")},
    "created empty": {"lib/__init__.py": (None, b"")},
    "deleted": {"old.py": (b"a\n", None)},
    "deleted empty": {"old.py": (b"", None)},
    "emptied": {"a.py": (b"a\n", b"")},
    "filled": {"a.py": (b"", b"a\n")},
    "no last newline before": {"a.py": (b"a\nb", b"a\nb\n")},
    "no last newline after": {"a.py": (b"a\nb\n", b"a\nb")},
    "no last newline at all": {"a.py": (b"a\nb", b"A\nb")},
    "no last newline, last line changed": {"a.py": (b"a\nb", b"a\nB")},
    "created without last newline": {"a.py": (None, b"a")},
    "deleted without last newline": {"a.py": (b"a", None)},
    "CRLF": {"a.py": (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nn\r\nc\r\n")},
    "a lone CR and other line ends": {"a.py": ("a\rb\fc\x1cd\u2028e\n".encode(),
                                               b"a\rB\x0bc\x85d\n")},
    "latin-1": {"a.py": (b"\xe9 = 1\n\xfc\n", b"\xe9 = 2\n\xfc\n")},
    "blanks in the path": {"my app/the stack.py": (b"a\n", b"b\n"),
                           "my app/new one.py": (None, b"")},
    "other letters in the path": {"größe/日本.py": (b"a\n", b"b\n"),
                                  "größe/neu ü.py": (None, b"a\n")},
    "odd signs in the path": {'a"b\\c\t.py': (b"a\n", b"b\n"), "-x' .py": (b"a\n", None)},
    "lines like headers": {"a.sql": (b"-- a\n++ b\n@@ c\n", b"-- A\n++ B\n@@ C\n\\ d\n")},
    "several": {"a.py": (b"a\n", b"b\n"), "b/c.py": (None, b"c"), "d.py": (b"d\n", None)},
}  # fmt: skip


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def write(root: Path, name: str, data: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def git_apply(root: Path, diff: bytes, *options: str) -> None:
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", *options, "-"]
    done = subprocess.run(command, cwd=root, input=diff, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr, diff)


@pytest.mark.parametrize("case", CASES)
def test_git_applies_it_and_takes_it_back(case: str, tmp_path: Path) -> None:
    changes = CASES[case]
    before = {name: old for name, (old, _) in changes.items() if old is not None}
    after = {name: new for name, (_, new) in changes.items() if new is not None}
    for name, data in before.items():
        write(tmp_path, name, data)
    diff = unified_diff({str(tmp_path / n): change for n, change in changes.items()}, tmp_path)
    git_apply(tmp_path, diff, "--check")
    git_apply(tmp_path, diff)
    assert files(tmp_path) == after
    git_apply(tmp_path, diff, "--reverse")
    assert files(tmp_path) == before


LINES = st.lists(st.sampled_from(["a", "b", "", "\r", " c", "é", "\\", "-x", "+y"]), max_size=12)
TEXTS = st.builds(
    lambda lines, end: ("\n".join(lines) + end).encode(), LINES, st.sampled_from(["", "\n"])
)


@settings(max_examples=60, deadline=None, database=None)
@given(before=TEXTS, after=TEXTS)
def test_git_applies_any_change(
    before: bytes, after: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("diff")
    write(root, "a.txt", before)
    diff = unified_diff({str(root / "a.txt"): (before, after)}, root)
    if before != after:
        git_apply(root, diff)
    assert (root / "a.txt").read_bytes() == after


def test_what_stays_is_not_in_it_and_the_rest_is_sorted() -> None:
    changes: dict[str, Change] = {
        "/r/b.py": (b"b\n", b"B\n"),
        "/r/c.py": (b"c\n", b"c\n"),
        "/r/a.py": (b"a\n", b"A\n"),
    }
    assert unified_diff(changes, "/r") == (
        b"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-a\n+A\n"
        b"diff --git a/b.py b/b.py\n--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-b\n+B\n"
    )
