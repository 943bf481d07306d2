"""A source file's bytes as UTF-8 text and back: byte-order mark, encoding cookie, newlines."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

from tapfix.engine.errors import RewriteError

BOM = b"\xef\xbb\xbf"
TAB_COLUMNS = 4
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_LONE_RETURN = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Source:
    """A decoded file: ``text`` is UTF-8 without byte-order mark, newlines as they were."""

    text: bytes
    encoding: str
    bom: bool


def decode(data: bytes) -> Source:
    """Read a Python source file as Python does (byte-order mark, PEP 263 cookie).

    Raises RewriteError if the bytes are not text in the file's encoding, or would not come back
    the same.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        bom = data.startswith(BOM)
        encoding = "utf-8" if bom else encoding
        body = data[len(BOM) :] if bom else data
        text = body.decode(encoding)
        same = text.encode(encoding) == body
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise RewriteError(f"the file cannot be decoded: {error}") from None
    if not same:
        raise RewriteError(f"the encoding {encoding} does not give the same bytes back")
    return Source(text.encode(), encoding, bom)


def encode(source: Source, text: bytes) -> bytes:
    """Write new UTF-8 text in the encoding of ``source``.

    Raises RewriteError if the encoding has no such characters.
    """
    try:
        body = text.decode().encode(source.encoding)
    except UnicodeEncodeError as error:
        lost = text.decode()[error.start : error.end]
        raise RewriteError(f"the file's encoding {source.encoding} cannot hold {lost!r}") from None
    return BOM + body if source.bom else body


def line_starts(text: bytes) -> list[int]:
    """The offset of each line's first byte; lines end at LF, CRLF or a lone CR, as in ``ast``."""
    return [0, *(match.end() for match in _NEWLINE.finditer(text))]


def line_start(text: bytes, offset: int) -> int:
    """The offset of the first byte of the line that holds ``offset``."""
    return max(text.rfind(b"\n", 0, offset), text.rfind(b"\r", 0, offset)) + 1


def line_end(text: bytes, offset: int) -> int:
    """The offset behind the last byte of the line at ``offset``, its newline not counted."""
    match = _NEWLINE.search(text, offset)
    return match.start() if match else len(text)


def next_line(text: bytes, offset: int) -> int:
    """The offset of the first byte of the line after the one that holds ``offset``."""
    match = _NEWLINE.search(text, offset)
    return match.end() if match else len(text)


def newline_at(text: bytes, offset: int) -> str:
    """The newline for a new line beside ``offset``: its own line's, else the one above's."""
    match = _NEWLINE.search(text, offset)
    if match is None:
        before = text[max(0, line_start(text, offset) - 2) : line_start(text, offset)]
        match = _NEWLINE.search(before)
    return match.group().decode() if match else "\n"


def plain(text: bytes) -> bytes:
    """A copy of the same length with every lone CR as LF, for parsers that know only the latter."""
    return _LONE_RETURN.sub(b"\n", text)


def columns(line: str) -> int:
    """How many columns a line takes, a tab counted as an indentation level of four."""
    return len(line.expandtabs(TAB_COLUMNS))


def previous_line(text: bytes, start: int) -> int:
    """The start of the line before the one that begins at ``start`` (which is not the first)."""
    width = 2 if text.endswith(b"\r\n", 0, start) else 1
    return line_start(text, start - width)
