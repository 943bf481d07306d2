"""The tables that the statements of handlers need of one database."""

from __future__ import annotations

from collections.abc import Sequence

from tapfix.model.lambdas.reached import Code
from tapfix.model.sql.statements import Statement, statements_of
from tapfix.model.sql.tables import Dialect, Schema, Unread


def schema_of(codes: Sequence[Code], dialect: Dialect) -> Schema:
    """The tables that the statements of functions need of the one database that they query.

    ``codes`` is what runs with the handlers of those functions. Tables that a statement itself
    creates are left out. ``unread`` names each statement once for each thing that is not known.
    """
    found = [one for code in codes for one in statements_of(code)]
    unread = tuple(dict.fromkeys(one for one in found if isinstance(one, Unread)))
    statements = [one for one in found if isinstance(one, Statement)]
    if not statements:
        return Schema(dialect, (), unread)
    # It loads sqlglot, which only apps with a database pay for.
    from tapfix.model.sql.building import schema_from

    return schema_from(statements, unread, dialect)
