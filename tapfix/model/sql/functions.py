"""What a function says of its arguments, and what it gives."""

from __future__ import annotations

from sqlglot import exp

from tapfix.model.sql.columns import of_source
from tapfix.model.sql.reader import Reader, alike, visit
from tapfix.model.sql.scopes import Scope, Term
from tapfix.model.sql.trees import called, children, identifier

_OF_TEXTS = (
    *(exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.SplitPart, exp.Length, exp.Initcap),
    *(exp.Left, exp.Right, exp.StrPosition, exp.RegexpReplace),
)
_OF_TIMES = (
    *(exp.TimestampTrunc, exp.DateTrunc, exp.Extract, exp.DateSub, exp.DateAdd, exp.DateDiff),
    *(exp.Year, exp.Month, exp.Day),
)
_GIVES_TIMES = (exp.TimestampTrunc, exp.DateSub, exp.DateAdd, exp.DateTrunc)
_GIVES_TEXTS = (exp.Concat, exp.ConcatWs, exp.GroupConcat, exp.TimeToStr)
_OF_NUMBERS = (exp.Sum, exp.Avg, exp.Abs, exp.Ceil, exp.Floor, exp.Round)
_OF_ONE_TYPE = (exp.Coalesce, exp.Greatest, exp.Least, exp.Nullif, exp.Max, exp.Min)
_NOW = (exp.CurrentTimestamp, exp.Localtimestamp)
_OF_JSON = ("jsonb_set", "jsonb_insert", "jsonb_array_length", "jsonb_each")


def function(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """A call, or what stands in place of one: a constant, CASE, an array."""
    notes = reader.notes
    if isinstance(node, _OF_ONE_TYPE):
        return alike(reader, list(children(node)), scope)
    if isinstance(node, exp.Case):
        return _case(reader, node, scope)
    if isinstance(node, exp.If) and notes.reading.dialect == "mysql":
        reader.condition(node.this, scope)
        given = [node.args[part] for part in ("true", "false") if node.args.get(part)]
        return alike(reader, given, scope)
    if called(node, "values") and "excluded" in scope.sources and node.expressions:
        return of_source(notes, scope.sources["excluded"], identifier(node.expressions[0]))
    if isinstance(node, exp.ArrayOverlaps):
        notes.need(alike(reader, [node.this, node.expression], scope), "array")
        return notes.typed("boolean")
    if isinstance(node, exp.AtTimeZone):
        notes.need(reader.term(node.this, scope), "timestamp")
        return notes.typed("timestamp")
    if isinstance(node, exp.Distance):
        notes.refuse("its operator is none of the database's own")
    return _constant(reader, node, scope) or _of_arguments(reader, node, scope)


def _constant(reader: Reader, node: exp.Expr, scope: Scope) -> Term | None:
    """What is of one type whatever stands in it."""
    notes = reader.notes
    if isinstance(node, _NOW) or called(node, "now"):
        return notes.typed("timestamp")
    if isinstance(node, exp.CurrentDate) or called(node, "curdate"):
        return notes.typed("date")
    if isinstance(node, exp.Uuid):
        return notes.typed("uuid" if notes.reading.dialect == "postgres" else "text")
    if isinstance(node, (exp.Interval, exp.Array)):
        visit(reader, node, scope)
        return notes.typed("interval" if isinstance(node, exp.Interval) else "array")
    return None


def _of_arguments(reader: Reader, node: exp.Expr, scope: Scope) -> Term:
    """Functions by what their first argument must be, and what they give."""
    notes = reader.notes
    terms = [reader.term(child, scope) for child in children(node)]
    first = terms[0] if terms else Term()
    if isinstance(node, exp.Count):
        return notes.typed("integer")
    if isinstance(node, _OF_NUMBERS):
        return _of_number(reader, node, first)
    if isinstance(node, _OF_TEXTS):
        notes.need(first, "text")
        is_length = isinstance(node, exp.Length)
        return notes.typed("integer") if is_length else notes.typed("text", how="needs")
    if isinstance(node, _OF_TIMES):
        moment = node.expression if isinstance(node, exp.Extract) else node.this
        if isinstance(moment, exp.Column):
            notes.need(reader.term(moment, scope), "timestamp")
        return notes.typed("timestamp" if isinstance(node, _GIVES_TIMES) else "number")
    if isinstance(node, _GIVES_TEXTS):
        return notes.typed("text", how="needs")
    return _by_name(reader, node, first) if isinstance(node, exp.Anonymous) else Term()


def _of_number(reader: Reader, node: exp.Expr, first: Term) -> Term:
    if isinstance(node, exp.Round) and node.args.get("decimals") is not None:
        reader.notes.need(first, "decimal")
        return reader.notes.typed("decimal")
    reader.notes.need(first, "number")
    return Term(first.columns, reader.notes.typed("number").facts)


def _by_name(reader: Reader, node: exp.Anonymous, first: Term) -> Term:
    """A function that sqlglot knows nothing of."""
    name = node.name.lower()
    if name.startswith(_OF_JSON):
        reader.notes.need(first, "json")
        return reader.notes.typed("json")
    if name in ("nextval", "lastval", "last_insert_id"):
        return reader.notes.typed("integer")
    return Term()


def _case(reader: Reader, node: exp.Case, scope: Scope) -> Term:
    subject = reader.term(node.this, scope) if node.this is not None else None
    results = []
    for branch in node.args.get("ifs") or ():
        if subject is None:
            reader.condition(branch.this, scope)
        else:
            reader.notes.connect(subject, reader.term(branch.this, scope), compares=True)
        results.append(branch.args["true"])
    if node.args.get("default") is not None:
        results.append(node.args["default"])
    return alike(reader, results, scope)
