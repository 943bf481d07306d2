"""What the statements of one database say of its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from tapfix.model.sql import expressions, queries, writes
from tapfix.model.sql.notes import Notes
from tapfix.model.sql.scopes import Rows, Scope, Term
from tapfix.model.sql.seen import Reading, Seen
from tapfix.model.sql.statements import Statement
from tapfix.model.sql.tables import Dialect
from tapfix.model.sql.trees import parsed


def read(statements: Sequence[Statement], dialect: Dialect) -> Reading:
    """Read statements; what tells which table has a column may stand in any of them."""
    known: Mapping[str, Seen] = {}
    for _ in range(3):
        reading = Reading(dialect)
        for statement in statements:
            _Reader(Notes(reading, statement, known)).run()
        before = {name: set(seen.columns) for name, seen in known.items()}
        if before == {name: set(seen.columns) for name, seen in reading.tables.items()}:
            break
        known = reading.tables
    return reading


class _Reader:
    """Reads one statement; through it, the modules that read its parts reach each other."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes

    def run(self) -> None:
        trees = parsed(self.notes.statement.text, self.notes.reading.dialect)
        if isinstance(trees, str):
            self.notes.refuse(trees)
            return
        for tree in trees:
            self.statement(tree)

    def statement(self, tree: exp.Expr) -> None:
        if isinstance(tree, (exp.Query, exp.Insert, exp.Update, exp.Delete)):
            self.rows(tree, Scope())
        elif isinstance(tree, exp.Create):
            self.create(tree)
        elif isinstance(tree, exp.TruncateTable):
            for table in tree.expressions:
                self.notes.table(table)
        elif not isinstance(tree, (exp.Set, exp.Transaction, exp.Commit, exp.Rollback)):
            self.notes.refuse("it is of a kind that tapfix does not read")

    def create(self, tree: exp.Create) -> None:
        kind = str(tree.args.get("kind") or "").upper()
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        if kind in ("TABLE", "VIEW") and isinstance(target, exp.Table):
            self.notes.reading.created.add(self.notes.table_key(target))
            if isinstance(tree.expression, exp.Query):
                self.rows(tree.expression, Scope())
        elif kind not in ("SCHEMA", "EXTENSION"):
            self.notes.refuse("it changes the tables themselves")

    def term(self, node: exp.Expr, scope: Scope) -> Term:
        return expressions.term(self, node, scope)

    def condition(self, node: exp.Expr, scope: Scope) -> None:
        expressions.condition(self, node, scope)

    def rows(self, node: exp.Expr, scope: Scope) -> Rows:
        if isinstance(node, exp.Insert):
            return writes.insert(self, node, scope)
        if isinstance(node, exp.Update):
            return writes.update(self, node, scope)
        if isinstance(node, exp.Delete):
            return writes.delete(self, node, scope)
        return queries.query(self, node, scope)
