"""The program on a pseudo-terminal: keys go in when it asks, and all that it shows comes out."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

_START = (
    "import fcntl, os, sys, termios\n"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"  # so that Ctrl-C is a signal
    "os.execv(sys.executable, [sys.executable, '-m', 'tapfix', *sys.argv[1:]])\n"
)
_ENDS = (b"]? ", b"back): ")


Keys: TypeAlias = "str | Callable[[], str]"
"""What is typed, each character a byte; or what is done at that moment, and then typed."""


def talk(
    folder: Path, arguments: Sequence[str], keys: Sequence[Keys], environment: Mapping[str, str]
) -> tuple[int, str]:
    """Run tapfix in a folder, give it a line of keys whenever it asks: exit code and screen.

    There must be as many keys as questions.
    """
    leader, follower = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-c", _START, *arguments],
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1", **environment},
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        ) as program:
            os.close(follower)
            screen = _screen(leader, list(keys))
            program.wait(60)
    finally:
        os.close(leader)
    return program.returncode, screen.decode(errors="replace").replace("\r\n", "\n")


def _screen(leader: int, keys: list[Keys]) -> bytes:
    screen, read = b"", 0
    while data := _read(leader):
        screen += data
        if any(end in screen[read:] for end in _ENDS):
            read = len(screen)
            if not keys:
                raise AssertionError(f"asked more than expected:\n{screen.decode()}")
            typed = keys.pop(0)
            os.write(leader, (typed if isinstance(typed, str) else typed()).encode("latin-1"))
    assert not keys, f"asked less than expected:\n{screen.decode()}"
    return screen


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # nobody holds the other end any more
        return b""
