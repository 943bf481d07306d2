"""From edits, or the obstacle to them, to what a finding says of its fix."""

from __future__ import annotations

from typing import TypedDict

from tapfix.edits import Edit, Fix, Impact
from tapfix.recipes.arguments import Obstacle


class Offer(TypedDict, total=False):
    """The keyword of ``Finding`` that holds: a fix, or the reason why there is none."""

    fix: Fix
    reason: str


def offer(title: str, impact: Impact, edits: tuple[Edit, ...] | Obstacle) -> Offer:
    """The fix that these edits make, or the reason why no machine can make it."""
    if isinstance(edits, Obstacle):
        return {"reason": edits.reason}
    return {"fix": Fix(title, impact, tuple(dict.fromkeys(edits)))}
