"""How paths are called in output."""

from __future__ import annotations


def shown(path: str, base: str) -> str:
    """A path relative to the folder ``base`` where it lies below it, else as it is."""
    prefix = base.rstrip("/") + "/"
    return path.removeprefix(prefix) if path.startswith(prefix) else path
