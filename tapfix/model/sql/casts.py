"""What a type that a statement spells says."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from tapfix.model.sql.kinds import Fact, Kind
from tapfix.model.sql.reader import Reader
from tapfix.model.sql.scopes import Scope, Term

_KINDS: Mapping[str, Kind] = {
    "SMALLINT": "integer",
    "INT": "integer",
    "BIGINT": "integer",
    "TINYINT": "integer",
    "MEDIUMINT": "integer",
    "UINT": "integer",
    "DECIMAL": "decimal",
    "FLOAT": "float",
    "DOUBLE": "float",
    "TEXT": "text",
    "VARCHAR": "text",
    "CHAR": "text",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPTZ": "timestamp",
    "DATETIME": "timestamp",
    "DATE": "date",
    "TIME": "time",
    "INTERVAL": "interval",
    "JSON": "json",
    "JSONB": "json",
    "UUID": "uuid",
    "VARBINARY": "bytes",
    "BINARY": "bytes",
    "ARRAY": "array",
}


def cast(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``CAST(a AS type)``, ``a::type``."""
    notes = reader.notes
    inner = reader.term(node.this, scope)
    to = node.args["to"]
    kind = kind_of(to)
    if kind is None:
        if _name(to) == "USERDEFINED":
            notes.refuse(f"its type {to.sql(notes.reading.dialect)} is none of the database's own")
        return Term()
    if isinstance(node.this, exp.Column) and kind in ("date", "time"):
        # The column reads as a time where nothing else is known of it.
        notes.need(inner, "timestamp", how="takes")
    type_ = _spelled(reader, to, kind)
    return Term((), (Fact(kind, "needs", notes.statement.ref, type=type_),))


def element_of(to: exp.Expr) -> Kind | None:
    """The kind of the elements of an array's type."""
    is_array = _name(to) == "ARRAY" and to.expressions
    return kind_of(to.expressions[0]) if is_array else None


def kind_of(to: exp.Expr) -> Kind | None:
    """The kind of a type."""
    return _KINDS.get(_name(to))


def _name(to: exp.Expr) -> str:
    return str(getattr(to.this, "name", ""))


def _spelled(reader: Reader, to: exp.Expr, kind: Kind) -> str | None:
    """A type that a column can have; MySQL casts to types that are none of a column's."""
    dialect = reader.notes.reading.dialect
    if dialect != "postgres":
        return to.sql(dialect=dialect) if kind == "json" else None
    if kind == "text":
        return "TEXT"
    spelled = to.sql(dialect=dialect)
    return "INTEGER" if spelled == "INT" else spelled
