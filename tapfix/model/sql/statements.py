"""The SQL statements that the code of a handler can run, with the values that it puts into them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tapfix.edits import Ref
from tapfix.model.lambdas.reached import Code, Leaf
from tapfix.model.python.calls import last_name
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.sql.placeholders import numbered, style_of
from tapfix.model.sql.tables import Unread
from tapfix.model.sql.texts import Place, Texts

_EXECUTES = ("execute", "exec_driver_sql", "executemany", "stream", "mogrify")
_BULK = ("execute_values", "execute_batch")
# asyncpg's and pg8000's: these names are others' too, so the receiver must be a database's.
_SHARED = ("fetch", "fetchrow", "fetchval", "run", "scalar", "scalars", "copy_expert")
_TEXTS = ("query", "sql", "statement", "operation")
_VALUES = ("vars", "params", "parameters", "args", "argslist", "vars_list", "seq_of_parameters")
_OTHERS = ("sqlite3.", "duckdb.", "snowflake.", "redshift_connector.", "boto3.", "pyathena.")
_VERBS = frozenset(
    {
        *("select", "insert", "update", "delete", "with", "replace", "merge", "create", "alter"),
        *("drop", "truncate", "call", "copy", "set", "begin", "commit", "rollback", "lock", "show"),
        *("listen", "notify", "vacuum", "analyze", "explain", "savepoint", "release", "use"),
    }
)
_AT_RUN_TIME = "its text is put together at run time"


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement in the form that sqlglot reads, and the values for its ``:p1``, ``:p2``, ….

    ``is_one`` says that one row at most is taken of its result, ``strict`` that the driver takes
    only values of a column's own type.
    """

    code: Code
    ref: Ref
    text: str
    values: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    is_one: bool = False
    strict: bool = False


def statements_of(code: Code) -> Iterator[Statement | Unread]:
    """The statements of a handler, each way that it may be written; and those not known."""
    texts = Texts(code)
    for leaf in code.calls():
        found = _query(code, leaf)
        if found is None:
            continue
        query, arguments = found
        seen: set[str] = set()
        for frame in texts.frames(Place(leaf.module, leaf.node)):
            written = texts.texts(Place(leaf.module, query, frame))
            if written is None:
                if _is_database(code, leaf) and not seen:
                    yield Unread(leaf.module.ref(leaf.node), _AT_RUN_TIME)
                break
            for text in written:
                if _is_sql(text):
                    seen.add(text)
                    yield _statement(
                        texts, leaf, text, [Place(leaf.module, a, frame) for a in arguments]
                    )


def _is_sql(text: str) -> bool:
    start = text.lstrip("(; \t\r\n").lower()
    return re.split(r"[^a-z]", start, maxsplit=1)[0] in _VERBS or start.startswith(("--", "/*"))


def _query(code: Code, leaf: Leaf) -> tuple[ast.expr, list[ast.expr]] | None:
    """The text and the values of a call that runs a statement."""
    call = leaf.node
    assert isinstance(call, ast.Call)
    callee = code.evaluator.callee(leaf.module, call)
    if isinstance(callee, (AppFunction, AppClass)):
        return None
    name = last_name(call.func)
    given = [a for a in call.args if not isinstance(a, ast.Starred)]
    if name in _BULK and len(given) > 1:
        return given[1], given[2:]
    is_reader = name in ("read_sql", "read_sql_query") and isinstance(callee, str)
    if name not in _EXECUTES and name not in _SHARED and not is_reader:
        return None
    if isinstance(callee, str) and callee.startswith(_OTHERS):
        return None
    if _speaks_to_another(code, leaf):
        return None
    named = [k.value for k in call.keywords if k.arg in _TEXTS]
    query = given[0] if given else next(iter(named), None)
    values = given[1:] + [k.value for k in call.keywords if k.arg in _VALUES]
    return (query, values) if query is not None else None


def _speaks_to_another(code: Code, leaf: Leaf) -> bool:
    """Whether the receiver is certainly a connection to something else (an SQLite file)."""
    made = _makers(code, leaf)
    return bool(made) and all(name.startswith(_OTHERS) for name in made)


def _makers(code: Code, leaf: Leaf) -> list[str]:
    """The library functions that make what a method is called on, as far as they are seen."""
    node: ast.expr = leaf.node
    module = leaf.module
    for _ in range(8):
        if isinstance(node, ast.Call):
            callee = code.evaluator.callee(module, node)
            if isinstance(callee, str) and callee.partition(".")[0] not in ("self",):
                return [callee]
            node = node.func
        if isinstance(node, ast.Attribute):
            node = node.value
        if isinstance(node, ast.Await):
            node = node.value
        if isinstance(node, ast.Name):
            value = _source(module, node)
            if value is None:
                return []
            node = value
    return []


def _source(module: Module, node: ast.Name) -> ast.expr | None:
    bindings = module.scope_of(node).lookup(node.id)
    if len(bindings) != 1:
        return None
    holder = module.names.parents.get(bindings[0].node)
    if isinstance(holder, ast.withitem):
        return holder.context_expr
    return bindings[0].value if bindings[0].kind == "assign" else None


def _is_database(code: Code, leaf: Leaf) -> bool:
    """Whether a call whose text is not known is one of a database at all."""
    assert isinstance(leaf.node, ast.Call)
    name = last_name(leaf.node.func)
    if name in (*_EXECUTES[:3], *_BULK, "read_sql", "read_sql_query"):
        made = _makers(code, leaf)
        known = ("sqlalchemy", "psycopg", "pymysql", "MySQLdb", "mysql", "asyncpg", "pg8000", "aio")
        return bool(leaf.node.args) and (not made or made[0].startswith(known))
    return bool(_makers(code, leaf)) and name in ("fetch", "fetchrow", "fetchval")


def _statement(texts: Texts, leaf: Leaf, text: str, given: list[Place]) -> Statement:
    call, module = leaf.node, leaf.module
    assert isinstance(call, ast.Call)
    name = last_name(call.func) or ""
    rows = _rows(texts, name, given)
    if name == "execute_values":
        text, rows = _with_row(texts, leaf, text, rows)
    keywords = {k.arg: Place(module, k.value) for k in call.keywords if k.arg is not None}
    has_values = bool(given or keywords or call.keywords)
    sure = text.count("%s") <= max((len(_elements(texts, row)) for row in rows), default=0)
    style = style_of(text, has_values)
    written, keys = numbered(text, style)
    values: dict[str, tuple[Place, ...]] = {}
    for mark, key in keys.items():
        if style == "numeric":
            found = [given[key]] if isinstance(key, int) and key < len(given) else []
        elif isinstance(key, str):
            found = [entry for row in rows for entry in _entries(texts, row, key)]
            found += [keywords[key]] if key in keywords else []
        else:
            found = [
                _elements(texts, row)[key]
                for row in rows
                if sure and key < len(_elements(texts, row))
            ]
        values[mark] = tuple(found)
    is_one = name in ("fetchrow", "fetchval") or _takes_one(module, call)
    return Statement(texts.code, module.ref(call), written, values, is_one, style == "numeric")


def _rows(texts: Texts, name: str, given: list[Place]) -> list[Place]:
    """What holds the values of one run: the argument itself, or the elements of many rows."""
    if not given:
        return []
    if name in ("executemany", *_BULK):
        return list(texts.rows(given[0]))
    ends = texts.ends(given[0])
    first = [given[0]] if ends is None else ends
    if ends and isinstance(ends[0].node, (ast.List, ast.Tuple)) and ends[0].node.elts:
        inner = ends[0].node.elts[0]
        if isinstance(inner, ast.Dict):  # SQLAlchemy: one statement, many rows
            return list(texts.rows(given[0]))
    return first


def _elements(texts: Texts, row: Place) -> list[Place]:
    for end in texts.ends(row) or []:
        if isinstance(end.node, (ast.Tuple, ast.List)):
            return [Place(end.module, item, end.frame) for item in end.node.elts]
    return []


def _entries(texts: Texts, row: Place, key: str) -> list[Place]:
    found = []
    for end in texts.ends(row) or []:
        if isinstance(end.node, ast.Dict):
            for name, value in zip(end.node.keys, end.node.values, strict=True):
                if isinstance(name, ast.Constant) and name.value == key:
                    found.append(Place(end.module, value, end.frame))
    return found


def _with_row(texts: Texts, leaf: Leaf, text: str, rows: list[Place]) -> tuple[str, list[Place]]:
    """The statement of ``execute_values`` with one row written out."""
    assert isinstance(leaf.node, ast.Call)
    template = next((k.value for k in leaf.node.keywords if k.arg == "template"), None)
    known = texts.texts(Place(leaf.module, template)) if template is not None else None
    width = max((len(_elements(texts, row)) for row in rows), default=0)
    if known:
        return text.replace("%s", known[0], 1), rows
    if width:
        return text.replace("%s", "(" + ", ".join(["%s"] * width) + ")", 1), rows
    return text, []


def _takes_one(module: Module, call: ast.Call) -> bool:
    """Whether ``fetchone`` follows, on the same cursor or on what the call returns."""
    parent = module.names.parents.get(call)
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("fetchone", "one", "one_or_none", "first", "scalar", "scalar_one")
    statement = module.names.statement(call)
    holder = module.names.parents.get(statement)
    for block in ("body", "orelse", "finalbody"):
        body = getattr(holder, block, None)
        if isinstance(body, list) and statement in body:
            following = body[body.index(statement) + 1 : body.index(statement) + 2]
            return any(
                isinstance(n, ast.Attribute) and n.attr in ("fetchone", "first", "one_or_none")
                for after in following
                for n in ast.walk(after)
            )
    return False
