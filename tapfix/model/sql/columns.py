"""Which table has a column that a query names."""

from __future__ import annotations

from sqlglot import exp

from tapfix.model.sql.names import is_word_of_sql
from tapfix.model.sql.notes import Notes
from tapfix.model.sql.scopes import Scope, Source, Term


def column(notes: Notes, node: exp.Column, scope: Scope) -> Term:
    """A column that an expression names, noted where it is a table's."""
    if isinstance(node.this, exp.Star):
        return Term()
    if node.table:
        source = scope.source(notes.fold(node.args["table"]))
        return of_source(notes, source, node.this) if source is not None else Term()
    name = notes.fold(node.this)
    is_row = name in scope.sources and not node.this.args.get("quoted")
    if is_row or is_word_of_sql(node.this, notes.reading.dialect):
        return Term()
    for around in scope.outwards():
        if name in around.aliases:
            return Term()
        found = _owners(notes, around, name)
        if found:
            return _one_of(notes, found, node.this)
    return Term()


def of_source(notes: Notes, source: Source, identifier: exp.Expr) -> Term:
    """A column of what stands after FROM."""
    if source.table is not None:
        return Term((notes.column(source.table, identifier),))
    return (source.columns or {}).get(notes.fold(identifier), Term())


def _owners(notes: Notes, scope: Scope, name: str) -> list[Source]:
    """The sources of a query that may have a column."""
    sure = [s for s in scope.sources.values() if s.columns is not None and name in s.columns]
    if sure:
        return sure
    open_ = [s for s in scope.sources.values() if s.columns is None]
    known = [s for s in open_ if notes.has(s.table, name)]
    if scope.parent is not None and not known and scope.parent.sources:
        # It may be the outer query's: only what one of them is known to have tells.
        outer = [s for s in _owners(notes, scope.parent, name) if notes.has(s.table, name)]
        if len(outer) == 1 and len(open_) > 1:
            return outer
    return known if len(known) == 1 else open_


def _one_of(notes: Notes, found: list[Source], identifier: exp.Expr) -> Term:
    tables = {source.table for source in found}
    if len(found) == 1 or (len(tables) == 1 and None not in tables):
        return of_source(notes, found[0], identifier)
    name = notes.fold(identifier)
    notes.refuse(f"it does not say which table has the column {name}")
    return Term()
