"""Tables as the statements of handlers need them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tapfix.edits import Ref

Dialect = Literal["postgres", "mysql"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name as SQL spells it, and its type in the database's own words.

    ``default`` is the SQL of its default, for what inserts leave out. ``is_guessed``: only the
    column's name speaks for its type.
    """

    name: str
    type: str
    default: str | None = None
    is_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name as SQL spells it, its columns in the order they are met, its keys.

    ``key`` holds the columns of the primary key, ``unique`` those of each other unique constraint.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A statement that cannot be read, where it stands, and why: in words that end a sentence."""

    ref: Ref
    reason: str


@dataclass(frozen=True, slots=True)
class Schema:
    """All that the statements which reach one database need of it."""

    dialect: Dialect
    tables: tuple[Table, ...]
    unread: tuple[Unread, ...] = ()
