"""What a query reads from, what its clauses say, and what rows it gives."""

from __future__ import annotations

from sqlglot import exp

from tapfix.model.sql.reader import Reader, visit
from tapfix.model.sql.scopes import Rows, Scope, Source, Term, derived
from tapfix.model.sql.trees import alias_columns, alias_of, identifier, listed, part


def query(reader: Reader, tree: exp.Expr, scope: Scope) -> Rows:
    """Read a query; its rows' columns, none where they are not known."""
    commons(reader, tree, scope)
    if isinstance(tree, exp.Subquery):
        return query(reader, tree.this, scope)
    if isinstance(tree, exp.SetOperation):
        left = query(reader, tree.left, Scope(parent=scope))
        right = query(reader, tree.right, Scope(parent=scope))
        for (_, one), (_, other) in zip(left, right, strict=False):
            reader.notes.connect(one, other, compares=True)
        return left
    if isinstance(tree, exp.Select):
        return _select(reader, tree, scope)
    if isinstance(tree, exp.Values):
        for row in tree.expressions:
            reader.term(row, scope)
    return []


def commons(reader: Reader, tree: exp.Expr, scope: Scope) -> None:
    """Read what stands after WITH."""
    with_ = part(tree, "with")
    for common in with_.expressions if with_ is not None else ():
        name = reader.notes.fold(common.args["alias"].this)
        if with_ is not None and with_.args.get("recursive"):
            scope.common[name] = Source()
        rows = reader.rows(common.this, Scope(parent=scope))
        scope.common[name] = derived(rows, _column_names(reader, common))


def sources(reader: Reader, tree: exp.Expr, scope: Scope) -> None:
    """Note all that a statement reads from."""
    start = part(tree, "from")
    if start is not None:
        _add(reader, start.this, scope)
    for using in listed(tree.args.get("using")):
        _add(reader, using, scope)
    joins(reader, tree, scope)
    for lateral in listed(tree.args.get("laterals")):
        _add(reader, lateral, scope)


def joins(reader: Reader, tree: exp.Expr, scope: Scope) -> None:
    """Note what is joined to a table, or to a statement's first."""
    for join in listed(tree.args.get("joins")):
        before = [source.table for source in scope.sources.values() if source.table]
        _add(reader, join.this, scope)
        if join.args.get("on") is not None:
            reader.condition(join.args["on"], scope)
        added = list(scope.sources.values())[-1]
        for name in join.args.get("using") or ():
            _using(reader, identifier(name), before, added.table)


def name_of(reader: Reader, projection: exp.Expr) -> str:
    """The name of a column that a query or RETURNING gives."""
    if isinstance(projection, exp.Alias):
        return reader.notes.fold(projection.args["alias"])
    if isinstance(projection, exp.Column):
        is_star = isinstance(projection.this, exp.Star)
        return "*" if is_star else reader.notes.fold(projection.this)
    return "*" if isinstance(projection, exp.Star) else ""


def single_out(reader: Reader, where: exp.Expr, scope: Scope, *, is_write: bool) -> None:
    """Note the column that alone tells which row is meant."""
    notes = reader.notes
    if not is_write and not notes.statement.is_one:
        return
    source = next(iter(scope.sources.values()), Source())
    if len(scope.sources) != 1 or source.table is None:
        return
    parts = where.flatten() if isinstance(where, exp.And) else [where]
    equal = [
        notes.fold(part.this.this)
        for part in parts
        if isinstance(part, exp.EQ)
        and isinstance(part.this, exp.Column)
        and part.expression.find(exp.Column) is None
    ]
    # With a second id (`tenant_id = %s AND id = %s`), the two together may tell the row.
    ids = [name for name in equal if name == "id" or name.endswith("_id")] or equal
    if len(ids) == 1:
        notes.reading.tables[source.table].singled.add(ids[0])


def _select(reader: Reader, tree: exp.Select, scope: Scope) -> Rows:
    sources(reader, tree, scope)
    found = [(name_of(reader, one), reader.term(one, scope)) for one in tree.expressions]
    where = part(tree, "where")
    if where is not None:
        reader.condition(where.this, scope)
        single_out(reader, where.this, scope, is_write=False)
    scope.aliases = {
        reader.notes.fold(one.args["alias"])
        for one in tree.expressions
        if isinstance(one, exp.Alias)
    }
    for name in ("group", "having", "order", "limit", "offset", "distinct", "qualify"):
        clause = part(tree, name)
        if isinstance(clause, exp.Having):
            reader.condition(clause.this, scope)
        elif clause is not None:
            visit(reader, clause, scope)
    for window in tree.args.get("windows") or ():
        reader.term(window, scope)
    return found


def _using(reader: Reader, column: exp.Expr, before: list[str], added: str | None) -> None:
    if added is None or len(before) != 1:
        reader.notes.refuse("its USING joins more than two tables")
        return
    left, right = (reader.notes.column(table, column) for table in (before[0], added))
    reader.notes.reading.links.append((left, right))


def _add(reader: Reader, node: exp.Expr, scope: Scope) -> None:
    """Note what stands after FROM, under the name that it goes by."""
    notes = reader.notes
    alias = alias_of(node)
    named = notes.fold(alias) if alias is not None else ""
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        common = scope.with_name(notes.fold(node.this)) if not node.db else None
        source = common if common is not None else Source(table=notes.table(node))
        scope.add(named or notes.fold(node.this), source)
        joins(reader, node, scope)
        return
    inner = node.this if isinstance(node, exp.Lateral) else node
    if isinstance(inner, exp.Subquery) and isinstance(inner.this, exp.Query):
        rows = query(reader, inner.this, Scope(parent=scope))
        scope.add(named, derived(rows, _column_names(reader, node)))
        return
    visit(reader, node, scope)
    names = {*_column_names(reader, node), named}
    scope.add(named, Source(columns=dict.fromkeys(names, Term()) if named else None))


def _column_names(reader: Reader, node: exp.Expr) -> list[str]:
    return [reader.notes.fold(identifier(one)) for one in alias_columns(node)]
