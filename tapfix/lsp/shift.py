"""Where places of one text stand in another that differs from it in one stretch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shift:
    """One change to a text: it keeps ``front`` bytes, and those from ``back`` on move ``by``."""

    front: int
    back: int
    by: int

    def of(self, offset: int) -> int:
        """Where an offset stands after the change; what lies in the change goes to its end."""
        if offset <= self.front:
            return offset
        return max(offset, self.back) + self.by


def shift_between(old: bytes, new: bytes) -> Shift:
    """The one change that makes ``new`` of ``old``."""
    front = common(old, new)
    rest = common(old[front:][::-1], new[front:][::-1])
    return Shift(front, len(old) - rest, len(new) - len(old))


def common(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
