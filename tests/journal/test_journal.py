"""What the journal holds, who can read it, how much of it there is, and what is in its way."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tapfix.api import journal as api
from tapfix.api.journal import keeping, runs
from tapfix.api.undo import undo
from tapfix.engine import journal
from tapfix.engine.disk import Change, write_all
from tests.journal.killing import apply, build, tree

ROOT = Path(__file__).parents[2]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    root = tmp_path / "app"
    build(root)
    return root


def put(file: Path, data: bytes) -> list[str]:
    """Write a file as a run does; what is told of it."""
    told: list[str] = []
    before = file.read_bytes() if file.exists() else None
    with keeping(1, told.append) as log:
        write_all({str(file): Change(before, data)}, log)
    assert file.read_bytes() == data
    return told


def test_its_owner_alone_can_read_it_from_the_first_byte_on(
    app: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[tuple[str, int]] = []

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: str, *arguments: Any) -> Any:
            result = real(path, *arguments)
            if str(path).startswith(str(state)):
                modes.append((path, stat.S_IMODE(Path(path).stat().st_mode)))
            return result

        return call

    old = os.umask(0)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(os, "open", watched(os.open))
            patch.setattr(os, "mkdir", watched(os.mkdir))
            apply(app)
    finally:
        os.umask(old)
    assert len(modes) > 6
    assert all(mode in (0o700, 0o600) for _, mode in modes), modes
    for path, (mode, data) in tree(state).items():
        assert mode == (0o700 if data is None else 0o600), path


def test_a_private_file_is_never_open_to_others_on_its_way(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (app / "a.py").chmod(0o600)
    seen: list[int] = []
    real = os.write

    def write(descriptor: int, data: bytes) -> int:
        count = real(descriptor, data)
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return count

    old = os.umask(0)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", write)
            put(app / "a.py", b"secret")
    finally:
        os.umask(old)
    assert len(seen) == 3
    assert set(seen) == {0o600}


def test_a_journal_that_others_could_enter_is_closed(app: Path, state: Path) -> None:
    (state / "journal").mkdir(parents=True, mode=0o755)
    assert put(app / "a.py", b"1") == []
    assert stat.S_IMODE((state / "journal").stat().st_mode) == 0o700


def a_link(folder: Path) -> None:
    folder.mkdir()
    folder.with_name("aim").mkdir()
    (folder / "journal").symlink_to(folder.with_name("aim"))


def a_file(folder: Path) -> None:
    folder.write_text("")


def below_a_file(folder: Path) -> None:
    folder.mkdir()
    (folder / "journal").write_text("")


@pytest.mark.parametrize(
    ("obstacle", "why"),
    [
        (a_link, "journal: is no folder"),
        (a_file, "journal: Not a directory"),
        (below_a_file, "journal: is no folder"),
    ],
)
def test_a_journal_that_cannot_be_used_is_one_line_and_the_run_goes_on(
    app: Path, state: Path, obstacle: Callable[[Path], None], why: str
) -> None:
    obstacle(state)
    [line] = put(app / "a.py", b"1")
    assert line == f"no undo for this run, because {state}/{why}"
    assert not list(state.parent.glob("aim/*"))
    assert not list(app.rglob(".tapfix-*"))
    [problem] = undo(None, str(app)).problems
    assert "tapfix undo --list" in problem.message or "cannot be used" in problem.message


def test_a_journal_of_somebody_else_is_not_trusted(
    app: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (state / "journal").mkdir(parents=True)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    line = f"no undo for this run, because {state}/journal: belongs to another user"
    assert put(app / "a.py", b"1") == [line]


def test_nothing_in_a_journal_of_somebody_else_is_believed(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert put(app / "a.py", b"1") == []
    assert api.written_by_tapfix()(str(app / "a.py"))
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    assert not api.written_by_tapfix()(str(app / "a.py"))
    for ask in (runs, api.remarks):
        with pytest.raises(PermissionError, match="belongs to another user"):
            ask()
    [problem] = undo(None, str(app)).problems
    assert problem.message.endswith("journal: belongs to another user")


@pytest.mark.parametrize("call", ["mkdir", "open", "write", "fsync", "replace"])
def test_a_full_disk_under_the_journal(
    app: Path, state: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert put(app / "a.py", b"1") == []
    real = getattr(os, call)
    names: dict[int, str] = {}
    opened = os.open

    def remember(path: str, *arguments: int) -> int:
        descriptor = opened(path, *arguments)
        names[descriptor] = str(path)
        return descriptor

    def full(*arguments: Any) -> Any:
        path = names.get(arguments[0], str(arguments[0]))
        if "/journal/0" in path:
            raise OSError(28, "No space left on device", path)
        return (remember if call == "open" else real)(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", remember)
        patch.setattr(os, call, full)
        [line] = put(app / "a.py", b"2")
    assert line.startswith(f"no undo for this run, because {state}/journal/000002")
    assert line.endswith(": No space left on device")
    assert [run.number for run in runs()] == [1]
    assert not (state / "journal/000002").exists()


def test_no_home(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAPFIX_STATE_DIR")
    monkeypatch.setattr("platformdirs.user_state_dir", lambda *_, **__: "~/.local/state/tapfix")
    assert put(app / "a.py", b"1") == [
        "no undo for this run, because ~/.local/state/tapfix: no home folder"
    ]


def test_it_is_where_the_platform_keeps_such_things(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAPFIX_STATE_DIR", "")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert api.journal_folder() == str(tmp_path / "tapfix/journal")


def test_old_runs_go(app: Path, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(journal, "KEPT_RUNS", 3)
        for number in range(6):
            put(app / "x.py", b"%d" % number)
    assert [run.number for run in runs()] == [4, 5, 6]
    assert len(list(state.glob("journal/0*"))) == 3
    # The bytes of those that are left are enough.
    for expected in (b"4", b"3", b"2"):
        assert undo(None, str(app)).problems == ()
        assert (app / "x.py").read_bytes() == expected


def test_large_runs_go_first_but_the_last_one_stays(
    app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "KEPT_BYTES", 7_000)
    for number in range(3):
        put(app / "x.py", b"%d" % number * 1_500)
    assert [run.number for run in runs()] == [1, 2, 3]
    put(app / "x.py", b"4" * 20_000)
    put(app / "x.py", b"5")
    assert [run.number for run in runs()] == [5]
    assert undo(None, str(app)).problems == ()
    assert (app / "x.py").read_bytes() == b"4" * 20_000


def test_a_run_that_writes_nothing_leaves_nothing(app: Path, state: Path) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Exception, match="Input/output"):
        real = os.replace

        def replace(source: str, target: str) -> None:
            (fail if target.startswith(str(app)) else real)(source, target)

        patch.setattr(os, "replace", replace)
        put(app / "a.py", b"1")
    assert list(state.glob("journal/0*")) == []


AT_ONCE = """
import os, sys
from tapfix.api.journal import keeping
from tapfix.engine.disk import Change, StaleFile, write_all
own, shared = sys.argv[1:]
input()
for turn in range(5):
    with keeping(1, sys.exit) as log:
        write_all({own: Change(b"%d" % (turn - 1) if turn else None, b"%d" % turn)}, log)
try:
    with keeping(1, sys.exit) as log:
        write_all({shared: Change(b"", own.encode())}, log)
except StaleFile:
    print("stale")
"""


def test_runs_at_once(app: Path) -> None:
    shared = app / "shared.py"
    shared.touch()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, str(app / f"own{number}.py"), str(shared)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [error for _, error in outputs] == [b"", b"", b""]
    assert sorted(output for output, _ in outputs) == [b"", b"stale\n", b"stale\n"]
    known = runs()
    assert [run.number for run in known] == list(range(1, 17))
    assert [kept.before for kept in known[-1].files] != [None]
    for number in range(16):
        assert undo(16 - number, str(app)).problems == ()
    assert list(app.glob("own*")) == []
    assert shared.read_bytes() == b""


def test_whoever_waits_too_long_goes_on_without(app: Path, state: Path) -> None:
    folder = str(state / "journal")
    real = journal.locked
    with real(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "locked", lambda folder: real(folder, patience=0.1))
        line = f"no undo for this run, because {folder}: another run of tapfix is writing"
        assert put(app / "a.py", b"1") == [line]


def test_a_lock_that_does_not_close_in_order_takes_nothing_back(
    app: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, refused = os.close, list[int]()

    def close(descriptor: int) -> None:
        is_lock = os.path.samestat(os.fstat(descriptor), (state / "journal/lock").stat())
        real(descriptor)
        if is_lock:
            refused.append(descriptor)
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "close", close)
    assert put(app / "a.py", b"1") == []
    assert api.cut_off([str(app)]) == ()
    undone = undo(1, str(app))
    assert (undone.problems, len(undone.changes)) == ((), 1)
    assert len(refused) == 3
    assert [run.number for run in runs()] == [1, 2]


# The example's password: in the bytes, which are the owner's, and nowhere else


def test_no_secret_but_in_the_bytes(tmp_path: Path, state: Path) -> None:
    source = ROOT / "examples/broken/product_catalog"
    app = tmp_path / "shop"
    shutil.copytree(source, app)
    handler = (app / "lib/lambda/inventory_processor.py").read_text()
    [password] = [line.split('"')[1] for line in handler.splitlines() if "password=" in line]
    run = subprocess.run(
        [sys.executable, "-m", "tapfix", "--apply", "."], cwd=app, capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr
    for words in (["--list"], ["--list", "1"], ["1"]):
        command = [sys.executable, "-m", "tapfix", "undo", *words]
        said = subprocess.run(command, cwd=app, capture_output=True, check=True)
        assert password.encode() not in said.stdout + said.stderr
    assert password.encode() not in run.stdout + run.stderr
    with_it = [path for path in state.rglob("*") if path.is_file() and holds(path, password)]
    assert {path.name for path in with_it} == {"bytes"}
    assert not [path for path in state.rglob("*") if password in str(path)]
    assert tree(app) == tree(source)
    index = json.loads((state / "journal/000001/run.json").read_text())
    assert set(index) == {"format", "time", "undoes", "fixes", "files", "made", "dropped"}


def holds(path: Path, password: str) -> bool:
    return password.encode() in path.read_bytes()


def test_a_run_that_is_half_removed_is_no_run(app: Path, state: Path) -> None:
    """Without its index first, a run would be there whose bytes are gone."""
    put(app / "x.py", b"1")
    put(app / "x.py", b"2")
    real, calls = os.unlink, 0

    def unlink(path: str) -> None:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise OSError(5, "Input/output error")
        real(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "unlink", unlink)
        patch.setattr(journal, "KEPT_RUNS", 1)
        journal.tidy(str(state / "journal"))
    assert [run.number for run in runs()] == [2]
    assert [path.name for path in (state / "journal/000001").iterdir()] == ["bytes"]
    journal.tidy(str(state / "journal"))
    assert not (state / "journal/000001").exists()
