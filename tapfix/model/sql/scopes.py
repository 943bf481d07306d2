"""What names and expressions in one query stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tapfix.model.sql.kinds import Fact
from tapfix.model.sql.seen import Key


@dataclass(frozen=True, slots=True)
class Term:
    """What an expression is: columns that it has the type of, and facts."""

    columns: tuple[Key, ...] = ()
    facts: tuple[Fact, ...] = ()

    def __add__(self, other: Term) -> Term:
        return Term(self.columns + other.columns, self.facts + other.facts)


Rows = list[tuple[str, Term]]
"""The columns of a query's rows with their names: ``*`` for all of a table's, empty without one."""


@dataclass(eq=False)
class Source:
    """What a name after FROM stands for: a table, or rows whose columns are given.

    Neither is known of a function's rows: ``columns`` is None.
    """

    table: str | None = None
    columns: dict[str, Term] | None = None


@dataclass(eq=False)
class Scope:
    """What the names in one query stand for."""

    sources: dict[str, Source] = field(default_factory=dict)
    parent: Scope | None = None
    common: dict[str, Source] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)

    def outwards(self) -> Iterator[Scope]:
        """The scope and those of the queries around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def source(self, name: str) -> Source | None:
        """What a name before a dot stands for."""
        return next((s.sources[name] for s in self.outwards() if name in s.sources), None)

    def with_name(self, name: str) -> Source | None:
        """The common table expression of that name."""
        return next((s.common[name] for s in self.outwards() if name in s.common), None)

    def add(self, name: str, source: Source) -> None:
        """Note a source; without a name, only its columns can be named."""
        self.sources[name or f"({len(self.sources)})"] = source


def derived(rows: Rows, names: list[str]) -> Source:
    """The rows of a query as a source; ``names`` are those that its alias gives the columns."""
    given = [name for name, _ in rows]
    if names:
        given = names + given[len(names) :]
        terms = [term for _, term in rows] + [Term()] * (len(given) - len(rows))
        return Source(columns=dict(zip(given, terms, strict=False)))
    if not rows or "" in given or "*" in given:
        return Source()
    return Source(columns=dict(rows))
