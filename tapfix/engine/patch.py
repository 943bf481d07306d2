"""Replacing byte ranges of a text, so that all else stays byte for byte."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from tapfix.engine.errors import RewriteError


class Rank(enum.IntEnum):
    """Which of several insertions at one offset comes first: what closes before what opens."""

    AFTER_WRAP = 0
    INSERT = 1
    BEFORE_WRAP = 2


@dataclass(frozen=True, slots=True)
class Patch:
    """New text, its newlines LF, for the bytes from ``start`` to ``end``.

    ``nest`` orders insertions of one rank at one offset: the smaller comes first.
    """

    start: int
    end: int
    text: str
    rank: Rank = Rank.INSERT
    nest: int = 0


def apply(text: bytes, patches: Iterable[Patch], newline: str = "\n") -> bytes:
    """The text with all patches done; new lines end with ``newline``.

    Insertions at the edges of a replaced range are kept. Raises RewriteError where two patches
    want the same bytes.
    """
    pieces, position = [], 0
    for patch in sorted(patches, key=lambda p: (p.start, p.end, p.rank, p.nest)):
        if patch.start < position:
            raise RewriteError("two edits want to change the same text")
        pieces.append(text[position : patch.start])
        pieces.append(patch.text.replace("\n", newline).encode())
        position = patch.end
    return b"".join([*pieces, text[position:]])
