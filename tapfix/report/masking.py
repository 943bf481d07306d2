"""Passwords that findings know are in no report, however they are spelled."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import lru_cache
from urllib.parse import quote, unquote

_MASK = "********"
_TELLING = 3  # characters: a line of a password with fewer stands everywhere


def masked(text: str, hides: Collection[str]) -> str:
    """A text that comes from sources or templates, with the mask in the place of passwords."""
    for one in _spelled(frozenset(hides)):
        text = text.replace(one, _MASK)
    return text


def masked_values(value: object, hides: Collection[str]) -> object:
    """A value that JSON can hold, with all texts in it masked."""
    if isinstance(value, str):
        return masked(value, hides)
    if isinstance(value, list):
        return [masked_values(one, hides) for one in value]
    if isinstance(value, dict):
        return {masked(key, hides): masked_values(one, hides) for key, one in value.items()}
    return value


def shows(text: str, hides: Collection[str]) -> bool:
    """Whether a password stands in a text."""
    return any(one in text for one in _spelled(frozenset(hides)))


@lru_cache(maxsize=16)  # a page masks thousands of texts
def _spelled(hides: frozenset[str]) -> tuple[str, ...]:
    """Passwords in all spellings, the longest first."""
    forms = {form for text in hides for form in _forms(text) if form}
    return tuple(sorted(forms, key=len, reverse=True))


def _forms(text: str) -> Iterator[str]:
    """A password as it is, in Python strings, in JSON and in addresses; its lines one by one."""
    yield from (text, repr(text)[1:-1], json.dumps(text)[1:-1])
    yield from (quote(text, safe="", errors="replace"), unquote(text))
    lines = (line.strip() for line in text.splitlines())
    yield from (line for line in lines if len(line) >= _TELLING)
