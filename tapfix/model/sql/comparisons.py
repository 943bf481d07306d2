"""What the comparisons in a statement say of their two sides."""

from __future__ import annotations

import itertools
from dataclasses import replace

from sqlglot import exp

from tapfix.model.sql.casts import element_of
from tapfix.model.sql.reader import Reader
from tapfix.model.sql.scopes import Scope, Term


def compare(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a = b``, ``a < b``, ``(a, b) = (c, d)``, ``a = ANY(b)``."""
    left, right = node.this, node.expression
    if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
        pairs = list(zip(left.expressions, right.expressions, strict=False))
    else:
        pairs = [(left, right)]
    is_equal = isinstance(node, (exp.EQ, exp.NullSafeEQ))
    for one, other in pairs:
        if isinstance(other, (exp.Any, exp.All)):
            terms = reader.term(one, scope), _element(reader, other, scope)
        else:
            terms = reader.term(one, scope), reader.term(other, scope)
            terms = terms if is_equal else (_unsized(terms[0]), _unsized(terms[1]))
        reader.notes.connect(*terms, compares=True)
    return reader.notes.typed("boolean")


def between(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a BETWEEN b AND c``."""
    value = reader.term(node.this, scope)
    for part in ("low", "high"):
        limit = _unsized(reader.term(node.args[part], scope))
        reader.notes.connect(value, limit, compares=True)
    return reader.notes.typed("boolean")


def is_what(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a IS NULL``, ``a IS TRUE``."""
    value = reader.term(node.this, scope)
    if isinstance(node.expression, exp.Boolean):
        reader.notes.need(value, "boolean")
    return reader.notes.typed("boolean")


def like(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a LIKE b``, and the other patterns."""
    reader.notes.need(reader.term(node.this, scope), "text")
    reader.term(node.expression, scope)
    return reader.notes.typed("boolean")


def is_in(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a IN (b, c)``, ``a IN (SELECT …)``, ``a IN :p1``, ``(a, b) IN (…)``."""
    if isinstance(node.this, exp.Tuple):
        _rows_in(reader, node, scope)
        return reader.notes.typed("boolean")
    value = reader.term(node.this, scope)
    query, list_ = node.args.get("query"), node.args.get("field")
    given = [reader.term(one, scope) for one in node.expressions]
    if query is not None:
        given.append(reader.term(query, scope))
    elif isinstance(list_, exp.Placeholder):
        given.append(reader.notes.elements(list_))
    for one in given:
        reader.notes.connect(value, one, compares=True)
    return reader.notes.typed("boolean")


def _rows_in(reader: Reader, node: exp.Expr, scope: Scope) -> None:
    for row in node.expressions:
        compare(reader, exp.EQ(this=node.this, expression=row), scope)
    query = node.args.get("query")
    rows = reader.rows(query, Scope(parent=scope)) if query is not None else []
    found = [other for _, other in rows]
    for one, other in itertools.zip_longest(node.this.expressions, found):
        if one is not None:
            reader.notes.connect(reader.term(one, scope), other or Term(), compares=True)


def _element(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """What ``ANY(…)`` compares with: an element of the list."""
    inner = node.this
    while isinstance(inner, exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.Placeholder):
        return reader.notes.elements(inner)
    if isinstance(inner, exp.Cast):
        reader.term(inner.this, scope)
        kind = element_of(inner.to)
        return reader.notes.typed(kind) if kind is not None else Term()
    if isinstance(inner, exp.Query):
        return reader.term(inner, scope)
    reader.notes.need(reader.term(inner, scope), "array")
    return Term()


def _unsized(term: Term) -> Term:
    """What is compared for being more or less: a price is more than 0, and no whole number."""
    numbers = ("integer", "float", "decimal")
    facts = tuple(
        replace(fact, kind="number", number=None) if fact.kind in numbers else fact
        for fact in term.facts
    )
    return Term(term.columns, facts)
