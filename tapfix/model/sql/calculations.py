"""What the operators that make new values say of their two sides."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from tapfix.model.sql.kinds import Fact, Kind
from tapfix.model.sql.reader import Reader
from tapfix.model.sql.scopes import Scope, Term


def arithmetic(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a + b`` and the like: of numbers, and of times."""
    notes = reader.notes
    left, right = reader.term(node.this, scope), reader.term(node.expression, scope)
    both = left + right
    kinds = {fact.kind for fact in both.facts}
    if kinds & {"interval", "timestamp", "date"}:
        notes.need(both, "timestamp")
        return notes.typed("timestamp" if "interval" in kinds else "interval")
    if kinds & {"json", "array"}:
        notes.need(left, "json" if "json" in kinds else "array")
        return left
    is_of_columns = isinstance(node, exp.Sub) and left.columns and right.columns and not kinds
    if is_of_columns and all(_reads_as_time(key.column) for key in both.columns):
        notes.need(both, "timestamp")
        return notes.typed("interval")
    numbers = [fact for fact in both.facts if fact.kind != "text"]
    facts = (Fact("number", "needs", notes.statement.ref), *(_as_needed(f) for f in numbers))
    for key in both.columns:
        for fact in facts:
            notes.learn(key, fact)
    return Term(both.columns, facts)


def negated(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``-a``."""
    term = reader.term(node.this, scope)
    reader.notes.need(term, "number")
    return term


def joined(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a || b``: of texts, of JSON and of arrays."""
    notes = reader.notes
    left, right = reader.term(node.this, scope), reader.term(node.expression, scope)
    both = left + right
    kinds = {fact.kind for fact in both.facts}
    of_parts: tuple[Kind, ...] = ("json", "array")
    for kind in of_parts:
        if kind in kinds:
            notes.need(both, kind)
            return Term(both.columns, notes.typed(kind).facts)
    if left.columns and right.columns and not kinds:
        return both  # texts, JSON or arrays
    return notes.typed("text", how="needs")


def json_part(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a -> 'b'``, ``a ->> 'b'``, ``a ? 'b'``."""
    notes = reader.notes
    notes.need(reader.term(node.this, scope), "json")
    if isinstance(node.expression, exp.Expr):
        reader.term(node.expression, scope)
    if isinstance(node, exp.JSONBContainsTopKey):
        return notes.typed("boolean")
    is_text = isinstance(node, (exp.JSONExtractScalar, exp.JSONBExtractScalar))
    return notes.typed("text", how="needs") if is_text else notes.typed("json")


def contains(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """``a @> b``: of JSON, and of arrays."""
    notes = reader.notes
    left, right = reader.term(node.this, scope), reader.term(node.expression, scope)
    is_array = any(fact.kind == "array" for fact in right.facts)
    notes.need(left, "array" if is_array else "json")
    if not right.facts and not right.columns:
        notes.refuse("it does not say whether its columns hold JSON or arrays")
    return notes.typed("boolean")


def _reads_as_time(name: str) -> bool:
    return name.endswith(("_at", "timestamp", "_date", "_time"))


def _as_needed(fact: Fact) -> Fact:
    """A number in a calculation: a step of the literal 1 does not say what is counted."""
    kind = "number" if fact.number is not None else fact.kind
    return replace(fact, how="needs", kind=kind, number=None)
