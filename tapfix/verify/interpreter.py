"""Which Python runs an app: the one its project uses, else the one that runs tapfix."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tapfix.verify.command import Command

_ENVIRONMENTS = (".venv", "venv", ".env", "env")


class NoInterpreter(Exception):
    """No Python can run the app; the text says why."""


def interpreter_for(
    folder: Path, command: Command, asked: str | None, environment: Mapping[str, str]
) -> str:
    """The interpreter of an app in ``folder``, one that can import ``aws_cdk``.

    The one that was ``asked`` for is taken or refused. Else the first of these that can: the one
    that the app's command names, a virtual environment in the app's folder or above it within its
    repository, the active one, this process's. Raises ``NoInterpreter``.
    """
    if asked is not None:
        if not _has_cdk(asked):
            raise NoInterpreter(f"{asked} cannot import aws_cdk")
        return asked
    tried = []
    for path in dict.fromkeys(_candidates(folder, command, environment)):
        if _has_cdk(path):
            return path
        tried.append(path)
    raise NoInterpreter(
        f"aws_cdk is installed for none of {', '.join(tried)}: name one by --python"
    )


def _candidates(folder: Path, command: Command, environment: Mapping[str, str]) -> Iterator[str]:
    if command.python is not None:
        yield from _existing(folder / command.python)
    for above in (folder, *folder.parents):
        for name in _ENVIRONMENTS:
            if (above / name / "pyvenv.cfg").is_file():
                yield from _python_of(above / name)
        if (above / ".git").exists():
            break
    if "VIRTUAL_ENV" in environment:
        yield from _python_of(Path(environment["VIRTUAL_ENV"]))
    yield sys.executable


def _python_of(environment: Path) -> Iterator[str]:
    parts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    yield from _existing(environment.joinpath(*parts))


def _existing(path: Path) -> Iterator[str]:
    if path.is_file():
        # A link must stay one: what it stands in is how Python knows its environment.
        yield os.path.abspath(path)


def _has_cdk(python: str) -> bool:
    code = "import importlib.util as u, sys; sys.exit(u.find_spec('aws_cdk') is None)"
    try:
        run = subprocess.run(
            [python, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0
