"""The checked-in data are what the builder makes of the installed packages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BUILDER = Path(__file__).parents[2] / "tools" / "build_catalogue.py"


def test_data_are_up_to_date() -> None:
    command = [sys.executable, str(BUILDER), "--check"]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith(" 0 differ\n")
