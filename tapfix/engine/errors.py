"""The one way in which the engine says no."""

from __future__ import annotations

from tapfix.edits import Ref


class RewriteError(Exception):
    """An edit, or the edits of a file together, cannot be done without harm; nothing was written.

    ``reason`` is one clear line for the user; ``ref`` is the place where it went wrong, if known.
    """

    def __init__(self, reason: str, ref: Ref | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ref = ref
