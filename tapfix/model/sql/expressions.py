"""What an expression is: the columns that it has the type of, and what else its form says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from tapfix.model.sql import calculations, comparisons
from tapfix.model.sql.casts import cast
from tapfix.model.sql.columns import column
from tapfix.model.sql.functions import function
from tapfix.model.sql.reader import Reader, visit
from tapfix.model.sql.scopes import Scope, Term
from tapfix.model.sql.trees import listed

_Read = Callable[[Reader, exp.Expr, Scope], Term]


def term(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """What an expression is; all columns in it are noted."""
    if isinstance(node, exp.Column):
        return column(reader.notes, node, scope)
    if isinstance(node, exp.Query):
        found = reader.rows(node, Scope(parent=scope))
        return found[0][1] if found else Term()
    for types, read in _READERS.items():
        if isinstance(node, types):
            return read(reader, node, scope)
    return function(reader, node, scope)


def condition(reader: Reader, node: exp.Expr, scope: Scope) -> None:
    """Read an expression that is true or false."""
    if isinstance(node, (exp.And, exp.Or)):
        condition(reader, node.this, scope)
        condition(reader, node.expression, scope)
    elif isinstance(node, (exp.Paren, exp.Not)):
        condition(reader, node.this, scope)
    elif isinstance(node, exp.Column):
        reader.notes.need(column(reader.notes, node, scope), "boolean")
    else:
        reader.term(node, scope)


def _placeholder(reader: Reader, node: exp.Expr, _scope: Scope) -> Term:
    return reader.notes.bound(node) if isinstance(node, exp.Placeholder) else Term()


def _literal(reader: Reader, node: exp.Expr, _scope: Scope) -> Term:
    return reader.notes.literal(node) if isinstance(node, exp.Literal) else Term()


def _boolean(reader: Reader, _node: exp.Expr, _scope: Scope) -> Term:
    return reader.notes.typed("boolean")


def _inner(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    return reader.term(node.this, scope)


def _filter(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    found = reader.term(node.this, scope)
    reader.condition(node.expression.this, scope)
    return found


def _window(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    for child in listed(node.args.get("partition_by")):
        reader.term(child, scope)
    for child in listed(node.args.get("order")):
        visit(reader, child, scope)
    return reader.term(node.this, scope)


def _connective(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    condition(reader, node, scope)
    return reader.notes.typed("boolean")


_READERS: Mapping[type[exp.Expr] | tuple[type[exp.Expr], ...], _Read] = {
    exp.Placeholder: _placeholder,
    exp.Literal: _literal,
    exp.Boolean: _boolean,
    (exp.Alias, exp.Paren): _inner,
    exp.Filter: _filter,
    exp.Window: _window,
    (exp.And, exp.Or, exp.Not): _connective,
    (exp.Cast, exp.TryCast): cast,
    exp.In: comparisons.is_in,
    exp.Between: comparisons.between,
    exp.Is: comparisons.is_what,
    (exp.Like, exp.ILike, exp.RegexpLike, exp.RegexpILike, exp.SimilarTo): comparisons.like,
    exp.ArrayContainsAll: calculations.contains,
    (
        *(exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract, exp.JSONBExtractScalar),
        *(exp.JSONBContainsTopKey, exp.JSONBContains),
    ): calculations.json_part,
    (
        *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE),
        *(exp.NullSafeEQ, exp.NullSafeNEQ),
    ): comparisons.compare,
    (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.IntDiv): calculations.arithmetic,
    exp.Neg: calculations.negated,
    exp.DPipe: calculations.joined,
}
