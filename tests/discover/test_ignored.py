"""Ignore files, and the files that count in spite of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.discover.trees import CDK, found_in, git, make


def test_ignored_files_are_left_out_at_every_depth(tmp_path: Path) -> None:
    make(tmp_path, "app.py", "scratch.py", "a/scratch.py", "a/kept.py", "a/b/local.py", "out/x.py")
    make(
        tmp_path,
        **{".gitignore": "scratch.py\n/out/\n", "a/.gitignore": "local.py\n!scratch.py\n"},
    )
    assert found_in(tmp_path) == {".": ["a/kept.py", "a/scratch.py", "app.py"]}


def test_ignore_files_above_the_path_count_up_to_the_repository(tmp_path: Path) -> None:
    make(tmp_path, "repo/a/app.py", "repo/a/tmp.py")
    make(tmp_path, **{"repo/.gitignore": "tmp.py\n", ".gitignore": "app.py\n"})
    git(tmp_path / "repo", "init", "-q")
    assert found_in(tmp_path, "repo/a") == {"repo/a": ["repo/a/app.py"]}


def test_the_repositorys_own_exclude_file_counts(tmp_path: Path) -> None:
    make(tmp_path, "app.py", "mine.py")
    git(tmp_path, "init", "-q")
    (tmp_path / ".git/info/exclude").write_text("mine.py\n")
    assert found_in(tmp_path) == {".": ["app.py"]}


def test_an_inner_repository_has_rules_of_its_own(tmp_path: Path) -> None:
    make(tmp_path, "app.py", "inner/app.py", "inner/skip.py")
    make(tmp_path, **{".gitignore": "inner/app.py\n", "inner/.gitignore": "skip.py\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path / "inner", "init", "-q")
    assert found_in(tmp_path) == {".": ["app.py", "inner/app.py"]}


def test_a_path_that_is_asked_for_is_read_although_it_is_ignored(tmp_path: Path) -> None:
    make(tmp_path, "cdk.json", "app.py", "lib/stack.py", **{".gitignore": "lib/\n"})
    assert found_in(tmp_path, "lib/stack.py") == {".": ["app.py", "lib/stack.py"]}


@pytest.mark.parametrize("pattern", ["lib/", "lib", "/lib", "lib/*", "lib/**", "*stack*"])
@pytest.mark.parametrize(
    "statement",
    [
        "from lib.tap_stack import TapStack",
        "import lib.tap_stack as stacks",
        "from lib import (\n    tap_stack,\n)",
        "import os, lib.tap_stack",
        "from .lib.tap_stack import TapStack",
    ],
)
def test_an_ignored_folder_that_the_app_imports(
    tmp_path: Path, pattern: str, statement: str
) -> None:
    make(tmp_path, "lib/tap_stack.py", "lib/unrelated/x.py")
    make(tmp_path, **{"app.py": statement + "\n", ".gitignore": pattern + "\n"})
    assert "lib/tap_stack.py" in found_in(tmp_path)["."]


def test_what_an_ignored_module_imports_counts_too(tmp_path: Path) -> None:
    make(tmp_path, **{"app.py": "import lib.stack\n", "lib/stack.py": "import parts.network\n"})
    make(tmp_path, "parts/network.py", "var/other.py", **{".gitignore": "lib/\nparts/\nvar/\n"})
    assert found_in(tmp_path) == {".": ["app.py", "lib/stack.py", "parts/network.py"]}


@pytest.mark.parametrize("pattern", ["build/", "build/*", "fn"])
@pytest.mark.parametrize(
    "call",
    [
        'Code.from_asset("build/fn")',
        "Code.from_asset(os.path.join('build', 'fn'))",
        'PythonFunction(self, "F", entry="./build/fn")',
        'Code.from_asset(str(Path(__file__).parent.parent / "build" / "fn"))',
    ],
)
def test_an_ignored_folder_that_an_asset_names(tmp_path: Path, pattern: str, call: str) -> None:
    make(tmp_path, "cdk.json", "build/fn/handler.py", "dist/copy.py")
    make(tmp_path, **{"lib/stack.py": f"{CDK}{call}\n", ".gitignore": f"{pattern}\ndist/\n"})
    assert found_in(tmp_path) == {".": ["build/fn/handler.py", "lib/stack.py"]}


def test_ignored_files_that_git_tracks(tmp_path: Path) -> None:
    make(tmp_path, "app.py", "lib/stack.py", "lib/scratch.py", "lib/gone.py", "lib/cdk.out/x.py")
    make(tmp_path, **{".gitignore": "lib/\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-f", "lib/stack.py", "lib/gone.py", "lib/cdk.out/x.py")
    (tmp_path / "lib/gone.py").unlink()
    assert found_in(tmp_path) == {".": ["app.py", "lib/stack.py"]}


def test_a_repositorys_settings_run_no_program(tmp_path: Path) -> None:
    make(tmp_path, "app.py", "lib/stack.py", **{".gitignore": "lib/\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-f", "lib/stack.py")
    monitor = tmp_path / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    monitor.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(monitor))
    assert found_in(tmp_path) == {".": ["app.py", "lib/stack.py"]}
    assert not (tmp_path / "ran").exists()


def test_without_git_the_ignore_files_still_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "app.py", "lib/stack.py", **{".gitignore": "lib/\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-f", "lib/stack.py")
    monkeypatch.setenv("PATH", "")
    assert found_in(tmp_path) == {".": ["app.py"]}
