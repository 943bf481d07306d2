"""The tokens of a statement by byte offset, alike on every Python version.

From Python 3.12 on, ``tokenize`` takes f-strings apart; here a string literal is always one token.
"""

from __future__ import annotations

import token
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tapfix.engine.errors import RewriteError

_OPENS = {"FSTRING_START", "TSTRING_START"}
_CLOSES = {"FSTRING_END", "TSTRING_END"}
_LAYOUT = {"NL", "NEWLINE", "COMMENT", "INDENT", "DEDENT", "ENDMARKER"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its name in ``token`` and its place in bytes."""

    kind: str
    start: int
    end: int
    text: str

    @property
    def is_code(self) -> bool:
        """Whether the token is more than layout or a comment."""
        return self.kind not in _LAYOUT


def scan(text: bytes) -> list[Token]:
    """All tokens of ``text``. Raises RewriteError where Python's tokenizer gives up."""
    return list(_read(text, 0))


def logical_line(text: bytes, start: int) -> list[Token]:
    """The tokens from ``start`` through the NEWLINE that ends the logical line there."""
    found = []
    for item in _read(text, start):
        found.append(item)
        if item.kind == "NEWLINE":
            break
    return found


def comments(text: bytes) -> list[str]:
    """The comments of ``text`` in order, without trailing blanks."""
    return [item.text.rstrip() for item in scan(text) if item.kind == "COMMENT"]


def _read(text: bytes, start: int) -> Iterator[Token]:
    try:
        yield from _whole_strings(_located(text, start), text)
    except (tokenize.TokenError, SyntaxError) as error:
        raise RewriteError(f"the statement cannot be read: {error.args[0]}") from None


def _located(text: bytes, start: int) -> Iterator[Token]:
    lines: list[tuple[int, str]] = []
    readline = _reader(text, start, lines)
    for item in tokenize.generate_tokens(readline):
        begin, end = _offset(lines, item.start), _offset(lines, item.end)
        yield Token(token.tok_name[item.type], begin, end, item.string)


def _reader(text: bytes, start: int, lines: list[tuple[int, str]]) -> Callable[[], str]:
    """A ``readline`` from ``start`` on that notes each line's offset and text in ``lines``."""
    position = start

    def readline() -> str:
        nonlocal position
        end = text.find(b"\n", position) + 1 or len(text)
        line = text[position:end].decode()
        lines.append((position, line))
        position = end
        return line

    return readline


def _offset(lines: list[tuple[int, str]], place: tuple[int, int]) -> int:
    row, column = place
    base, line = lines[min(row, len(lines)) - 1]
    if row > len(lines):
        return base + len(line.encode())
    return base + (column if line.isascii() else len(line[:column].encode()))


def _whole_strings(parts: Iterator[Token], text: bytes) -> Iterator[Token]:
    depth, begin = 0, 0
    for item in parts:
        if item.kind in _OPENS:
            begin = begin if depth else item.start
            depth += 1
        elif item.kind in _CLOSES:
            depth -= 1
            if not depth:
                yield Token("STRING", begin, item.end, text[begin : item.end].decode())
        elif not depth:
            yield item
