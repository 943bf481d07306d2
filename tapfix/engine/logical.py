"""A logical line: a simple statement, a decorator, or a compound statement's header.

Everything but whole new statements happens inside one logical line; each is read, changed and laid
out by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from tapfix.engine.brackets import Span
from tapfix.engine.outline import indentation
from tapfix.engine.tidy import Frame
from tapfix.engine.tokens import Token, logical_line

_PREFIXES = {
    "elif": "if _:\n    pass\n",
    "else": "if _:\n    pass\n",
    "except": "try:\n    pass\n",
    "finally": "try:\n    pass\n",
    "case": "match _:\n    ",
}
_SUFFIXES = {"match": "\n    case _:\n        pass\n", "case": "\n        pass\n"}


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line from its first token through its comment, the newline left out.

    ``start`` and the tokens' places are offsets in the file.
    """

    start: int
    text: bytes
    indent: str
    frame: Frame
    tokens: tuple[Token, ...]

    @property
    def end(self) -> int:
        """The file's offset behind the line."""
        return self.start + len(self.text)

    @property
    def code_end(self) -> int:
        """The file's offset behind the line's last token that is no comment."""
        return max(token.end for token in self.tokens if token.is_code)

    def strings(self) -> list[Span]:
        """Where string literals stand in ``text``."""
        return [
            (token.start - self.start, token.end - self.start)
            for token in self.tokens
            if token.kind == "STRING"
        ]

    def comments(self, place: Span) -> list[str]:
        """The comments inside a place of ``text``."""
        return [
            token.text.rstrip()
            for token in self.tokens
            if token.kind == "COMMENT" and place[0] <= token.start - self.start < place[1]
        ]


def read_line(text: bytes, plain_text: bytes, start: int) -> Line:
    """The logical line that begins at ``start``; ``plain_text`` is ``text`` without lone CR.

    Raises RewriteError where Python's tokenizer gives up.
    """
    tokens = logical_line(plain_text, start)
    end = max((token.end for token in tokens if token.kind != "NEWLINE"), default=start)
    code = [token.text for token in tokens if token.is_code]
    return Line(start, text[start:end], indentation(text, start), _frame(code), tuple(tokens))


def _frame(code: list[str]) -> Frame:
    first, last = (code[0], code[-1]) if code else ("", "")
    if first == "@":
        return Frame(suffix="\ndef _():\n    pass\n")
    is_header = last == ":"
    suffix = _SUFFIXES.get(first, "\n    pass\n") if is_header else ""
    is_clause = first != "case" or is_header  # `case` and `match` may be plain names
    return Frame(_PREFIXES.get(first, "") if is_clause else "", suffix)
