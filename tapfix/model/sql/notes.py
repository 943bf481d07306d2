"""How what one statement says is noted: tables, columns, and the facts on them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from tapfix.model.sql.bound import Values
from tapfix.model.sql.kinds import Fact, How, Kind
from tapfix.model.sql.names import fold, spelled
from tapfix.model.sql.scopes import Term
from tapfix.model.sql.seen import Key, Reading, Seen
from tapfix.model.sql.statements import Statement
from tapfix.model.sql.tables import Unread
from tapfix.model.sql.texts import Texts

_CATALOGUES = frozenset({"information_schema", "pg_catalog", "mysql", "performance_schema", "sys"})


class Notes:
    """Takes down in a reading what one statement says.

    ``known`` is what the whole of the statements said when they were read before.
    """

    def __init__(self, reading: Reading, statement: Statement, known: Mapping[str, Seen]) -> None:
        self.reading = reading
        self.statement = statement
        self.known = known
        self.values = Values(Texts(statement.code), statement.ref)

    def refuse(self, reason: str) -> None:
        """Note that the statement, or a part of it, cannot be read."""
        found = Unread(self.statement.ref, reason)
        if found not in self.reading.unread:
            self.reading.unread.append(found)

    # Names

    def fold(self, identifier: exp.Expr | str, is_table: bool = False) -> str:
        """A name as the database compares it."""
        return fold(identifier, self.reading.dialect, is_table)

    def table_key(self, table: exp.Table) -> str:
        """A table's name as the database compares it, with its schema's."""
        return ".".join(self.fold(part, is_table=True) for part in table.parts)

    def table(self, table: exp.Table) -> str | None:
        """The table that a name stands for, noted; None for what needs none."""
        database = table.db.lower()
        low = table.name.lower()
        if database in _CATALOGUES or (not database and low.startswith("pg_")) or low == "dual":
            return None
        if not isinstance(table.this, exp.Identifier):
            return None
        key = self.table_key(table)
        seen = self.reading.tables.get(key)
        if seen is None:
            name = ".".join(spelled(part, self.reading.dialect) for part in table.parts)
            seen = self.reading.tables[key] = Seen(name)
        if self.statement.ref not in seen.refs:
            seen.refs.append(self.statement.ref)
        return key

    def column(self, table: str, identifier: exp.Expr) -> Key:
        """A column of a table, noted."""
        key = Key(table, self.fold(identifier))
        columns = self.reading.tables[table].columns
        columns.setdefault(key.column, spelled(identifier, self.reading.dialect))
        return key

    def has(self, table: str | None, name: str) -> bool:
        """Whether any statement names a column of a table, as far as is known by now."""
        seen = self.known.get(table or "")
        return seen is not None and name in seen.columns

    # Facts

    def learn(self, key: Key, fact: Fact) -> None:
        """Note a fact on a column."""
        facts = self.reading.facts.setdefault(key, [])
        if fact not in facts:
            facts.append(fact)

    def need(self, term: Term, kind: Kind, how: How = "needs") -> None:
        """Note that the columns of an expression are used as a kind."""
        for key in term.columns:
            self.learn(key, Fact(kind, how, self.statement.ref))

    def typed(self, kind: Kind, how: How = "takes") -> Term:
        """An expression of a kind."""
        return Term((), (Fact(kind, how, self.statement.ref),))

    def connect(self, one: Term, other: Term, compares: bool) -> None:
        """Two expressions are compared, or one is given to the other."""
        for left, right in ((one, other), (other, one)):
            for key in left.columns:
                for fact in right.facts:
                    is_typed = fact.how != "open"
                    strict = self.statement.strict and fact.how == "open" and fact.text is None
                    how: How = "needs" if (compares and is_typed) or strict else fact.how
                    self.learn(key, replace(fact, how=how))
        columns = one.columns + other.columns
        self.reading.links += itertools.pairwise(columns)

    # Values

    def bound(self, node: exp.Placeholder) -> Term:
        """The values that the handler gives for a placeholder."""
        places = self.statement.values.get(str(node.this), ())
        return Term((), tuple(fact for place in places for fact in self.values.facts(place)))

    def elements(self, node: exp.Placeholder) -> Term:
        """The elements of the lists that the handler gives for a placeholder."""
        places = self.statement.values.get(str(node.this), ())
        return Term((), tuple(fact for place in places for fact in self.values.elements(place)))

    def literal(self, node: exp.Literal) -> Term:
        """A text or a number that the statement spells."""
        ref, content = self.statement.ref, str(node.this)
        if node.is_string:
            return Term((), (Fact("text", "open", ref, text=content),))
        if content.isdigit():
            return Term((), (Fact("integer", "takes", ref, number=int(content)),))
        return Term((), (Fact("decimal", "takes", ref),))
