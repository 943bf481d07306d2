"""How a database compares names, and which of them it takes only in quotes."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.generators.mysql import MySQLGenerator

from tapfix.model.sql.tables import Dialect

# What PostgreSQL 18 lets no column be called without quotes; after a dot it needs none.
POSTGRES_RESERVED = frozenset(
    {
        *("all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric"),
        *("authorization", "binary", "both", "case", "cast", "check", "collate", "collation"),
        *("column", "concurrently", "constraint", "create", "cross", "current_catalog"),
        *("current_date", "current_role", "current_schema", "current_time", "current_timestamp"),
        *("current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end"),
        *("except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group"),
        *("having", "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull"),
        *("join", "lateral", "leading", "left", "like", "limit", "localtime", "localtimestamp"),
        *("natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer"),
        *("overlaps", "placing", "primary", "references", "returning", "right", "select"),
        *("session_user", "similar", "some", "symmetric", "system_user", "table", "tablesample"),
        *("then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic"),
        *("verbose", "when", "where", "window", "with"),
    }
)
_RESERVED: dict[Dialect, frozenset[str]] = {
    "postgres": POSTGRES_RESERVED,
    "mysql": frozenset(MySQLGenerator.RESERVED_KEYWORDS),
}


def fold(identifier: exp.Expr | str, dialect: Dialect, is_table: bool = False) -> str:
    """A name as the database compares it."""
    if isinstance(identifier, str):
        return identifier.lower()
    name = str(identifier.name)
    if dialect == "mysql":
        return name if is_table else name.lower()
    return name if identifier.args.get("quoted") else name.lower()


def spelled(identifier: exp.Expr, dialect: Dialect) -> str:
    """A name as the statement spells it, in quotes where these are needed wherever it stands."""
    name = str(identifier.name)
    is_quoted = bool(identifier.args.get("quoted"))
    if not is_quoted and name.lower() not in _RESERVED[dialect]:
        return name
    sign = "`" if dialect == "mysql" else '"'
    name = name if dialect == "mysql" else fold(identifier, dialect)
    return f"{sign}{name.replace(sign, sign * 2)}{sign}"


def is_word_of_sql(identifier: exp.Expr, dialect: Dialect) -> bool:
    """Whether a name without a table before it is SQL's own word: DEFAULT, PostgreSQL's USER."""
    name = str(identifier.name).lower()
    if identifier.args.get("quoted"):
        return False
    # MySQL's words became more with its versions.
    return name == "default" or (dialect == "postgres" and name in POSTGRES_RESERVED)
