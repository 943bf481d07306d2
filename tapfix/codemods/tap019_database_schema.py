"""A database of which nothing in the app creates the tables.

Functions query it with SQL, and no migration, script, custom resource or text of the app says
``CREATE TABLE``.

Why it matters
The deploy succeeds, and every statement of the functions fails: ``relation "orders" does not
exist``. Someone has to know that, reach the database inside its VPC, and type the tables by hand,
once for every environment.

What the fix does
It writes ``schema.sql`` with a ``CREATE TABLE IF NOT EXISTS`` for every table that the functions'
SQL names: types from what the statements do with a column, keys from what they look rows up by. A
type that only the column's name speaks for is marked there: read that file before you deploy.
``create_schema.py`` beside it runs it, in one transaction where the database can (PostgreSQL), with
the library that the functions use and the login in the database's secret. A
``triggers.TriggerFunction`` runs that in the deploy: in the VPC, let through to the database by a
rule, after the database, its secret, the VPC and the rule, before the functions that query. Tables
that are there stay as they are. Its log group goes with the stack.

A function that queries and still has the security group that CDK makes gets one of its own: the
rule that lets the function in belongs to the database, for which the tables wait, and the function
waits for the tables.

The impact is *in place*: the functions are updated, once the tables are there.

Left alone
Whatever may create the tables: SQL in any file but tests and README.md, Alembic, Flyway, Liquibase,
Django, ``create_all``, a snapshot, a custom resource or trigger that reaches the database, code
that is not read (a container, a build, a function in another language) and is told its secret or
address. Imported databases. Functions whose code names no table.

Reported: SQL that cannot be read, with its place, beside a fix for the rest; tables that only a
test or README.md says how to create; SQL Server, Oracle, Redshift and the RDS Data API; databases
without a secret that holds their login, L1 ones among them; logins by IAM or as another user;
functions that query several databases, that are made several times or in several stacks, that no
name holds, that lie in another VPC; subnets without a way out to Secrets Manager, or with an
endpoint that may be closed to a new function.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from tapfix.codemods.examples.tap019_database_schema import EXAMPLES
from tapfix.edits import Edit, Finding, Impact
from tapfix.model.app import App
from tapfix.model.sql.creators import bare, created_tables, may_be_filled, may_run_scripts, told
from tapfix.model.sql.queried import Queried, read_queried
from tapfix.model.sql.schemas import schema_of
from tapfix.model.sql.tables import Dialect, Schema
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.new_ids import FreeIds
from tapfix.recipes.offers import offer
from tapfix.recipes.schema.function import create_tables
from tapfix.rule import Rule, Severity

_DIALECTS: dict[str, Dialect] = {"postgres": "postgres", "mysql": "mysql"}


@dataclass(frozen=True, eq=False)
class _Lack:
    """A database and the tables that it needs; no schema where its SQL is none that is read."""

    queried: Queried
    schema: Schema | None

    @property
    def tables(self) -> frozenset[str]:
        """The names of the tables, as they are compared."""
        tables = self.schema.tables if self.schema is not None else ()
        return frozenset(bare(table.name) for table in tables)

    @property
    def is_queried(self) -> bool:
        """Whether any SQL is about tables, or may be."""
        return self.schema is None or bool(self.schema.tables or self.schema.unread)


def find(app: App) -> Iterator[Finding]:
    """Databases that functions query and that stay empty."""
    known = read_queried(app)
    empty = [one for one in known if not may_be_filled(app, one)]
    created = created_tables(app) if empty else frozenset[str]()
    if created and len(known) == 1:
        return
    # Reading the SQL costs the most: it is left to those that need it.
    read = {one: _Lack(one, _schema(one)) for one in (known if created else empty)}
    lacking = [read[one] for one in empty if not _is_created(created, read[one], read.values())]
    lacking = [
        lack for lack in lacking if lack.is_queried and not may_run_scripts(app, lack.schema)
    ]
    ids = FreeIds(app)
    for lack in lacking:
        yield _empty(app, ids, lack, alone=len(lacking) == 1)


def _is_created(created: Collection[str], lack: _Lack, all_lacks: Iterable[_Lack]) -> bool:
    """Whether any table that is created may be one of a database's, and not another one's."""
    others = {name for other in all_lacks if other is not lack for name in other.tables}
    return any(name in lack.tables or name not in others for name in created)


def _schema(queried: Queried) -> Schema | None:
    dialect = _DIALECTS.get(queried.store.family)
    if dialect is None or queried.by_api:
        return None
    return schema_of(queried.codes, dialect)


def _empty(app: App, ids: FreeIds, lack: _Lack, *, alone: bool) -> Finding:
    database, schema = lack.queried.store.construct, lack.schema
    tables = ", ".join(table.name for table in schema.tables) if schema is not None else ""
    message = f"nothing in the app creates the tables of {database.label}"
    message += f" that its functions query: {tables}" if tables else " that its functions query"
    for unread in schema.unread if schema is not None else ():
        line, _ = app.position(unread.ref)
        message += f"; not read: {app.relative(unread.ref.path)}:{line} ({unread.reason})"
    edits = _edits(app, ids, lack, alone=alone)
    offered = offer("create the tables when the app is deployed", Impact.IN_PLACE, edits)
    return Finding("TAP019", database.head, message, scope=database.statement, **offered)


def _edits(app: App, ids: FreeIds, lack: _Lack, *, alone: bool) -> tuple[Edit, ...] | Obstacle:
    queried, schema = lack.queried, lack.schema
    if schema is None:
        words = "that of the RDS Data API" if queried.by_api else queried.store.words
        return Obstacle(f"its tables must be written by hand: of all SQL, {words} is not read")
    if queried.others:
        others = " and ".join(one.construct.label for one in queried.others)
        return Obstacle(f"its functions query {others} too: which table is where is not certain")
    if not schema.tables:
        return Obstacle("none of the SQL can be read")
    place = told(app, lack.tables)
    if place is not None:
        return Obstacle(f"{place} has SQL that creates them: let the deploy run that")
    asking = tuple(one for one in queried.functions if _asks(queried.of(one)))
    return create_tables(app, ids, queried.of(*asking), schema, alone=alone)


def _asks(queried: Queried) -> bool:
    """Whether functions query tables, and not only connect."""
    schema = _schema(queried)
    return schema is not None and bool(schema.tables or schema.unread)


RULE = Rule(
    code="TAP019",
    name="database-schema",
    severity=Severity.MEDIUM,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    last=True,
)
