"""What a finding is known by from run to run, though lines move and files are laid out anew.

A fingerprint is made of the rule's code, the file's path in its repository (without one, in its
app), the statement without layout and comments, and which one of several that are alike it is. A
finding whose statement changes is another finding.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tapfix.api.result import Place, Reported, Result
from tapfix.discover import repository_of
from tapfix.discover.walk import is_below
from tapfix.engine.errors import RewriteError
from tapfix.engine.source import plain
from tapfix.engine.tokens import scan
from tapfix.model.python.source import SourceError, SourceFile, parse

VERSION = "tapfix/v1"
"""What these fingerprints are called: another way to make them gets another number."""

_LENGTH = 32
_CLOSING = (")", "]", "}")


def fingerprints(result: Result, folder: str | None = None) -> Mapping[Reported, str]:
    """The fingerprint of each finding, of those that are silenced too: 32 hexadecimal digits.

    Passwords that findings know are left out of them. Paths count as they are seen from
    ``folder``, whatever repositories there are; without it as the module says.
    """
    sources = _Sources(tuple(sorted(result.hides, key=len, reverse=True)))
    homes = _Homes(result.apps, folder)
    seen: Counter[tuple[str, str, str]] = Counter()
    prints: dict[Reported, str] = {}
    for one in sorted((*result.findings, *result.silenced), key=_order):
        key = (one.rule.code, homes.inside(one.place.path), sources.statement(one.place))
        if one not in prints:
            prints[one] = _digest(*key, str(seen[key]))
            seen[key] += 1
    return prints


def _order(one: Reported) -> tuple[object, ...]:
    place = one.place
    return place.path, place.line, place.column, one.rule.code, one.finding.message


def _digest(*parts: str) -> str:
    data = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.sha256(data).hexdigest()[:_LENGTH]


@dataclass(slots=True)
class _Homes:
    """What paths are relative to: the repository of the innermost app around them, or the app.

    Where there is a ``base``, a real path, it is that alone.
    """

    apps: tuple[str, ...]
    base: str | None
    _known: dict[str, str] = field(default_factory=dict)

    def inside(self, path: str) -> str:
        if self.base is not None:
            return os.path.relpath(os.path.realpath(path), self.base).replace(os.sep, "/")
        folder = str(Path(path).parent)
        app = max((app for app in self.apps if is_below(path, app)), key=len, default=folder)
        if app not in self._known:
            self._known[app] = repository_of(app) or app
        return os.path.relpath(path, self._known[app]).replace(os.sep, "/")


@dataclass(slots=True)
class _Sources:
    """The statements of files, each file parsed once; ``hides`` is what must not be in them."""

    hides: tuple[str, ...]
    _parsed: dict[tuple[str, bytes], SourceFile | None] = field(default_factory=dict)

    def statement(self, place: Place) -> str:
        """The innermost statement at a place, in a form that layout does not change."""
        if place.data is None:
            return ""
        source = self._source(place.path, place.data)
        found = _line(place.data, place.line) if source is None else _at(source, place)
        text = _normal(found)
        for hidden in self.hides:
            text = text.replace(hidden, "")
        return text

    def _source(self, path: str, data: bytes) -> SourceFile | None:
        if (path, data) not in self._parsed:
            try:
                source = parse(path, data) if path.endswith(".py") else None
            except SourceError:
                source = None
            self._parsed[path, data] = source
        return self._parsed[path, data]


def _line(data: bytes, number: int) -> bytes:
    lines = data.splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else b""


def _at(source: SourceFile, place: Place) -> bytes:
    """The innermost statement at a place, of one with a body its head; else the line."""
    if not 0 < place.line <= len(source.line_starts):
        return b""
    start = source.line_starts[place.line - 1]
    before = source.utf8[start:].decode("utf-8")[: max(0, place.column - 1)]
    offset = start + len(before.encode())
    around = [span for span in _spans(source) if span[0] <= offset < span[2]]
    if not around:
        return _line(source.utf8, place.line)
    first, head, _ = min(around, key=lambda span: span[2] - span[0])
    return source.utf8[first:head].rstrip()


def _spans(source: SourceFile) -> Iterator[tuple[int, int, int]]:
    """Where each statement starts, where its head ends, and where it ends."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.stmt):
            end = source.ref(node).end
            body = getattr(node, "body", None) or [c.pattern for c in getattr(node, "cases", ())]
            yield _start(source, node), _start(source, body[0]) if body else end, end


def _start(source: SourceFile, node: ast.AST) -> int:
    """Where a node starts, its decorators included."""
    marks = getattr(node, "decorator_list", None) or [node]
    return source.ref(marks[0]).offset


def _normal(data: bytes) -> str:
    """The tokens with one blank between them; quotes, comments and last commas do not count."""
    try:
        found = [token.text for token in scan(plain(data)) if token.is_code]
    except RewriteError:
        found = data.decode("utf-8", "replace").split()
    pairs = zip(found, [*found[1:], ""], strict=True)
    kept = (text for text, after in pairs if text != "," or after not in _CLOSING)
    return " ".join(kept).replace("'", '"')
