"""How a file wants to be laid out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """The layout settings of a file; ``line_length`` is in columns, as black counts them."""

    line_length: int = 88
