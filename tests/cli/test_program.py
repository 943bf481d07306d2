"""The program as it is started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tapfix import __version__

ROOT = Path(__file__).parent.parent.parent


def program(
    *arguments: str, cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tapfix", *arguments],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        check=False,
    )


def test_the_program_and_the_launcher_of_a_checkout(tmp_path: Path) -> None:
    version = f"tapfix {__version__}\n".encode()
    run = program("--version", cwd=tmp_path)
    assert (run.returncode, run.stdout, run.stderr) == (0, version, b"")
    launcher = [sys.executable, str(ROOT / "cli.py"), "--version"]
    assert subprocess.run(launcher, cwd=tmp_path, capture_output=True, check=True).stdout == version
    help_text = program("--help", cwd=tmp_path).stdout.decode()
    assert all(word in help_text for word in ("--dry-run", "--apply", "tapfix rules", "Exit codes"))
    run = program("missing", cwd=tmp_path)
    assert run.returncode == 2
    assert run.stderr.decode() == "error: missing: no such file or folder\n"


def test_a_terminal_without_the_characters_gets_their_codes(tmp_path: Path) -> None:
    name = "caf\u00e9.txt"
    (tmp_path / name).touch()
    run = program(name, cwd=tmp_path, environment={"PYTHONIOENCODING": "ascii"})
    assert run.returncode == 2
    assert run.stderr == b"error: caf\\xe9.txt: is neither a folder nor a Python file\n"


def test_a_reader_that_goes_away_gets_no_traceback(tmp_path: Path) -> None:
    command = f"{sys.executable} -m tapfix explain TAP | head -n 1"
    run = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert run.stdout.startswith(b"TAP0")
    assert run.stderr == b""


def test_an_interrupt_ends_with_130(tmp_path: Path) -> None:
    script = (
        "import time, tapfix.api\n"
        "from tapfix.cli import main\n"
        "def wait(*_):\n    print('ready', flush=True)\n    time.sleep(30)\n"
        "tapfix.api.run = wait\n"
        "main([])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"")


def test_starting_loads_nothing_that_a_run_needs() -> None:
    script = "import sys, tapfix.cli; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    loaded = {name for name in run.stdout.decode().split() if name.startswith("tapfix")}
    assert {name for name in loaded if not name.startswith("tapfix.cli")} == {"tapfix"}
