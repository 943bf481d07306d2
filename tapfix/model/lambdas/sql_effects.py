"""Whether an SQL statement may be done twice with the same parameters.

Only what is plain is taken for repeatable: each column gets a value that depends on no row.
"""

from __future__ import annotations

import re
from typing import Literal

Repeats = Literal["quiet", "read", "set", "once"]

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_VALUE = r"""(?:%s|%\(\w+\)s|:\w+|\?|\$\d+|null|true|false|default|[-]?\d+(?:\.\d+)?|'[^']*'
    |now\(\)|current_timestamp(?:\(\))?|excluded\.\w+|values\s*\(\s*\w+\s*\))(?:::\w+)?"""
_ASSIGNED = re.compile(rf'["`\w.]+\s*=\s*{_VALUE}', re.VERBOSE | re.IGNORECASE)
_UPDATE = re.compile(r"update\s+\S+(?:\s+(?:as\s+)?\w+)?\s+set\s+(.*?)(?:\s+where\s.*)?", re.DOTALL)
_UPSERT = re.compile(r"insert\s.*\bon\s+conflict\b.*?\bdo\s+update\s+set\s+(.*)", re.DOTALL)
_DUPLICATE = re.compile(r"insert\s.*\bon\s+duplicate\s+key\s+update\s+(.*)", re.DOTALL)
_NOTHING = re.compile(r"insert\s.*\bon\s+conflict\b.*\bdo\s+nothing|insert\s+ignore\s.*", re.DOTALL)
_REPLACED = re.compile(r"(?:delete from|replace into)\s(?!.*\b(?:select|limit)\b)", re.DOTALL)
_ENDS = re.compile(r"\s+(?:where|returning)\s.*", re.DOTALL)


def effect_of(statement: str) -> Repeats:
    """What a statement does: it reads, it sets values, or something that counts how often."""
    text = _COMMENT.sub(" ", statement).strip().rstrip(";").strip().lower()
    if ";" in text:
        return "once"
    if re.match(r"(set|begin|commit|rollback|savepoint|release)\b", text):
        return "quiet"
    if text.startswith("select") and " into " not in text and "nextval" not in text:
        return "read"
    if _NOTHING.fullmatch(text) or _REPLACED.match(text):
        return "set"
    for pattern in (_UPSERT, _DUPLICATE, _UPDATE):
        match = pattern.fullmatch(text)
        if match:
            return "set" if _are_plain(_ENDS.sub("", match[1])) else "once"
    return "once"


def _are_plain(assignments: str) -> bool:
    """Whether all of ``a = %s, b = now()`` give a column what is no other column's value."""
    return all(_ASSIGNED.fullmatch(part.strip()) for part in _parts(assignments))


def _parts(text: str) -> list[str]:
    parts, depth, quoted = [""], 0, False
    for sign in text:
        quoted ^= sign == "'"
        if not quoted:
            depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
