"""SQL texts as the trees of sqlglot, and what is asked of any node."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from sqlglot import exp, parse
from sqlglot.errors import SqlglotError

from tapfix.model.sql.tables import Dialect

_QUIET_WORDS = frozenset(
    {
        *("set", "begin", "start", "commit", "rollback", "savepoint", "release", "show", "use"),
        *("listen", "unlisten", "notify", "discard", "reset", "lock", "analyze", "vacuum"),
    }
)

# What it can only read as "some command" is refused in our own words.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def parsed(text: str, dialect: Dialect) -> list[exp.Expr] | str:
    """The statements in a text, or why they cannot be read."""
    text = text.strip("; \t\r\n")
    first = text.split(None, 1)[0].lower().strip(";") if text else ""
    if first in _QUIET_WORDS or not first:
        return []
    if first in ("call", "exec", "do"):
        return "it calls a procedure"
    if first == "replace" and dialect == "mysql":
        text = _as_upsert(text)
    try:
        return [one for one in parse(text, dialect=dialect) if isinstance(one, exp.Expr)]
    except (SqlglotError, RecursionError):
        return "it is no SQL that tapfix can read"


def _as_upsert(text: str) -> str:
    """``REPLACE INTO t`` as the insert that it is; its key is looked for like an upsert's."""
    start = text.lower().index("replace")
    rest = text[start + len("replace") :].lstrip()
    into = rest if rest.lower().startswith("into") else f"INTO {rest}"
    return f"{text[:start]}INSERT {into} ON DUPLICATE KEY UPDATE tapfix_replaces = 1"


def replaces(assignment: exp.Expr) -> bool:
    """Whether an assignment only marks what was a ``REPLACE``."""
    return isinstance(assignment, exp.EQ) and assignment.this.name == "tapfix_replaces"


def called(node: exp.Expr, name: str) -> bool:
    """Whether a node calls a function that sqlglot knows nothing of, by its name."""
    return isinstance(node, exp.Anonymous) and node.name.lower() == name


def identifier(node: exp.Expr) -> exp.Expr:
    """The name of a column, however it is wrapped."""
    while not isinstance(node, exp.Identifier) and isinstance(node.this, exp.Expr):
        node = node.this
    return node


def listed(value: object) -> list[exp.Expr]:
    """An argument of a node as a list: it is one node, several or none."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, exp.Expr) else []


def children(node: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes right below one, in the order of its arguments."""
    for value in node.args.values():
        yield from (one for one in listed(value) if isinstance(one, exp.Expr))


def part(node: exp.Expr, name: str) -> exp.Expr | None:
    """A clause of a statement; sqlglot ends some names with ``_``."""
    found = node.args.get(f"{name}_") or node.args.get(name)
    return found if isinstance(found, exp.Expr) else None


def alias_of(node: exp.Expr) -> exp.Expr | None:
    """The name that a source is given after AS."""
    alias = node.args.get("alias")
    return alias.this if isinstance(alias, exp.TableAlias) and alias.this is not None else None


def alias_columns(node: exp.Expr) -> list[exp.Expr]:
    """The names that a source's alias gives to its columns."""
    alias = node.args.get("alias")
    return listed(alias.args.get("columns")) if isinstance(alias, exp.Expr) else []
