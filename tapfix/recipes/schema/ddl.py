"""The SQL that creates tables."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.model.sql.tables import Column, Schema, Table

_HEADER = """\
-- The tables that the app's functions use; create_schema.py beside this file creates
-- those that are missing.
"""
_GUESSED = "-- type guessed from the name"
_PLAIN = ("public",)


def ddl(schema: Schema) -> str:
    """The text of ``schema.sql``: one column a line, a semicolon behind each statement."""
    parts = [_HEADER, *_namespaces(schema), *map(_create, schema.tables)]
    return "\n".join(parts)


def _namespaces(schema: Schema) -> Iterator[str]:
    """What makes the schemas that tables are named with."""
    names = (table.name.rpartition(".")[0] for table in schema.tables)
    for name in dict.fromkeys(names):
        if name and name.strip('"`').lower() not in _PLAIN:
            yield f"CREATE SCHEMA IF NOT EXISTS {name};\n"


def _create(table: Table) -> str:
    """A statement: first the columns of the primary key, last the keys of several columns."""
    columns = sorted(table.columns, key=lambda one: _place(table, one))
    rows = [(f"    {_column(table, one)},", one.is_guessed) for one in columns]
    rows += [(f"    {constraint},", False) for constraint in _constraints(table)]
    text, is_guessed = rows.pop()
    rows.append((text.removesuffix(","), is_guessed))
    # The notes stand below one another.
    width = max((len(text) for text, is_guessed in rows if is_guessed), default=0)
    lines = [f"{text:{width}}  {_GUESSED}" if is_guessed else text for text, is_guessed in rows]
    return "\n".join((f"CREATE TABLE IF NOT EXISTS {table.name} (", *lines, ");", ""))


def _place(table: Table, column: Column) -> int:
    return table.key.index(column.name) if column.name in table.key else len(table.key)


def _column(table: Table, column: Column) -> str:
    text = f"{column.name} {column.type}"
    if column.default is not None:
        text += f" DEFAULT {column.default}"
    if table.key == (column.name,):
        return f"{text} PRIMARY KEY"
    return f"{text} UNIQUE" if (column.name,) in table.unique else text


def _constraints(table: Table) -> Iterator[str]:
    """The keys of several columns."""
    if len(table.key) > 1:
        yield f"PRIMARY KEY ({', '.join(table.key)})"
    for columns in table.unique:
        if len(columns) > 1:
            yield f"UNIQUE ({', '.join(columns)})"
