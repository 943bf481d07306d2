"""The Python of a Lambda runtime on this machine, with boto3 alone beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


class AnotherPython(UserWarning):
    """The function ran under another Python than its runtime's."""


def uv() -> str:
    """The uv that CONTRIBUTING.md has installed."""
    found = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}")
    found = found or shutil.which("uv")
    assert found is not None, "uv is not installed"
    return found


def interpreter(runtime: str) -> Path | None:
    """The Python of a runtime such as ``python3.12``, found or downloaded; None if it is not
    to be had."""
    version = runtime.removeprefix("python")
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    # pyenv's own commands stand in the way of those it has not made active.
    folders = [str(folder / "bin") for folder in sorted(root.glob(f"versions/{version}.*"))]
    path = os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])
    for command in ("find", "install", "find"):
        run = subprocess.run(
            [uv(), "python", command, "--no-config", version],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        if command == "find" and run.returncode == 0:
            return Path(run.stdout.strip())
    return None


def environment_with_boto3(python: Path, folder: Path) -> Path:
    """A new virtual environment of ``python`` that holds boto3 alone; its interpreter."""
    own = folder / "bin" / "python"
    for command in (
        ["venv", "--quiet", "--no-project", "--python", str(python), str(folder)],
        ["pip", "install", "--quiet", "--python", str(own), "boto3"],
    ):
        run = subprocess.run([uv(), *command], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
    return own
