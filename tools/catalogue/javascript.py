"""Enough of JavaScript to find classes, constructors, calls and object literals in minified code.

Nothing here understands the language: brackets are matched, with strings, templates and regular
expressions skipped, and texts are split at top-level commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'')
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_NOTABLE = re.compile(r"[\"'`/(){}\[\],;]")
_BEFORE_REGEX = frozenset("(,=:[!&|?{};+-*%<>~^")
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_KEY = re.compile(r"(?:(\w+)|\"([^\"]*)\"):(.*)", re.DOTALL)


def marks(text: str, start: int) -> Iterator[tuple[int, str, int]]:
    """Brackets, commas and semicolons from ``start`` on, outside literals.

    Each comes with its offset and its depth: an opening bracket and its closing one have the
    depth that holds inside them. Ends at the bracket that closes what was open before ``start``.
    """
    depth = 0
    at = start
    while found := _NOTABLE.search(text, at):
        mark, here = found[0], found.start()
        at = here + 1
        if mark in "\"'`/":
            at = _literal_end(text, here, start)
        elif mark in _OPENING:
            depth += 1
            yield here, mark, depth
        else:
            yield here, mark, depth
            if mark in _CLOSING:
                depth -= 1
                if depth < 0:
                    return


def closing(text: str, opening: int) -> int:
    """The offset of the bracket that closes the one at ``opening``.

    Raises ValueError if there is none.
    """
    for at, mark, depth in marks(text, opening):
        if depth == 1 and mark in _CLOSING:
            return at
    raise ValueError(f"bracket at {opening} is never closed")


def split(text: str) -> list[str]:
    """The parts of ``text`` between its top-level commas."""
    parts = []
    start = 0
    for at, mark, depth in marks(text, 0):
        if mark == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [part for part in parts if part]


def expression(text: str, start: int) -> str:
    """The expression that starts at ``start``, up to a top-level comma, semicolon or bracket."""
    for at, mark, depth in marks(text, start):
        if depth == 0 and mark in ",;)]}":
            return text[start:at]
    return text[start:]


def entries(literal: str) -> tuple[dict[str, str], list[str]]:
    """The entries of an object literal's inside, and the expressions it spreads (``...x``)."""
    named: dict[str, str] = {}
    spread: list[str] = []
    for part in split(literal):
        pair = _KEY.match(part)
        if part.startswith("..."):
            spread.append(part[3:])
        elif pair:
            named[pair[1] or pair[2]] = pair[3]
        elif re.fullmatch(r"\w+", part):
            named[part] = part
    return named, spread


def _literal_end(text: str, at: int, start: int) -> int:
    """Where the literal ends that starts at ``at``; behind the slash if that only divides."""
    mark = text[at]
    if mark == "`":
        return _template_end(text, at)
    if mark == "/" and not _starts_regex(text, at, start):
        return at + 1
    found = (_REGEX if mark == "/" else _STRING).match(text, at)
    return found.end() if found else at + 1


def _starts_regex(text: str, at: int, start: int) -> bool:
    before = text[max(start, at - 8) : at]
    return not before or before[-1] in _BEFORE_REGEX or before.endswith(("return", "typeof"))


def _template_end(text: str, at: int) -> int:
    at += 1
    while text[at] != "`":
        if text[at] == "\\":
            at += 2
        elif text.startswith("${", at):
            at = closing(text, at + 1) + 1
        else:
            at += 1
    return at + 1
