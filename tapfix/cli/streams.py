"""The program's streams: lines for people on standard error, output that may be cut off."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable


def prepare() -> None:
    """Make standard output and standard error take whatever is printed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by whoever started the program: nobody wants to hear.
            nowhere = open(os.devnull, "w", errors="replace")  # noqa: PTH123, SIM115 - until the end
            setattr(sys, name, nowhere)
        elif isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character shows its code; the run goes on.
            stream.reconfigure(errors="backslashreplace")


def tell(lines: Iterable[str]) -> None:
    """Say something on standard error, a line each."""
    from tapfix.report.clean import clean_name

    for line in lines:
        print(f"tapfix: {clean_name(line)}", file=sys.stderr, flush=True)


def tell_refusal(error: OSError) -> None:
    """One line for what the system refuses: a full disk for the output, no current folder."""
    where = f": {error.filename}" if error.filename else ""
    with contextlib.suppress(OSError):
        tell([f"cannot go on: {error.strerror or error}{where}"])
    silence_output()


def silence_output() -> None:
    """Let go of what standard output has not taken: Python would try again at its end, and fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
