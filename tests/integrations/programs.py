"""Programs as somebody has them on the path: the tapfix of this environment among them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(sys.executable).parent
BIN = f"{FOLDER}{os.pathsep}{os.environ['PATH']}"


def run(
    *words: str | Path, cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, "PATH": BIN, **(environment or {})},
        capture_output=True,
        text=True,
    )
