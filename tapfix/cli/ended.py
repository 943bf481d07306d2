"""The early end of a run, and the exit codes that are not those of a report."""

from __future__ import annotations

from collections.abc import Iterable

FAILED = 2
"""Bad usage, or something that could not be done."""
INTERRUPTED = 130
"""What shells say of a program that Ctrl-C ended."""


class Ended(Exception):
    """The run ends here, with this exit code, after these lines for people."""

    def __init__(self, lines: Iterable[str], code: int = FAILED) -> None:
        super().__init__(*lines)
        self.code = code

    @property
    def lines(self) -> tuple[str, ...]:
        """What to say."""
        return self.args
