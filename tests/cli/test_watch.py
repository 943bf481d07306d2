"""``--watch``, as it is started and ended."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.integrations.stacks import flawed, sound

WAITING = "tapfix: waiting for changes; Ctrl-C ends this"
CLEARED = "\x1b[2J\x1b[H"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An app with a flaw."""
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "cdk.json").write_text('{"app": "python3 app.py"}\n')
    (folder / "app.py").write_text(flawed("Some"))
    return folder


class Watch:
    """A run that goes on, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def next(self) -> list[str]:
        """The findings of the next report, once it waits again."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if lines[-1] == WAITING:
                return [line for line in lines if ": TAP007 " in line or "tapfix.toml" in line]
        raise AssertionError(lines)


@contextmanager
def watching(project: Path, *words: str) -> Iterator[Watch]:
    with subprocess.Popen(
        [sys.executable, "-m", "tapfix", "--watch", "--output-format", "concise", *words],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        # One that says nothing any more ends, and so does what waits for it.
        alarm = threading.Timer(40, process.kill)
        alarm.start()
        try:
            yield Watch(process)
        finally:
            alarm.cancel()
            process.kill()


def test_each_change_of_the_app_is_one_report_until_an_interrupt(project: Path) -> None:
    with watching(project) as watch:
        (first,) = watch.next()
        assert first.startswith("app.py:8:")
        # Several files at once are one report; what is no source is none, as is said below.
        (project / "cdk.out").mkdir()
        (project / "cdk.out" / "made.py").write_text(flawed("Some"))
        (project / "notes.txt").write_text("x")
        (project / "lib" / "first.py").write_text(flawed("Some"))
        (project / "app.py").write_text(sound("Some"))
        (second,) = watch.next()
        assert second.startswith("lib/first.py:8:")
        (project / "cdk.out" / "late.py").write_text(flawed("Some"))
        (project / "late.txt").write_text("x")
        time.sleep(0.5)
        # As editors save: another file takes the name.
        (project / "lib" / "new~").write_text(sound("Some"))
        (project / "lib" / "new~").replace(project / "lib" / "first.py")
        assert watch.next() == []
        # A new folder is watched from then on; it may take another report to say so.
        (project / "more" / "deep").mkdir(parents=True)
        assert watch.next() == []
        (project / "more" / "deep" / "store.py").write_text(flawed("Some"))
        while not (found := watch.next()):
            pass
        assert found[0].startswith("more/deep/store.py:8:")
        # Settings that cannot be read do not end it.
        (project / "tapfix.toml").write_text("odd = 1\n")
        while not (found := watch.next()) or "tapfix.toml" not in found[0]:
            pass
        (project / "tapfix.toml").write_text('ignore = ["TAP007"]\n')
        assert watch.next() == []
        watch.process.send_signal(signal.SIGINT)
        assert watch.process.stdout is not None
        assert watch.process.stdout.read() == ""
        assert watch.process.wait(20) == 130
    assert "RETAIN" in (project / "more" / "deep" / "store.py").read_text()


def test_what_else_a_report_depends_on(project: Path, tmp_path: Path) -> None:
    """What the CDK is to run, and what a baseline holds, wherever it is."""
    (project / "tapfix.toml").write_text('baseline = "../old.json"\n')
    once = [sys.executable, "-m", "tapfix", "--write-baseline", "--quiet", "."]
    (project / "app.py").write_text(sound("Some"))
    subprocess.run(once, cwd=project, check=True)
    (project / "app.py").write_text(flawed("Some"))
    with watching(project) as watch:
        assert len(watch.next()) == 1
        subprocess.run(once, cwd=project, check=True)
        assert watch.next() == []
        (project / "cdk.json").write_text('{"app": "python3 other.py"}\n')
        assert watch.next() == []
    with watching(project, "--baseline", "../new.json") as watch:
        assert watch.next() == []
        (tmp_path / "new.json").write_bytes((tmp_path / "old.json").read_bytes())
        assert watch.next() == []
    assert "RETAIN" in (project / "app.py").read_text()


def test_it_ends_where_nothing_is_left(project: Path) -> None:
    with watching(project, str(project / "lib"), str(project / "missing")) as watch:
        watch.next()
        (project / "lib").rename(project / "gone")
        watch.next()
        assert watch.process.stdout is not None
        assert watch.process.stdout.read() == "tapfix: there is nothing left to watch\n"
        assert watch.process.wait(20) == 2


def test_only_a_terminal_is_cleared(project: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tapfix", "--watch"]
    with subprocess.Popen(command, cwd=project, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        deadline = time.monotonic() + 30
        while WAITING.encode() not in said and time.monotonic() < deadline:
            said += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    os.close(ours)
    assert said.count(CLEARED.encode()) == 1
    assert b"TAP007" in said.partition(CLEARED.encode())[2]


@pytest.mark.parametrize(
    "words", [["--apply"], ["--write-baseline"], ["--dry-run", "--verify"], ["--stdin-filename=a"]]
)
def test_what_writes_or_runs_the_app_is_not_done_again_and_again(
    tapfix: Run, words: list[str]
) -> None:
    code, out, err = tapfix("--watch", *words)
    assert (code, out) == (2, b"")
    assert "exclude each other" in err


def test_without_the_package(tapfix: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tapfix.api.watch", raising=False)
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    line = 'tapfix: --watch needs one more package: pip install "tapfix[watch]"\n'
    assert tapfix("--watch") == (2, b"", line)


def test_where_there_is_nothing_to_watch(tapfix: Run) -> None:
    assert tapfix("--watch", "missing") == (2, b"", "error: missing: no such file or folder\n")
