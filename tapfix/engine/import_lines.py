"""Where new import statements go among a file's imports."""

from __future__ import annotations

import ast
import itertools
import re
import sys
from collections.abc import Sequence, Set
from dataclasses import dataclass

from tapfix.engine.insertion import above_comments, blank_lines, gap
from tapfix.engine.outline import Habits, Outline
from tapfix.engine.patch import Patch, Rank
from tapfix.engine.source import line_start, newline_at, next_line
from tapfix.engine.tidy import statements

Import = ast.Import | ast.ImportFrom
_COMMENT_LINE = re.compile(rb"[ \t\f]*#[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MUST_BE_FIRST = re.compile(rb"#!|[ \t\f]*#[^\r\n]*coding[:=]")
_FUTURE, _STANDARD, _THIRD_PARTY, _LOCAL = range(4)


@dataclass(frozen=True, slots=True)
class _New:
    """A statement to come, its syntax, and the section it belongs to."""

    text: str
    node: Import
    section: int


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place between lines, and the empty lines to put before and behind what goes there."""

    offset: int
    above: int = 0
    below: int = 0


def new_lines(
    outline: Outline,
    zone: Sequence[Import],
    texts: Sequence[str],
    own: Set[str],
    habits: Habits,
    line_length: int,
) -> list[Patch]:
    """Patches that put import statements at their places; ``zone`` are the imports there are.

    ``own`` are the packages of the project itself, whose imports stand behind those of libraries.
    """
    news = sorted((_parsed(text, own) for text in texts), key=lambda new: _isort_key(new.node))
    spots: dict[_Spot, list[_New]] = {}
    for new in sorted(news, key=lambda new: new.section):
        spots.setdefault(_spot(outline, zone, new, own), []).append(new)
    return [
        _patch(outline.text, spot, group, habits, line_length, nest)
        for nest, (spot, group) in enumerate(spots.items())
    ]


def module_of(node: Import) -> str:
    """The module an import names (its first one), leading dots included."""
    if isinstance(node, ast.Import):
        return node.names[0].name
    return "." * node.level + (node.module or "")


def _parsed(text: str, own: Set[str]) -> _New:
    node = ast.parse(text).body[0]
    assert isinstance(node, Import)
    return _New(text, node, _section(node, own))


def _patch(
    text: bytes, spot: _Spot, group: Sequence[_New], habits: Habits, line_length: int, nest: int
) -> Patch:
    blocks = [
        "\n".join(statements(new.text, "", habits, line_length) for new in block)
        for _, block in itertools.groupby(group, key=lambda new: new.section)
    ]
    out = "\n" * spot.above + "\n\n".join(blocks) + "\n" + "\n" * spot.below
    if line_start(text, spot.offset) != spot.offset:  # the file ends without a newline
        out = "\n" + out[:-1]
    out = out.replace("\n", newline_at(text, spot.offset))
    return Patch(spot.offset, spot.offset, out, Rank.AFTER_WRAP, nest)


def _spot(outline: Outline, zone: Sequence[Import], new: _New, own: Set[str]) -> _Spot:
    """Beside its kin: imports of the same package, else of the same section."""
    node = new.node
    related = [old for old in zone if _root(old) == _root(node) and _root(old) != "__future__"]
    kin = related or [old for old in zone if _section(old, own) == new.section]
    if kin:
        return _among(outline, kin, node)
    lower = [old for old in zone if _section(old, own) < new.section]
    if lower:
        return _Spot(_behind(outline, lower[-1]), above=1)
    if zone:
        return _Spot(above_comments(outline.text, outline.span(zone[0])[0]), below=1)
    return _top(outline, node)


def _among(outline: Outline, kin: Sequence[Import], node: Import) -> _Spot:
    """At the sorted place, if the kin are sorted; else behind the last."""
    for key in (_isort_key, _module_key):
        if all(key(a) <= key(b) for a, b in itertools.pairwise(kin)):
            earlier = [old for old in kin if key(old) <= key(node)]
            if not earlier:
                return _Spot(line_start(outline.text, outline.span(kin[0])[0]))
            return _Spot(_behind(outline, earlier[-1]))
    return _Spot(_behind(outline, kin[-1]))


def _behind(outline: Outline, node: ast.stmt) -> int:
    return next_line(outline.text, outline.span(node)[1])


def _isort_key(node: Import) -> tuple[object, ...]:
    """``import …`` before ``from …``, each by module."""
    return isinstance(node, ast.ImportFrom), *_module_key(node)


def _module_key(node: Import) -> tuple[object, ...]:
    return module_of(node).lower(), by_type(node.names[0].name)


def by_type(name: str) -> tuple[object, ...]:
    """The order of isort and Ruff: a star, constants, classes, the rest."""
    if name == "*":
        return -1, name
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name.lower()


def _root(node: Import) -> str:
    return module_of(node).partition(".")[0]


def _section(node: Import, own: Set[str]) -> int:
    root = _root(node)
    if not root or root in own:
        return _LOCAL
    if root == "__future__":
        return _FUTURE
    return _STANDARD if root in sys.stdlib_module_names else _THIRD_PARTY


def _top(outline: Outline, node: Import) -> _Spot:
    """A file without imports: behind its docstring, or behind the comments it begins with."""
    body, text = outline.tree.body, outline.text
    if body and ast.get_docstring(outline.tree, clean=False) is not None:
        place, above, following = _behind(outline, body[0]), 1, body[1:2]
    else:
        place, above = _behind_header(text)
        following = body[:1]
    wanted = gap(node, following[0], top=True) if following else 0
    return _Spot(place, above, max(0, wanted - blank_lines(text, place)))


def _behind_header(text: bytes) -> tuple[int, int]:
    """Behind the comments that begin the file, and the empty lines to put before an import.

    Comments that stand directly on the first statement are its own, but for ``#!`` and an encoding.
    """
    place = first = 0
    while place < len(text) and (match := _COMMENT_LINE.match(text, place)):
        first = match.end() if _MUST_BE_FIRST.match(text, place) else first
        place = match.end()
    if place and (place == len(text) or blank_lines(text, place)):
        return place, 1
    return first, 0
