"""Whatever ends a verification, nothing of it stays: no process, no folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.verify.apps import QUEUES, written

SLOW = QUEUES.replace("app.synth()", "import time\nopen('started', 'w').close()\ntime.sleep(60)")


def processes_below(folder: Path) -> set[int]:
    """The processes that work in a folder."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                place = (entry / "cwd").resolve()
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if folder in place.parents or os.fsencode(f"TMPDIR={folder}") in environment:
                found.add(int(entry.name))
    return found


def started(scratch: Path, app: Path) -> subprocess.Popen[bytes]:
    """A verification that is in the middle of running the app."""
    environment = {**os.environ, "TMPDIR": str(scratch)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tapfix", "--dry-run", "--verify", "--select=TAP018", str(app)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not list(scratch.glob("*/app/started")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)
    return process


def gone(scratch: Path) -> bool:
    """Whether all processes end within some seconds."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if not processes_below(scratch):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_end_by_signal_leaves_nothing(tmp_path: Path, scratch: Path, number: int) -> None:
    (tmp_path / "app").mkdir()
    process = started(scratch, written(tmp_path / "app", SLOW))
    assert len(processes_below(scratch)) > 1  # the app, and Node
    process.send_signal(number)
    assert process.wait(timeout=20) != 0
    assert gone(scratch)
    assert not list(scratch.iterdir())


def test_after_a_kill_the_children_end_and_the_next_run_tidies(
    tmp_path: Path, scratch: Path
) -> None:
    (tmp_path / "app").mkdir()
    app = written(tmp_path / "app", SLOW)
    process = started(scratch, app)
    process.kill()
    process.wait()
    assert gone(scratch)
    assert list(scratch.iterdir())
    written(app)
    again = subprocess.run(
        [sys.executable, "-m", "tapfix", "--dry-run", "--verify", "--select=TAP018", str(app)],
        env={**os.environ, "TMPDIR": str(scratch)},
        capture_output=True,
        text=True,
    )
    assert "✓ TAP018" in again.stderr
    assert not list(scratch.iterdir())
