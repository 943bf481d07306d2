"""An editor that runs without a screen, with the real server, and what the tests ask of it.

The words that it understands are those of ``neovim.lua`` and ``emacs.el`` beside this file.
"""

from __future__ import annotations

import base64
import difflib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEADLINE = 60.0
"""Seconds after which something that was to happen has not. Most takes less than one."""

HERE = Path(__file__).parent
_PAUSE = 0.03
_SERVER = """\
#!/bin/sh
echo $$ >>{folder}/servers
exec {python} -m tapfix "$@" 2>>{folder}/stderr
"""


@dataclass(frozen=True, slots=True)
class Start:
    """How to start an editor that can be asked, and the command that asks it in words."""

    command: Sequence[str]
    asking: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Editor:
    """A running editor. ``folder`` is its own: home, settings, and what it and its server say."""

    folder: Path
    process: subprocess.Popen[bytes]
    asking: Callable[[str], Sequence[str]]
    environment: Mapping[str, str]

    def ask(self, deed: str, *arguments: object) -> Any:
        """Let it do something, and what comes of it."""
        run = self._say(deed, *arguments)
        assert run.returncode == 0, f"{deed}: {run.stdout}{run.stderr}\n{self.said()}"
        reply = json.loads(Path(self.environment["DEED_REPLY"]).read_text(encoding="utf-8"))
        assert "error" not in reply, f"{deed}: {reply['error']}\n{self.said()}"
        return reply.get("answer")

    def _say(self, *call: object) -> subprocess.CompletedProcess[str]:
        command = self.asking(base64.b64encode(json.dumps(call).encode()).decode())
        try:
            return subprocess.run(
                command,
                env=self.environment,
                cwd=self.folder,
                capture_output=True,
                text=True,
                timeout=DEADLINE,
            )
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{call[0]}: no answer\n{self.said()}") from None

    def ready(self) -> None:
        """Wait until it can be asked."""
        end = time.monotonic() + DEADLINE
        while (run := self._say("texts")).returncode != 0:
            assert self.process.poll() is None, f"it ended\n{self.said()}"
            assert time.monotonic() < end, f"no answer: {run.stdout}{run.stderr}\n{self.said()}"
            time.sleep(_PAUSE)

    def wait(self, deed: str, wanted: object, seen_as: Callable[[Any], object]) -> None:
        """Ask until the answer is what is wanted."""
        end = time.monotonic() + DEADLINE
        while (seen := seen_as(self.ask(deed))) != wanted:
            if time.monotonic() > end:
                complaints = json.dumps(self.ask("complaints"), indent=1)
                raise AssertionError(f"{apart(seen, wanted)}\n{complaints}\n{self.said()}")
            time.sleep(_PAUSE)

    def said(self) -> str:
        """What the editor and its servers wrote, for a message of failure."""
        logs = sorted(path for path in self.folder.rglob("*") if _is_log(path))
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')}" for path in logs)

    def servers(self) -> list[int]:
        """The processes of the servers that it has started."""
        started = self.folder / "servers"
        return [int(line) for line in started.read_text().split()] if started.exists() else []

    def quit(self) -> None:
        """Close it as a person does, and see that it ends, and all its servers with it."""
        self._say("quit")  # it may be gone before it has answered
        self._ended()

    def kill(self) -> None:
        """Kill it, and see that all its servers end."""
        self.process.kill()
        self._ended()

    def _ended(self) -> None:
        assert self.servers(), f"it started no server\n{self.said()}"
        end = time.monotonic() + DEADLINE
        while left := self._left():
            assert time.monotonic() < end, f"still there: {left}\n{self.said()}"
            time.sleep(_PAUSE)
        complaints = (self.folder / "stderr").read_text(errors="replace")
        assert complaints == "", f"a server complained:\n{complaints}"

    def _left(self) -> list[int]:
        """Those of its processes that run."""
        editors = [] if self.process.poll() is not None else [self.process.pid]
        return [*editors, *filter(_runs, self.servers())]


@contextmanager
def running(folder: Path, start: Start) -> Iterator[Editor]:
    """Start an editor whose home is ``folder``, as a user who has installed tapfix does."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    server = programs / "tapfix"
    server.write_text(_SERVER.format(folder=folder, python=sys.executable))
    server.chmod(0o755)
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "TMPDIR": str(folder),
        "DEED_REPLY": str(folder / "reply"),
    }
    with (folder / "editor.log").open("wb") as log:
        process = subprocess.Popen(
            start.command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    editor = Editor(folder, process, start.asking, environment)
    try:
        editor.ready()
        yield editor
    finally:
        process.kill()
        process.wait()
        for left in filter(_runs, editor.servers()):
            os.kill(left, signal.SIGKILL)


def _runs(process: int) -> bool:
    """Whether a process is there, and more than an entry that nobody has fetched."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _is_log(path: Path) -> bool:
    return path.is_file() and path.name in ("editor.log", "stderr", "lsp.log")


def apart(seen: object, wanted: object) -> str:
    """How two answers differ, line by line."""
    return "\n".join(difflib.unified_diff(_lines(wanted), _lines(seen), "wanted", "seen", n=1))


def _lines(answer: object) -> list[str]:
    if isinstance(answer, dict):
        return [line for key, text in answer.items() for line in (key, *str(text).splitlines())]
    return [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]
