"""Rewriting string literals in the words of their own source: an f-string where a value goes in.

A string expression may be several literals side by side, raw, triple-quoted, with escapes, with
fields. What is not touched keeps its spelling; a literal that takes a value becomes an f-string.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(r"(?P<prefix>[A-Za-z]*)(?P<quote>'''|\"\"\"|'|\")")
_BETWEEN = re.compile(r"(?:\s|\\\r?\n|#[^\n]*)+")
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[0-7]{1,3}|\r?\n|.)",
    re.DOTALL,
)


class NotALiteral(Exception):
    """The source is no string literal that can be read."""


@dataclass(frozen=True, slots=True)
class Atom:
    """A character of a literal, or a field of an f-string, and where its source stands.

    ``text`` is the character; ``field`` the number of the field, counted from 0, else None.
    """

    text: str
    start: int
    end: int
    field: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One literal of a string expression. ``start`` and ``end`` include prefix and quotes."""

    prefix: str
    quote: str
    start: int
    end: int
    atoms: tuple[Atom, ...]

    @property
    def is_format(self) -> bool:
        """Whether it is an f-string."""
        return "f" in self.prefix.lower()

    @property
    def is_raw(self) -> bool:
        """Whether backslashes stand for themselves."""
        return "r" in self.prefix.lower()

    @property
    def body(self) -> tuple[int, int]:
        """Where the text between the quotes stands."""
        return self.start + len(self.prefix) + len(self.quote), self.end - len(self.quote)


@dataclass(frozen=True, slots=True)
class Replacement:
    """What goes in the place of a part of a literal's source: literal text with ``{fields}``."""

    start: int
    end: int
    text: str


def pieces(source: str) -> list[Piece]:
    """The literals of a string expression. Raises ``NotALiteral`` for anything else."""
    found: list[Piece] = []
    at, fields = 0, 0
    while at < len(source):
        gap = _BETWEEN.match(source, at)
        if gap is not None:
            at = gap.end()
            continue
        piece = _piece(source, at, fields)
        fields += sum(atom.field is not None for atom in piece.atoms)
        found.append(piece)
        at = piece.end
    if not found:
        raise NotALiteral
    return found


def atoms(source: str) -> list[Atom]:
    """The characters and fields of a string expression in order."""
    return [atom for piece in pieces(source) for atom in piece.atoms]


def replaced(source: str, replacements: list[Replacement]) -> str:
    """The source with parts replaced; raises ``NotALiteral`` if that cannot be done.

    A replacement lies within one literal, which becomes an f-string.
    """
    result = []
    last = 0
    for piece in pieces(source):
        inside = [r for r in replacements if piece.body[0] <= r.start and r.end <= piece.body[1]]
        result += [source[last : piece.start], _rewritten(source, piece, inside)]
        last = piece.end
        replacements = [r for r in replacements if r not in inside]
    if replacements:
        raise NotALiteral
    text = "".join(result) + source[last:]
    _check(text)
    return text


def _rewritten(source: str, piece: Piece, inside: list[Replacement]) -> str:
    if not inside:
        return source[piece.start : piece.end]
    at, end = piece.body
    body = []
    for one in sorted(inside, key=lambda r: r.start):
        body += [_as_format(source[at : one.start], piece), _in_quotes(one.text, piece.quote)]
        at = one.end
    body.append(_as_format(source[at:end], piece))
    prefix = piece.prefix if piece.is_format else f"f{piece.prefix.replace('u', '')}"
    return f"{prefix}{piece.quote}{''.join(body)}{piece.quote}"


def _in_quotes(text: str, quote: str) -> str:
    """Literal text with fields, whose own quotes must be others than those around them.

    Python before 3.12 reads no others.
    """
    other = "'" if quote == '"' else '"'
    return text.replace(quote, other) if quote in text and other not in text else text


def _as_format(body: str, piece: Piece) -> str:
    if piece.is_format:
        return body
    # The braces of `\N{DASH}` belong to the escape.
    texts = [body] if piece.is_raw else re.split(r"(\\N\{[^}]*\})", body)
    return "".join(
        text if index % 2 else text.replace("{", "{{").replace("}", "}}")
        for index, text in enumerate(texts)
    )


def _check(text: str) -> None:
    """The result must be one string expression."""
    try:
        node = ast.parse(f"({text})", mode="eval").body
    except SyntaxError as error:
        raise NotALiteral from error
    if not isinstance(node, ast.JoinedStr):
        raise NotALiteral


def _piece(source: str, start: int, fields: int) -> Piece:
    opening = _OPENING.match(source, start)
    if opening is None or "b" in opening["prefix"].lower():
        raise NotALiteral
    is_format, is_raw = ("f" in opening["prefix"].lower(), "r" in opening["prefix"].lower())
    found = []
    at = opening.end()
    for atom in _scan(source, at, opening["quote"], is_format, is_raw):
        field = fields if atom.field is not None else None
        fields += field is not None
        found.append(Atom(atom.text, atom.start, atom.end, field))
        at = atom.end
    end = at + len(opening["quote"])
    return Piece(opening["prefix"], opening["quote"], start, end, tuple(found))


def _scan(source: str, at: int, quote: str, is_format: bool, is_raw: bool) -> Iterator[Atom]:
    while not source.startswith(quote, at):
        if at >= len(source):
            raise NotALiteral
        character = source[at]
        end = at + 1
        field = None
        if character == "\\":
            end, character = _escape(source, at, is_raw)
        elif is_format and character in "{}":
            if source.startswith(character * 2, at):
                end = at + 2
            elif character == "{":
                end, field, character = _field_end(source, at), 0, ""
        yield Atom(character, at, end, field)
        at = end


def _escape(source: str, at: int, is_raw: bool) -> tuple[int, str]:
    """The end of an escape and the character it stands for; raw, the next is only not a quote."""
    if is_raw:
        return at + 2, source[at : at + 2]
    found = _ESCAPE.match(source, at)
    if found is None:
        raise NotALiteral
    if found[0][1:].strip("\r") == "\n":
        return found.end(), ""
    try:
        return found.end(), str(ast.literal_eval(f'"{found[0]}"')) if found[0] != '\\"' else '"'
    except (SyntaxError, ValueError) as error:
        raise NotALiteral from error


def _field_end(source: str, at: int) -> int:
    """The offset behind the field of an f-string that opens at ``at``."""
    depth = 0
    while at < len(source):
        character = source[at]
        opening = _OPENING.match(source, at)
        if opening is not None and not opening["prefix"]:
            at = _piece(source, at, 0).end
            continue
        depth += (character in "{[(") - (character in ")]}")
        at += 1
        if depth == 0:
            return at
    raise NotALiteral
