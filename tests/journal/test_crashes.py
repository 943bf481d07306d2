"""Runs that are killed while they write: all old or all new after the next run."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tapfix.api.journal import cut_off, mend_interrupted
from tapfix.engine.recovery import Ending
from tapfix.report.files import write_files
from tests.journal.killing import Place, apply, dies, tree

ROOT = Path(__file__).parents[2]
FLAWED = b'import aws_cdk\nfrom aws_cdk import aws_s3 as s3\n\ns3.Bucket(self, "B")\n'

KILL = """
import os, signal
real, calls = os.replace, 0
def replace(source, target):
    global calls
    calls += str(source).endswith(".new")
    if calls == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    real(source, target)
os.replace = replace
"""
PROGRAM = "from tapfix.cli import main\nmain()\n"
ENGINE = f"""
import os
from tapfix.api.journal import keeping
from tapfix.engine.disk import Change, write_all
change = Change({FLAWED!r}, b"new")
with keeping(2, print) as log:
    write_all({{os.path.abspath(name): change for name in ("one.py", "two.py")}}, log)
"""


@pytest.mark.parametrize(
    ("doing", "least"), [("apply", 80), ("undo", 80), ("apply-mend", 100), ("undo-sweep-mend", 100)]
)
def test_killed_at_every_step(tmp_path: Path, doing: str, least: int) -> None:
    command = [sys.executable, "-m", "tests.journal.killing", str(tmp_path), doing]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) >= least


@pytest.fixture
def app(tmp_path: Path) -> Path:
    app = tmp_path / "app"
    app.mkdir()
    for name in ("one.py", "two.py"):
        (app / name).write_bytes(FLAWED)
    return app


@pytest.fixture
def cut(app: Path) -> Path:
    """An app with two files, of which a killed run has written one."""
    return killed(app, ENGINE)


def killed(app: Path, script: str, *words: str) -> Path:
    assert program(app, *words, script=KILL + script).returncode == -9
    assert [path.name for path in app.glob("*.py") if path.read_bytes() != FLAWED] == ["one.py"]
    assert list(app.glob(".tapfix-*"))
    return app


def program(app: Path, *words: str, script: str = PROGRAM) -> subprocess.CompletedProcess[str]:
    """The program with one rule, or a command of it."""
    rule = [] if "undo" in words else ["--select", "TAP002", "."]
    command = [sys.executable, "-c", script, *words, *rule]
    return subprocess.run(command, cwd=app, capture_output=True, text=True, check=False)


def contents(app: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in app.iterdir()}


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("undo", "--dry-run")])
def test_a_run_that_writes_nothing_only_tells(cut: Path, words: tuple[str, ...]) -> None:
    before = contents(cut)
    run = program(cut, *words)
    assert "tapfix: run 1 was cut off while it wrote; tapfix undo, or the next" in run.stderr
    assert contents(cut) == before
    assert run.stderr.splitlines()[0] in program(cut, "undo", "--list").stderr
    # It is of no concern elsewhere.
    elsewhere = cut.parent / "elsewhere"
    elsewhere.mkdir()
    assert "cut off" not in program(elsewhere, *words).stderr


def test_the_next_undo_brings_all_back(cut: Path) -> None:
    run = program(cut, "undo")
    assert run.stderr == "tapfix: run 1 was cut off while it wrote; its files are as they were" + (
        " before it\n"
    )
    assert (run.returncode, run.stdout) == (0, "")
    assert contents(cut) == {"one.py": FLAWED, "two.py": FLAWED}
    assert program(cut, "undo").returncode == 2


def test_the_next_apply_starts_from_the_old_files(app: Path) -> None:
    cut = killed(app, PROGRAM, "--apply")
    run = program(cut, "--apply")
    assert "tapfix: run 1 was cut off while it wrote; its files are as they were" in run.stderr
    assert "Fixed 2 findings by changing 2 files" in run.stderr
    assert run.returncode == 0
    assert set(contents(cut)) == {"one.py", "two.py"}
    assert program(cut, "undo").returncode == 0
    assert contents(cut) == {"one.py": FLAWED, "two.py": FLAWED}


def test_a_file_that_was_changed_after_the_crash_is_left(cut: Path) -> None:
    (cut / "one.py").write_bytes(b"mine\n")
    old = contents(cut)["two.py"]
    run = program(cut, "--apply")
    path = cut / "one.py"
    line = f"run 1 was cut off while it wrote, and changed since: {path}; all its files stay as"
    assert line in run.stderr
    assert run.returncode == 2
    assert contents(cut) == {"one.py": b"mine\n", "two.py": old}
    # It has been said; who looks into it can go on, and once that file is back undo works.
    (cut / "one.py").write_bytes(FLAWED)
    assert program(cut, "undo").returncode == 0
    assert contents(cut) == {"one.py": FLAWED, "two.py": FLAWED}


def test_a_run_at_work_is_not_taken_for_one_that_was_cut_off(cut: Path) -> None:
    from tapfix.api.journal import journal_folder
    from tapfix.engine.journal import locked

    assert [run.number for run in cut_off([str(cut)])] == [1]
    with locked(journal_folder()):
        assert cut_off([str(cut)]) == ()


def test_an_app_that_is_not_there_now_is_waited_for(cut: Path) -> None:
    away = cut.rename(cut.with_name("unmounted"))
    assert [one.ending for one in mend_interrupted()] == [Ending.ELSEWHERE]
    away.rename(cut)
    assert [one.ending for one in mend_interrupted()] == [Ending.ROLLED_BACK]
    assert contents(cut) == {"one.py": FLAWED, "two.py": FLAWED}


def test_a_system_that_refuses_leaves_the_run_for_the_next_attempt(
    cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device", "there")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        [failed] = mend_interrupted()
    assert (failed.ending, failed.reason) == (Ending.FAILED, "there: No space left on device")
    assert [one.ending for one in mend_interrupted()] == [Ending.ROLLED_BACK]
    assert contents(cut) == {"one.py": FLAWED, "two.py": FLAWED}


# Reports and baselines have no journal: each file by itself is old or new.


def test_reports_and_baselines_are_each_old_or_new(tmp_path: Path) -> None:
    new = {tmp_path / name: name.encode() * 9 for name in ("one", "two", "three")}
    *there, missing = new
    steps = itertools.count(1)
    while True:
        for path in there:
            path.write_bytes(b"old")
        missing.unlink(missing_ok=True)
        if not dies(lambda: write_files(new), next(steps)):
            break
        assert all(path.read_bytes() in (b"old", new[path]) for path in there)
        assert not missing.exists() or missing.read_bytes() == new[missing]
        # What a killed run leaves besides is what the manual says it is.
        left = set(tmp_path.iterdir()) - new.keys()
        assert all(re.fullmatch(r"\.tapfix-[0-9a-f]+\.new", path.name) for path in left)
        for path in left:
            path.unlink()
    assert next(steps) > 9
    assert {path: path.read_bytes() for path in new} == new


def test_a_private_report_is_never_open_to_others_on_its_way(tmp_path: Path) -> None:
    report = tmp_path / "report"
    report.write_bytes(b"old")
    report.chmod(0o600)
    umask = os.umask(0)
    try:
        steps = itertools.count(1)
        while dies(lambda: write_files({report: b"new"}), next(steps)):
            assert not [path for path in tmp_path.iterdir() if path.stat().st_mode & 0o077]
    finally:
        os.umask(umask)
    assert next(steps) > 4


# A power failure takes what was not yet on the disk: so the order counts.


def test_what_must_last_is_on_the_disk_before_what_relies_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, "apply")
    place.fresh()
    log = traced(monkeypatch)
    apply(place.root)
    monkeypatch.undo()
    assert tree(place.root) == place.new
    journal = [line for line in log if "/journal/" in line or line.endswith("/journal")]
    index = at(log, "replace", "pending.json")
    # The journal knows all, for good, before the app sees the first name.
    assert at(log, "fsync", "000001/bytes") < at(log, "fsync", "000001/new.json") < index
    folders = ("state/journal", "journal/000001")
    known = max(at(log, "fsync", folder, after=index) for folder in folders)
    assert known < min(number for number, line in enumerate(log) if "/app/" in line)
    # A file's content is there before it gets the file's name.
    moves = [line for line in log if line.startswith("replace") and "/app/" in line]
    for move in moves:
        new = move.split()[1]
        if new.endswith(".new") and "gone.py" not in move:
            assert log.index(f"fsync {new}") < log.index(move)
    # The old ones go when the new names last, and the journal hears last of all.
    last = max(map(log.index, moves))
    synced = at(log, "fsync", "/app", after=last)
    assert synced < min(n for n, line in enumerate(log) if line.startswith("unlink") and n > last)
    gone = max(n for n, line in enumerate(log) if line.startswith("unlink") and "/app/" in line)
    assert at(log, "fsync", "/app", after=gone) < at(log, "replace", "run.json")
    assert journal[-1].startswith("fsync")


def at(log: list[str], call: str, end: str, after: int = -1) -> int:
    """Where the first such call stands in the log."""
    return next(
        number
        for number, line in enumerate(log)
        if number > after and line.startswith(f"{call} ") and line.endswith(end)
    )


def traced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls that change something, with the paths they are about."""
    log: list[str] = []
    names: dict[int, str] = {}

    def follow(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            result = real(*arguments, **options)
            paths = [names.get(one, "") if isinstance(one, int) else str(one) for one in arguments]
            if name == "open":
                names[result] = str(arguments[0])
            log.append(" ".join([name, *paths[:2]]))
            return result

        return call

    for name in ("open", "write", "fsync", "replace", "link", "symlink", "unlink", "mkdir"):
        monkeypatch.setattr(os, name, follow(name, getattr(os, name)))
    return log
