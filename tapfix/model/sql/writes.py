"""What the statements that write say of the table that they write to."""

from __future__ import annotations

from sqlglot import exp

from tapfix.model.sql.queries import commons, joins, name_of, query, single_out, sources
from tapfix.model.sql.reader import Reader, visit
from tapfix.model.sql.scopes import Rows, Scope, Source, Term
from tapfix.model.sql.seen import Key
from tapfix.model.sql.trees import alias_of, identifier, part, replaces


def insert(reader: Reader, tree: exp.Insert, scope: Scope) -> Rows:
    """Read an INSERT; the rows that it gives back."""
    notes = reader.notes
    commons(reader, tree, scope)
    table = _target(reader, tree.this, scope)
    if table is None:
        return []
    columns = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
    source = part(tree, "expression")
    if not columns and source is not None:
        notes.refuse("it does not name the columns that it fills")
        return []
    keys = [notes.column(table, identifier(column)) for column in columns]
    seen = notes.reading.tables[table]
    seen.inserts.append(frozenset(key.column for key in keys))
    seen.written |= {key.column for key in keys}
    if isinstance(source, exp.Values):
        _values(reader, source, keys, scope)
    elif isinstance(source, exp.Query):
        rows = query(reader, source, Scope(parent=scope))
        for key, (_, term) in zip(keys, rows, strict=False):
            notes.connect(Term((key,)), term, compares=False)
    conflict = part(tree, "conflict")
    if conflict is not None:
        alias = alias_of(source) if source is not None else None
        new = {"excluded", *((notes.fold(alias),) if alias is not None else ())}
        _conflict(reader, conflict, table, keys, _with(scope, new, table))
    return _returning(reader, tree, table, scope)


def update(reader: Reader, tree: exp.Update, scope: Scope) -> Rows:
    """Read an UPDATE; the rows that it gives back."""
    commons(reader, tree, scope)
    table = _target(reader, tree.this, scope)
    if table is None:
        return []
    joins(reader, tree.this, scope)
    sources(reader, tree, scope)
    for assignment in tree.expressions:
        _assign(reader, assignment, table, scope)
    _where(reader, tree, scope)
    return _returning(reader, tree, table, scope)


def delete(reader: Reader, tree: exp.Delete, scope: Scope) -> Rows:
    """Read a DELETE; the rows that it gives back."""
    commons(reader, tree, scope)
    table = _target(reader, tree.this, scope)
    if table is None:
        return []
    joins(reader, tree.this, scope)
    sources(reader, tree, scope)
    _where(reader, tree, scope)
    return _returning(reader, tree, table, scope)


def _target(reader: Reader, node: exp.Expr | None, scope: Scope) -> str | None:
    """The table that is written to, the first source of its statement."""
    table = node.this if isinstance(node, exp.Schema) else node
    if not isinstance(table, exp.Table):
        return None
    key = reader.notes.table(table)
    if key is not None:
        scope.add(reader.notes.fold(alias_of(table) or table.this), Source(table=key))
    return key


def _with(scope: Scope, names: set[str], table: str) -> Scope:
    """A scope in which some names stand for the row that could not be inserted."""
    new = dict.fromkeys(sorted(names), Source(table=table))
    return Scope({**scope.sources, **new}, scope.parent)


def _values(reader: Reader, source: exp.Values, keys: list[Key], scope: Scope) -> None:
    for row in source.expressions:
        given = row.expressions if isinstance(row, exp.Tuple) else [row]
        if len(given) == 1 and len(keys) > 1 and isinstance(given[0], exp.Placeholder):
            return  # execute_values with rows that are not known
        if len(given) != len(keys):
            reader.notes.refuse("it gives more or fewer values than it names columns")
            return
        for key, value in zip(keys, given, strict=True):
            reader.notes.connect(Term((key,)), reader.term(value, scope), compares=False)


def _conflict(
    reader: Reader, conflict: exp.Expr, table: str, keys: list[Key], scope: Scope
) -> None:
    """What an INSERT does instead where there is such a row."""
    notes = reader.notes
    _conflict_target(reader, conflict, table)
    updated = [one for one in conflict.expressions if not replaces(one)]
    for assignment in updated:
        _assign(reader, assignment, table, scope)
    where = part(conflict, "where")
    if where is not None:
        reader.condition(where.this, scope)
    if conflict.args.get("duplicate"):
        names = {notes.fold(identifier(e.this)) for e in updated if isinstance(e, exp.EQ)}
        given = tuple(key.column for key in keys)
        upserts = notes.reading.tables[table].upserts
        upserts.append((notes.statement.ref, given, frozenset(names)))


def _conflict_target(reader: Reader, conflict: exp.Expr, table: str) -> None:
    notes = reader.notes
    if conflict.args.get("constraint") is not None:
        notes.refuse("nothing tells which columns its constraint is about")
        return
    found = []
    for target in conflict.args.get("conflict_keys") or ():
        inner = target.this if isinstance(target, exp.Ordered) else target
        if not isinstance(inner, (exp.Column, exp.Identifier)):
            notes.refuse("its conflict is about an expression, not a column")
            return
        found.append(notes.column(table, identifier(inner)).column)
    if conflict.args.get("index_predicate") is not None:
        notes.refuse("its conflict is about a part of the table's rows")
    elif found and tuple(found) not in notes.reading.tables[table].conflicts:
        notes.reading.tables[table].conflicts.append(tuple(found))


def _assign(reader: Reader, assignment: exp.Expr, table: str, scope: Scope) -> None:
    """``column = value`` of an UPDATE."""
    if not isinstance(assignment, exp.EQ):
        return
    notes = reader.notes
    left, right = assignment.this, assignment.expression
    targets = left.expressions if isinstance(left, exp.Tuple) else [left]
    values = right.expressions if isinstance(right, exp.Tuple) else [right]
    keys = [_assigned(reader, target, table, scope) for target in targets]
    for key in keys:
        notes.reading.tables[key.table].written.add(key.column)
    if len(keys) != len(values):
        visit(reader, right, scope)
        return
    for key, value in zip(keys, values, strict=True):
        notes.connect(Term((key,)), reader.term(value, scope), compares=False)


def _assigned(reader: Reader, target: exp.Expr, table: str, scope: Scope) -> Key:
    """The column that is written: the table's own, but for MySQL's updates of several tables."""
    name = target.args.get("table") if isinstance(target, exp.Column) else None
    source = scope.source(reader.notes.fold(name)) if name is not None else None
    owner = source.table if source is not None and source.table is not None else table
    return reader.notes.column(owner, identifier(target))


def _where(reader: Reader, tree: exp.Expr, scope: Scope) -> None:
    where = part(tree, "where")
    if where is not None:
        reader.condition(where.this, scope)
        single_out(reader, where.this, scope, is_write=True)
    for name in ("order", "limit"):
        clause = part(tree, name)
        if clause is not None:
            visit(reader, clause, scope)


def _returning(reader: Reader, tree: exp.Expr, table: str, scope: Scope) -> Rows:
    returning = part(tree, "returning")
    found = []
    for projection in returning.expressions if returning is not None else ():
        term = reader.term(projection, scope)
        found.append((name_of(reader, projection), term))
        if isinstance(projection, (exp.Column, exp.Alias)):
            returned = {key.column for key in term.columns if key.table == table}
            reader.notes.reading.tables[table].returned |= returned
    return found
