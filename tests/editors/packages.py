"""Debian packages that tests need and the Python environment cannot hold: editors, a browser."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LISTS = Path("/var/lib/apt")
_QUIET = {"DEBIAN_FRONTEND": "noninteractive"}
_WAIT = ("-q", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3")


def install(*names: str) -> None:
    """Install those packages that are missing. Fails, with what to do, where it may not."""
    if not _missing(names):
        return
    with _alone():
        missing = _missing(names)
        if missing:
            order = f"apt-get install {' '.join(missing)}"
            assert os.geteuid() == 0, f"these tests need more packages: {order}"
            _apt("update")
            _apt("install", "--yes", "--no-install-recommends", *missing)


def _missing(names: tuple[str, ...]) -> list[str]:
    command = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names]
    known = subprocess.run(command, capture_output=True, text=True).stdout
    return [name for name in names if f"{name} installed" not in known.splitlines()]


@contextmanager
def _alone() -> Iterator[None]:
    """One process after the other: the lists of packages have no lock that waits."""
    folder = os.open(_LISTS, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _apt(*words: str) -> None:
    run = subprocess.run(
        ["apt-get", *_WAIT, *words],
        env={**os.environ, **_QUIET},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.returncode == 0, f"apt-get {words[0]} failed:\n{run.stdout}"
