"""What is seen of tables in the statements of one database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from tapfix.edits import Ref
from tapfix.model.sql.kinds import Fact
from tapfix.model.sql.tables import Dialect, Unread


class Key(NamedTuple):
    """A column, by table and name as the database tells them apart."""

    table: str
    column: str


@dataclass(eq=False)
class Seen:
    """What is seen of one table."""

    name: str
    columns: dict[str, str] = field(default_factory=dict)
    inserts: list[frozenset[str]] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    conflicts: list[tuple[str, ...]] = field(default_factory=list)
    upserts: list[tuple[Ref, tuple[str, ...], frozenset[str]]] = field(default_factory=list)
    singled: set[str] = field(default_factory=set)
    refs: list[Ref] = field(default_factory=list)


@dataclass(eq=False)
class Reading:
    """All that the statements of one database say."""

    dialect: Dialect
    tables: dict[str, Seen] = field(default_factory=dict)
    facts: dict[Key, list[Fact]] = field(default_factory=dict)
    links: list[tuple[Key, Key]] = field(default_factory=list)
    created: set[str] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)
