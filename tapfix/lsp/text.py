"""A text with its lines: from offsets to the editor's positions and back, in each encoding."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import cached_property

from lsprotocol.types import Position, PositionEncodingKind, Range

# The protocol ends a line at these three only, as Python does; str.splitlines knows more.
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = "\ufeff"
_BOM_WIDTH = len(_BOM.encode())


@dataclass(frozen=True, eq=False)
class Text:
    """A text as the editor has it, perhaps with a byte-order mark.

    Offsets count bytes of the text as UTF-8; half a surrogate pair, which an editor may send, is
    three. An offset inside of a character stands for the character.
    """

    string: str

    @cached_property
    def utf8(self) -> bytes:
        """The text as UTF-8, its byte-order mark included."""
        return self.string.encode("utf-8", "surrogatepass")

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The offset at which each line starts."""
        return (0, *(match.end() for match in _LINE_END.finditer(self.utf8)))

    @property
    def head(self) -> int:
        """The offset of the first byte behind the byte-order mark: zero for a ``Ref``."""
        return _BOM_WIDTH if self.string.startswith(_BOM) else 0

    def line(self, number: int) -> bytes:
        """The bytes of a 0-based line without its end."""
        start = self.starts[number]
        is_last = number + 1 == len(self.starts)
        end = len(self.utf8) if is_last else self.starts[number + 1]
        return self.utf8[start:end].rstrip(b"\r\n")

    def position(self, offset: int, encoding: PositionEncodingKind | str) -> Position:
        """The position of an offset; behind the end of a text, its end."""
        offset = max(0, min(offset, len(self.utf8)))
        line = bisect.bisect_right(self.starts, offset) - 1
        before = self.line(line)[: offset - self.starts[line]]
        return Position(line, _width(before, encoding))

    def offset(self, position: Position, encoding: PositionEncodingKind | str) -> int:
        """The offset of a position; what lies behind the end of a line or the text is its end."""
        if position.line < 0:
            return 0
        if position.line >= len(self.starts):
            return len(self.utf8)
        line = self.line(position.line)
        return self.starts[position.line] + _bytes_of(line, max(0, position.character), encoding)

    def range(self, start: int, end: int, encoding: PositionEncodingKind | str) -> Range:
        """The range between two offsets."""
        return Range(self.position(start, encoding), self.position(end, encoding))

    def replaced(self, area: Range, new: str, encoding: PositionEncodingKind | str) -> Text:
        """The text with another one in a range; a range that ends before it begins is empty."""
        start = self.offset(area.start, encoding)
        end = max(start, self.offset(area.end, encoding))
        data = self.utf8[:start] + new.encode("utf-8", "surrogatepass") + self.utf8[end:]
        return Text(data.decode("utf-8", "surrogatepass"))


def _width(data: bytes, encoding: PositionEncodingKind | str) -> int:
    """How many units of the encoding a piece of a line takes, which may end in a character."""
    if encoding == PositionEncodingKind.Utf8:
        return len(data)
    text = data[: _floor(data)].decode("utf-8", "surrogatepass")
    if encoding == PositionEncodingKind.Utf32:
        return len(text)
    return len(text) + sum(char > "\uffff" for char in text)


def _floor(data: bytes) -> int:
    """The length without the bytes of a last character that is cut off."""
    for back in range(1, min(4, len(data)) + 1):
        first = data[-back]
        if first & 0xC0 != 0x80:
            needed = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
            return len(data) if needed <= back else len(data) - back
    return len(data)


def _bytes_of(line: bytes, units: int, encoding: PositionEncodingKind | str) -> int:
    """How many bytes so many units of the encoding take, no more than the line has."""
    if encoding == PositionEncodingKind.Utf8 or line.isascii():
        return _floor(line[:units])
    text = line.decode("utf-8", "surrogatepass")
    if encoding != PositionEncodingKind.Utf32:
        units -= _extra(text, units)
    return len(text[:units].encode("utf-8", "surrogatepass"))


def _extra(text: str, units: int) -> int:
    """How many of so many UTF-16 units are second halves of characters, or cut one in two."""
    extra = used = 0
    for char in text:
        width = 2 if char > "\uffff" else 1
        if used + width > units:
            return extra + units - used
        used += width
        extra += width - 1
    return extra
