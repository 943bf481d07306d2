"""The places in a statement where a driver puts values, in each driver's way of writing them."""

from __future__ import annotations

import re
from typing import Literal

Style = Literal["format", "named", "numeric", "plain"]
"""``%s`` and ``%(name)s``; ``:name``; ``$1``; no places at all."""

_PARTS = re.compile(
    r"""(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$.*?\$\2\$)"""
    r"""|(?P<comment>--[^\n]*|/\*.*?\*/)"""
    r"""|(?P<escaped>%%)|%(?:\((?P<format>\w+)\))?[sbt]|(?P<cast>::)|(?<!\w):(?P<named>[a-zA-Z_]\w*)"""
    r"""|\$(?P<numeric>\d+)""",
    re.DOTALL,
)
_WITHIN = re.compile(r"%%|%(?:\((\w+)\))?[sbt]")


def style_of(text: str, has_values: bool) -> Style:
    """How a statement marks the places of its values."""
    found = [match for match in _PARTS.finditer(text) if match["comment"] is None]
    if not has_values:
        return "plain"
    if any(_is_format(match) for match in found):
        return "format"
    if any(match["numeric"] for match in found):
        return "numeric"
    return "named" if any(match["named"] for match in found) else "format"


def _is_format(match: re.Match[str]) -> bool:
    if match["text"] is not None:
        return any(within[0] != "%%" for within in _WITHIN.finditer(match["text"]))
    return match[0].startswith("%") and not match["escaped"]


def numbered(text: str, style: Style) -> tuple[str, dict[str, int | str]]:
    """A statement with ``:p1``, ``:p2``, … for its values, and which value each of them is.

    A value's number counts from 0; a name stands for itself. What stands inside of a text
    (``INTERVAL '%s days'``) becomes a part of it.
    """
    keys: dict[str, int | str] = {}
    count = 0

    def place(name: str | None) -> int | str:
        nonlocal count
        if name is not None:
            return name
        count += 1
        return count - 1

    def within(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        place(match[1])
        return "1"

    def put(match: re.Match[str]) -> str:
        if match["text"] is not None:
            return _WITHIN.sub(within, match[0]) if style == "format" else match[0]
        if match["comment"] is not None:
            return " "
        if match["cast"] is not None or style == "plain":
            return match[0]
        if match["escaped"] is not None:
            return "%" if style == "format" else match[0]
        value: int | str | None = None
        if style == "format" and match[0].startswith("%"):
            value = place(match["format"])
        elif style == "named" and match["named"] is not None:
            value = match["named"]
        elif style == "numeric" and match["numeric"] is not None:
            value = int(match["numeric"]) - 1
        if value is None:
            return match[0]
        name = f"p{len(keys) + 1}"
        keys[name] = value
        return f":{name}"

    return _PARTS.sub(put, text), keys
