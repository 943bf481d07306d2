"""What a baseline file lists, and what a run makes of the list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One finding. ``path`` is relative to the baseline's folder, with slashes.

    ``message`` is empty where a password would stand in it.
    """

    path: str
    code: str
    message: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """A baseline file after a run: what it should hold, and its entries that match nothing.

    ``file`` is its absolute path.
    """

    file: str
    entries: tuple[Entry, ...]
    stale: tuple[Entry, ...]
