"""A diff on standard output: the very bytes, or on a terminal what eyes can take."""

from __future__ import annotations

import os
import sys

from tapfix.report.clean import clean_text
from tapfix.report.paint import paint_for, painted_diff


def print_diff(diff: bytes) -> None:
    """Print a unified diff; on a terminal what its lines hold is shown, and never obeyed."""
    if sys.stdout.isatty():
        diff = clean_text(diff.decode("utf-8", "backslashreplace")).encode()
        diff = painted_diff(diff) if paint_for(sys.stdout, os.environ).enabled else diff
    sys.stdout.flush()
    sys.stdout.buffer.write(diff)
    sys.stdout.buffer.flush()
