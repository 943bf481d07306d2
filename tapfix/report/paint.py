"""Colour on a terminal, and nowhere else unless it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_DIFF = ((b"+++", "bold"), (b"---", "bold"), (b"+", "green"), (b"-", "red"), (b"@@", "cyan"))


@dataclass(frozen=True, slots=True)
class Paint:
    """Wraps text in colours, or leaves it alone."""

    enabled: bool

    def __call__(self, colour: str, text: str) -> str:
        """The text in a colour: ``bold``, ``dim``, ``red``, ``green``, ``yellow`` or ``cyan``."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.enabled and text else text


PLAIN = Paint(enabled=False)
"""No colours: for files, and for all that is no terminal."""


def paint_for(stream: IO[str], environment: Mapping[str, str]) -> Paint:
    """Colours if the stream is a terminal; ``NO_COLOR`` and ``FORCE_COLOR`` decide before that."""
    if environment.get("NO_COLOR"):
        return Paint(False)
    if environment.get("FORCE_COLOR"):
        return Paint(True)
    return Paint(stream.isatty() and environment.get("TERM") != "dumb")


def painted_diff(diff: bytes) -> bytes:
    """A unified diff with its lines coloured: for eyes, not for ``git apply``."""
    return b"".join(_painted(line) for line in diff.splitlines(keepends=True))


def _painted(line: bytes) -> bytes:
    for mark, colour in _DIFF:
        if line.startswith(mark):
            body = line.rstrip(b"\r\n")
            return b"\x1b[%sm%s\x1b[0m%s" % (_CODES[colour].encode(), body, line[len(body) :])
    return line
