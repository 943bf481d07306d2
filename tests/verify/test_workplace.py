from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tapfix.verify.workplace import overlay, workplace


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    for name in ("lib/stack.py", "cdk.out/x.json", ".git/config", "venv/pyvenv.cfg", "venv/a.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "node_modules" / "big").mkdir(parents=True)
    (folder / "inner").symlink_to("lib/stack.py")
    (tmp_path / "beside").mkdir()
    (folder / "outer").symlink_to("../beside")
    os.mkfifo(folder / "pipe")
    return folder


def test_the_copy_holds_the_app_alone(source: Path) -> None:
    with workplace(source) as work:
        assert {path.name for path in work.copy.iterdir()} == {
            "lib",
            "node_modules",
            "inner",
            "outer",
        }
        assert (work.copy / "inner").resolve() == work.copy / "lib" / "stack.py"
        assert (work.copy / "outer").resolve() == source.parent / "beside"
        assert (work.copy / "node_modules").is_symlink()
        folder = work.folder
    assert not folder.exists()


def test_changes_go_to_the_copy_alone(source: Path) -> None:
    stack, new = source / "lib" / "stack.py", source / "lib" / "new" / "a.py"
    with workplace(source) as work:
        overlay(work, source, {str(stack): b"changed", str(new): b"new", "/elsewhere.py": b""})
        assert (work.copy / "lib" / "stack.py").read_bytes() == b"changed"
        assert (work.copy / "lib" / "new" / "a.py").read_bytes() == b"new"
        overlay(work, source, {str(new): None})
        assert not (work.copy / "lib" / "new" / "a.py").exists()
    assert stack.read_text() == "lib/stack.py"
    assert not new.exists()


def test_what_a_killed_run_left_is_removed(
    source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    script = (
        "import os, pathlib, sys\n"
        "from tapfix.verify.workplace import workplace\n"
        "with workplace(pathlib.Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(source)], check=False)
    left = list((tmp_path / "tmp").iterdir())
    assert len(left) == 1
    with workplace(source) as first, workplace(source) as second:
        # The one that is at work holds its lock, so the other leaves it alone.
        assert first.copy.is_dir()
        assert second.copy.is_dir()
        assert not left[0].exists()
    assert not list((tmp_path / "tmp").iterdir())
