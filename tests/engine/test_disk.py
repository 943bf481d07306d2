"""Writing: all files or none."""

from __future__ import annotations

import errno
import os
import signal
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tapfix.engine.disk import Change, StaleFile, WriteError, write_all


def tree(root: Path) -> dict[str, bytes | str | None]:
    """Everything below ``root``: bytes of files, targets of links, None for folders."""
    return {
        str(path.relative_to(root)): str(path.readlink())
        if path.is_symlink()
        else (None if path.is_dir() else path.read_bytes())
        for path in root.rglob("*")
    }


@pytest.fixture
def app(tmp_path: Path) -> Path:
    for name in "abc":
        (tmp_path / f"{name}.py").write_bytes(name.encode())
    return tmp_path


def three(app: Path) -> dict[str, Change]:
    return {
        str(app / "a.py"): Change(b"a", b"A"),
        str(app / "b.py"): Change(b"b", None),
        str(app / "c.py"): Change(b"c", b"C"),
        str(app / "new" / "deep" / "d.py"): Change(None, b"D"),
    }


def test_files_are_changed_created_and_deleted(app: Path) -> None:
    write_all(three(app))
    assert tree(app) == {
        "a.py": b"A",
        "c.py": b"C",
        "new": None,
        "new/deep": None,
        "new/deep/d.py": b"D",
    }


def failing(nth: int, real: Callable[..., None]) -> Callable[..., None]:
    """The nth call fails as on a broken disk; those before and after work."""
    calls = 0

    def replace(*args: object, **options: object) -> None:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise OSError(errno.EIO, "Input/output error")
        real(*args, **options)

    return replace


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_failure_half_way_leaves_everything_as_it_was(
    app: Path, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(app)
    monkeypatch.setattr(os, "replace", failing(nth, os.replace))
    with pytest.raises(WriteError) as caught:
        write_all(three(app))
    assert tree(app) == before
    path = sorted(three(app))[nth - 1]
    assert caught.value.path == path
    assert str(caught.value) == f"{path}: Input/output error"


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_full_disk_leaves_everything_as_it_was(
    app: Path, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, calls, real = tree(app), 0, os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(WriteError, match="No space left on device"):
        write_all(three(app))
    assert tree(app) == before


def test_an_interrupt_half_way_leaves_everything_as_it_was(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, calls = tree(app), os.replace, 0

    def replace(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        real(source, target)
        if calls == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write_all(three(app))
    assert tree(app) == before


@pytest.mark.parametrize("fails", [False, True])
def test_a_signal_half_way_waits_until_all_is_done_or_undone(
    app: Path, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, calls = tree(app), failing(3 if fails else 0, os.replace), 0

    def replace(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            signal.raise_signal(signal.SIGINT)
        real(source, target)

    handler = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        write_all(three(app))
    assert (tree(app) == before) is fails
    assert fails or tree(app)["new/deep/d.py"] == b"D"
    assert signal.getsignal(signal.SIGINT) is handler


def test_in_another_thread_files_are_written_as_well(app: Path) -> None:
    thread = threading.Thread(target=write_all, args=(three(app),))
    thread.start()
    thread.join()
    assert (app / "a.py").read_bytes() == b"A"


def test_a_file_that_cannot_be_restored_keeps_its_old_content_beside_it(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.replace, 0

    def replace(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(errno.EIO, "Input/output error")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(WriteError, match="could not be restored") as caught:
        write_all({str(app / "a.py"): Change(b"a", b"A"), str(app / "c.py"): Change(b"c", b"C")})
    [kept] = [path for path in app.iterdir() if path.name.startswith(".tapfix-")]
    assert kept.read_bytes() == b"a" and str(kept) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("now", [b"other", None])
def test_a_file_that_changed_since_it_was_read_is_left_alone(app: Path, now: bytes | None) -> None:
    path = app / "c.py"
    path.unlink() if now is None else path.write_bytes(now)
    before = tree(app)
    with pytest.raises(StaleFile) as caught:
        write_all(three(app))
    assert tree(app) == before
    assert str(caught.value) == f"{path}: changed since it was read"


def test_a_file_that_has_come_since_is_left_alone(app: Path) -> None:
    path = app / "new" / "deep" / "d.py"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    before = tree(app)
    with pytest.raises(StaleFile):
        write_all(three(app))
    assert tree(app) == before


def test_a_file_that_changes_while_the_new_ones_are_prepared_is_left_alone(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fsync(descriptor: int) -> None:
        (app / "a.py").write_bytes(b"mine")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StaleFile):
        write_all(three(app))
    assert tree(app) == {"a.py": b"mine", "b.py": b"b", "c.py": b"c"}


@pytest.mark.parametrize("mode", [0o755, 0o600, 0o664])
def test_the_mode_stays(app: Path, mode: int) -> None:
    path = app / "a.py"
    path.chmod(mode)
    write_all({str(path): Change(b"a", b"A")})
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("denied", [1, 2])
def test_the_group_stays_where_the_owner_cannot(
    app: Path, monkeypatch: pytest.MonkeyPatch, denied: int
) -> None:
    """A file of a colleague, in a folder that the group shares."""
    status = (app / "a.py").stat()
    asked: list[tuple[int, int]] = []

    def chown(_: str, owner: int, group: int) -> None:
        asked.append((owner, group))
        if len(asked) <= denied:
            raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chown", chown)
    write_all({str(app / "a.py"): Change(b"a", b"A")})
    assert asked == [(status.st_uid, status.st_gid), (-1, status.st_gid)]
    assert (app / "a.py").read_bytes() == b"A"


def test_a_new_file_has_the_mode_that_the_user_wants(app: Path) -> None:
    old = os.umask(0o027)
    try:
        write_all({str(app / "d.py"): Change(None, b"D")})
    finally:
        os.umask(old)
    assert stat.S_IMODE((app / "d.py").stat().st_mode) == 0o640


def test_a_link_stays_and_its_target_is_written(app: Path) -> None:
    (app / "real").mkdir()
    (app / "real" / "t.py").write_bytes(b"t")
    (app / "link.py").symlink_to("real/t.py")
    write_all({str(app / "link.py"): Change(b"t", b"T")})
    assert (app / "link.py").readlink() == Path("real/t.py")
    assert (app / "real" / "t.py").read_bytes() == b"T"
    assert sorted(path.name for path in (app / "real").iterdir()) == ["t.py"]


def test_a_deleted_link_goes_and_its_target_stays(app: Path) -> None:
    (app / "link.py").symlink_to("a.py")
    write_all({str(app / "link.py"): Change(b"a", None)})
    assert tree(app) == {"a.py": b"a", "b.py": b"b", "c.py": b"c"}


def test_two_names_of_one_file(app: Path) -> None:
    (app / "link.py").symlink_to("a.py")
    same = Change(b"a", b"A")
    write_all({str(app / "a.py"): same, str(app / "link.py"): same})
    assert (app / "a.py").read_bytes() == b"A"
    changes = {str(app / "a.py"): Change(b"A", b"1"), str(app / "link.py"): Change(b"A", b"2")}
    with pytest.raises(WriteError, match="is the same file as"):
        write_all(changes)
    assert (app / "a.py").read_bytes() == b"A"


def test_a_read_only_file_is_refused(app: Path) -> None:
    path = app / "c.py"
    path.chmod(0o444)
    before = tree(app)
    with pytest.raises(WriteError, match=r"c\.py: is read-only"):
        write_all(three(app))
    assert tree(app) == before


def test_a_folder_that_cannot_be_written_to_is_refused(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refuse(path: str | Path, flags: int, *args: int) -> int:
        if flags & os.O_CREAT and Path(path).parent == app / "new" / "deep":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, flags, *args)

    before = tree(app)
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(WriteError, match=r"d\.py: Permission denied"):
        write_all(three(app))
    assert tree(app) == before


@pytest.mark.parametrize("obstacle", ["a folder", "a file for a folder", "a link to itself"])
def test_other_obstacles_are_one_clear_line(app: Path, obstacle: str) -> None:
    path = app / "x.py"
    if obstacle == "a folder":
        path.mkdir()
    elif obstacle == "a link to itself":
        path.symlink_to("x.py")
    else:
        path = app / "a.py" / "x.py"
    before = tree(app)
    with pytest.raises(WriteError) as caught:
        write_all({str(app / "b.py"): Change(b"b", b"B"), str(path): Change(None, b"x")})
    assert tree(app) == before
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)


def test_without_hard_links_a_copy_is_kept(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    before = tree(app)
    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr(os, "replace", failing(3, os.replace))
    with pytest.raises(WriteError):
        write_all(three(app))
    assert tree(app) == before


def test_nothing_to_do() -> None:
    write_all({})
