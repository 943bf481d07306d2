"""Black as a library, for the statements that it had left unchanged.

A file need not use black's four spaces: a statement is taken out of its indentation, its inner
levels are brought to four spaces, and the result goes back the same way.
"""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass

from tapfix.engine.outline import Habits
from tapfix.engine.source import columns, plain
from tapfix.engine.tokens import scan

LEVEL = "    "


@dataclass(frozen=True, slots=True)
class Frame:
    """What makes a module of a logical line: text before and after it, as black writes it."""

    prefix: str = ""
    suffix: str = ""


@functools.lru_cache(maxsize=512)  # the same statements come up for each round of fixes
def black(text: str, line_length: int, *, modern: bool) -> str | None:
    """The text as black lays it out; None if black cannot read it."""
    from black import format_str  # loads slowly, and only changed files need it
    from black.mode import Mode, TargetVersion
    from black.parsing import InvalidInput

    versions = {v for v in TargetVersion if v.value >= TargetVersion.PY36.value}
    mode = Mode(
        target_versions=versions if modern else set(),
        line_length=max(line_length, 1),
        string_normalization=False,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes in the user's strings
            return format_str(text, mode=mode)
    except (InvalidInput, AssertionError, RecursionError):
        return None


def tidied(
    before: str, after: str, frame: Frame, indent: str, habits: Habits, line_length: int
) -> str | None:
    """The changed logical line as black lays it out.

    None where black would have changed the text as it was before, so that the user's own layout is
    to be kept. Newlines are LF; ``indent`` is the indentation of the line.
    """
    width = line_length - columns(indent)
    old, new = _dedented(before, indent, habits.unit), _dedented(after, indent, habits.unit)
    if old is None or new is None:
        return None
    for modern in (habits.modern, not habits.modern):
        if _framed(old, frame, width, modern) == old:
            result = _framed(new, frame, width, modern)
            return None if result is None else _indented(result, indent, habits.unit)
    return None


def deepened(
    text: str, frame: Frame, indent: str, deeper: str, habits: Habits, line_length: int
) -> str | None:
    """A logical line that moves from one indentation to another, as black lays it out there.

    None where black would have changed it before: the user's own layout is to be kept.
    """
    old = _dedented(text, indent, habits.unit)
    if old is None:
        return None
    for modern in (habits.modern, not habits.modern):
        if _framed(old, frame, line_length - columns(indent), modern) == old:
            result = _framed(old, frame, line_length - columns(deeper), modern)
            return None if result is None else _indented(result, deeper, habits.unit)
    return None


def _framed(text: str, frame: Frame, width: int, modern: bool) -> str | None:
    result = black(frame.prefix + text + frame.suffix, width, modern=modern)
    suffix = frame.suffix or "\n"
    if result is None or not result.startswith(frame.prefix) or not result.endswith(suffix):
        return None
    return result[len(frame.prefix) : -len(suffix)]


def _dedented(text: str, indent: str, unit: str, inside: set[int] | None = None) -> str | None:
    """Continuation lines without ``indent``, their levels as four spaces; None if one has less."""
    lines = text.split("\n")
    inside = lines_inside_strings(text) if inside is None else inside
    for number, line in enumerate(lines[1:], 1):
        if number in inside or not line.strip():
            continue
        if not line.startswith(indent):
            return None
        lines[number] = _relevelled(line.removeprefix(indent), unit, LEVEL)
    return "\n".join(lines)


def _indented(text: str, indent: str, unit: str, inside: set[int] | None = None) -> str:
    lines = text.split("\n")
    inside = lines_inside_strings(text) if inside is None else inside
    for number, line in enumerate(lines[1:], 1):
        if number not in inside and line:
            lines[number] = indent + _relevelled(line, LEVEL, unit)
    return "\n".join(lines)


def _relevelled(line: str, old: str, new: str) -> str:
    levels = 0
    while line.startswith(old):
        line = line.removeprefix(old)
        levels += 1
    return new * levels + line


def lines_inside_strings(text: str, *, docstrings: bool = True) -> set[int]:
    """The numbers, from 0, of the lines that begin inside a string literal.

    Without ``docstrings``, literals that are a whole statement are not counted: their lines move
    with the code.
    """
    data = plain(text.encode())
    inside: set[int] = set()
    if b"\n" not in data:
        return inside
    tokens = [token for token in scan(data) if token.kind not in ("NL", "COMMENT")]
    kinds = ["NEWLINE", *(token.kind for token in tokens), "NEWLINE"]
    for number, token in enumerate(tokens):
        before, after = kinds[number], kinds[number + 2]
        is_statement = before in ("NEWLINE", "INDENT", "DEDENT") and after == "NEWLINE"
        if token.kind == "STRING" and (docstrings or not is_statement):
            first = data.count(b"\n", 0, token.start)
            inside.update(range(first + 1, first + token.text.count("\n") + 1))
    return inside


def reindented(text: str, indent: str, unit: str) -> str:
    """Dedented text with four-space levels, every line but the first moved to ``indent``."""
    return _indented(text, indent, unit)


def statements(text: str, indent: str, habits: Habits, line_length: int) -> str:
    """Dedented statements as black lays them out at ``indent``, all lines indented, LF."""
    width = line_length - columns(indent)
    if not indent:
        laid = black(text + "\n", width, modern=habits.modern)
        return text if laid is None else laid.rstrip("\n")
    header = "if _:\n"  # one level deep, black leaves one line around functions and not two
    framed = header + LEVEL + _moved(text, LEVEL, LEVEL)
    laid = black(framed + "\n", width + len(LEVEL), modern=habits.modern)
    if laid is None:
        return indent + _moved(text, indent, habits.unit)
    inside = lines_inside_strings(laid, docstrings=False)
    level = _dedented(laid, LEVEL, LEVEL, inside) or framed
    return indent + _moved(level.removeprefix(header).strip("\n"), indent, habits.unit)


def _moved(text: str, indent: str, unit: str) -> str:
    return _indented(text, indent, unit, lines_inside_strings(text, docstrings=False))
