"""Passwords that findings know are in no report, however they are spelled."""

from __future__ import annotations

import json
from collections.abc import Collection

_MASK = "********"


def masked(text: str, hides: Collection[str]) -> str:
    """A text that comes from sources or templates, with the mask in the place of passwords."""
    for one in _spelled(hides):
        text = text.replace(one, _MASK)
    return text


def shows(text: str, hides: Collection[str]) -> bool:
    """Whether a password stands in a text."""
    return any(one in text for one in _spelled(hides))


def _spelled(hides: Collection[str]) -> list[str]:
    """Passwords as they are, in Python strings and in JSON; the longest first."""
    forms = {
        form for text in hides for form in (text, repr(text)[1:-1], json.dumps(text)[1:-1]) if form
    }
    return sorted(forms, key=len, reverse=True)
