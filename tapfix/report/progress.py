"""A progress bar on a terminal, once the work has lasted a second."""

from __future__ import annotations

import time
from types import TracebackType
from typing import IO, TYPE_CHECKING

from tapfix.report.clean import clean_name
from tapfix.report.names import shown

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 1.0
"""Seconds without a bar: most runs are over before."""


class Bar:
    """A context in which ``step`` may be told how far the work is; it draws on ``stream``."""

    def __init__(self, stream: IO[str], base: str, *, enabled: bool) -> None:
        self._stream = stream
        self._base = base
        self._enabled = enabled and stream.isatty()
        self._start = time.monotonic()
        self._drawn: tuple[Progress, TaskID] | None = None

    def step(self, done: int, total: int, what: str) -> None:
        """Show that ``done`` of ``total`` steps are done and that ``what`` comes next."""
        if not self._enabled or time.monotonic() - self._start < PATIENCE:
            return
        if self._drawn is None:
            self._drawn = self._draw()
        progress, task = self._drawn
        name = clean_name(shown(what, self._base))
        progress.update(task, completed=done, total=total, description=name)

    def _draw(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import Progress, TextColumn

        # A name in brackets is a name here, not rich's markup.
        name = TextColumn("{task.description}", markup=False)
        columns = (name, *Progress.get_default_columns()[1:])
        progress = Progress(*columns, console=Console(file=self._stream), transient=True)
        progress.start()
        return progress, progress.add_task("")

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn is not None:
            self._drawn[0].stop()
