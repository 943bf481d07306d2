from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tapfix.verify.workplace import NoCopy, overlay, workplace


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
            "venv",
            ".git",
        }
        assert (work.copy / "inner").resolve() == work.copy / "lib" / "stack.py"
        assert (work.copy / "outer").resolve() == source.parent / "beside"
        assert all((work.copy / name).is_symlink() for name in ("node_modules", "venv", ".git"))
        folder = work.folder
    assert not folder.exists()


def test_changes_go_to_the_copy_alone(source: Path) -> None:
    stack, new = source / "lib" / "stack.py", source / "lib" / "new" / "a.py"
    with workplace(source) as work:
        overlay(work, {str(stack): b"changed", str(new): b"new"})
        assert (work.copy / "lib" / "stack.py").read_bytes() == b"changed"
        assert (work.copy / "lib" / "new" / "a.py").read_bytes() == b"new"
        overlay(work, {str(new): None})
        assert not (work.copy / "lib" / "new" / "a.py").exists()
    assert stack.read_text() == "lib/stack.py"
    assert not new.exists()


def test_a_change_never_follows_a_link_out(tmp_path: Path) -> None:
    app, else_ = tmp_path / "app", tmp_path / "else"
    app.mkdir()
    else_.mkdir()
    (else_ / "a.py").write_text("old")
    (else_ / "b.py").write_text("old")
    (app / "folder").symlink_to(else_)
    (app / "file.py").symlink_to(else_ / "b.py")
    with workplace(app) as work:
        # As if what lies around were too much to copy.
        links = {"folder": else_, "file.py": else_ / "b.py"}
        for name, target in links.items():
            (work.copy / name).unlink()
            (work.copy / name).symlink_to(target)
        overlay(work, {str(app / "folder/a.py"): b"new", str(app / "file.py"): b"new"})
        assert (work.copy / "folder" / "a.py").read_text() == "new"
        assert (work.copy / "folder" / "b.py").read_text() == "old"
        assert (work.copy / "file.py").read_text() == "new"
    assert (else_ / "a.py").read_text() == "old"
    assert (else_ / "b.py").read_text() == "old"


def test_a_change_far_away_cannot_be_put_in(source: Path) -> None:
    with workplace(source) as work, pytest.raises(NoCopy, match=r"/elsewhere\.py"):
        overlay(work, {"/elsewhere.py": b""})


def test_a_changed_file_may_be_spelled_by_a_link_to_the_app(source: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(source)
    with workplace(source) as work:
        overlay(work, {str(tmp_path / "alias" / "lib" / "stack.py"): b"changed"})
        assert (work.copy / "lib" / "stack.py").read_bytes() == b"changed"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with an app two folders down, which reads what lies beside it."""
    app = tmp_path / "clouds" / "app"
    for path in (app, tmp_path / ".git", tmp_path / "shared", tmp_path / "clouds" / "data"):
        path.mkdir(parents=True)
    (tmp_path / "shared" / "a.py").write_text("a")
    (tmp_path / "clouds" / "data" / "b.txt").write_text("b")
    return app


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ('Path("lambda")', 0),
        ("Path(__file__).parent / 'lambda'", 0),
        ("# and so on...\nfrom .. import x", 0),
        ('Code.from_asset("../data")', 1),
        ("sys.path.append('..')", 1),
        ("Path(__file__).parent.parent / 'data'", 1),
        ('Code.from_asset("../../shared")', 2),
        ("Path(__file__).resolve().parents[2]", 2),
        ("os.path.join('../../../../..', 'x')", 2),
    ],
)
def test_so_much_is_copied_as_the_app_reaches(repository: Path, text: str, levels: int) -> None:
    (repository / "app.py").write_text(text)
    with workplace(repository) as work:
        assert work.source == [repository, *repository.parents][levels]
        assert (work.copy / "app.py").read_text() == text
        assert (work.top / ".git").is_symlink()
        if levels:
            beside = work.copy.parent / "data" / "b.txt"
            assert beside.read_text() == "b"
            assert not beside.parent.is_symlink()


def test_too_much_around_an_app_becomes_links(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tapfix.verify.workplace._FILES", 1)
    monkeypatch.setattr("tapfix.verify.workplace._LARGE", 3)
    (repository / "app.py").write_text("'../../shared'")
    (repository / "large.bin").write_bytes(b"1234")
    with workplace(repository) as work:
        assert (work.copy / "large.bin").is_symlink()
        assert not (work.top / "clouds" / "data").is_symlink()  # the nearest first
        assert (work.top / "shared").is_symlink()
        assert (work.top / "shared" / "a.py").read_text() == "a"
        overlay(work, {str(work.source / "shared" / "a.py"): b"new"})
        assert (work.top / "shared" / "a.py").read_text() == "new"
    assert (repository.parents[1] / "shared" / "a.py").read_text() == "a"


def test_changes_around_an_app_are_put_in(repository: Path) -> None:
    (repository / "app.py").write_text("")
    path = str(repository.parents[1] / "shared" / "a.py")
    with workplace(repository, [path]) as work:
        overlay(work, {path: b"new"})
        assert (work.top / "shared" / "a.py").read_text() == "new"


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
