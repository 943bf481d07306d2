"""Whether something in an app creates the tables of a database, or may do so."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from tapfix.model.access.needs import handlers_of
from tapfix.model.access.secrets import StoredLogin, stored_login
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import reference
from tapfix.model.cdk.stacks import made_from
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.model.python.modules import Module
from tapfix.model.python.values import CDK
from tapfix.model.sql.queried import Queried
from tapfix.model.sql.tables import Schema

_CREATE = re.compile(
    rb"\bcreate\s+(?:or\s+replace\s+)?(?:unlogged\s+)?table\b(?:\s+if\s+not\s+exists)?"
    rb"[\s\"'`\[]*([\w.\"`]*)",
    re.IGNORECASE,
)
_TOOLS = re.compile(
    rb"\balembic\b|flyway|liquibase|\byoyo\b|sqitch|\bdbmate\b|pg_restore|\bpsql\b|mysql\s+-"
    rb"|\.create_all\(|\.create_tables?\(|generate_schemas|\.to_sql\(|\bop\.create_table"
    rb"|manage\.py\W+migrate|django\.db|run_migrations|RDSDataService",
    re.IGNORECASE,
)
"""Words of what makes tables: migrations, ORMs, clients that run scripts."""
_READS_FILES = re.compile(rb"\bopen\(|\.read(?:_text|_bytes)?\(|\bget_data\(")
_TOLD = re.compile(r"\.md$|/tests?/|/(?:test_[^/]*|[^/]*_test|conftest)\.py$")
"""The files whose SQL no deployed database sees: those that people read, and tests."""
_MIGRATED = re.compile(r"/(?:db_?)?(?:migrations?|alembic|flyway|liquibase)/", re.IGNORECASE)
_FILLED = ("aws_rds.DatabaseInstanceFromSnapshot", "aws_rds.DatabaseClusterFromSnapshot")
_FILLED_BY = (
    "snapshot_identifier",
    "db_snapshot_identifier",
    "db_cluster_snapshot_identifier",
    "source_db_instance_identifier",
    "source_db_cluster_identifier",
    "replication_source_identifier",
)
_DEPLOYED = {
    "custom_resources.Provider": ("on_event_handler", "is_complete_handler"),
    "CustomResource": ("service_token",),
    "aws_cloudformation.CfnCustomResource": ("service_token",),
    "triggers.Trigger": ("handler",),
}
"""Classes whose functions run in a deploy, and the arguments that they are given as."""
_ANYTHING = (
    "aws_apprunner",
    "aws_autoscaling",
    "aws_batch",
    "aws_codebuild",
    "aws_ecs",
    "aws_ecs_patterns",
    "aws_eks",
    "aws_elasticbeanstalk",
    "aws_glue",
    "aws_imagebuilder",
    "aws_sagemaker",
    "aws_ssm",
)
"""Services that run code which is not read."""


def may_be_filled(app: App, queried: Queried) -> bool:
    """Whether something other than SQL in the app's files creates the tables, or may do so."""
    database = queried.store.construct
    if database.is_a(*_FILLED) or any(map(database.argument, _FILLED_BY)):
        return True
    return app.once(_has_tools) or _is_reached_by_others(app, queried)


def may_run_scripts(app: App, schema: Schema | None) -> bool:
    """Whether a statement that cannot be read may be a script out of a file: that of the tables."""
    unread = schema.unread if schema is not None else ()
    return any(_READS_FILES.search(app.files.get(one.ref.path, b"")) for one in unread)


def created_tables(app: App) -> frozenset[str]:
    """The tables that texts of the app create, by ``bare`` names; empty for one not known.

    Tests and what people read create none.
    """
    return frozenset(name for name, path, _ in app.once(_created) if not _is_told(app, path))


def told(app: App, tables: Collection[str]) -> str | None:
    """Where a test, or what people read, has SQL that creates any of these tables: file, line."""
    for name, path, line in app.once(_created):
        if _is_told(app, path) and (not name or name in tables):
            return f"{app.relative(path)}:{line}"
    return None


def bare(name: str) -> str:
    """A table's name as names are compared: without quotes and schema, in lower case."""
    return name.rpartition(".")[2].strip('"`').lower()


def _created(app: App) -> tuple[tuple[str, str, int], ...]:
    """The tables that any text creates, each with its file and line."""
    return tuple(
        (bare(match[1].decode("utf-8", "replace")), path, data.count(b"\n", 0, match.start()) + 1)
        for path, data in app.files.items()
        for match in _CREATE.finditer(data)
    )


def _is_told(app: App, path: str) -> bool:
    return _TOLD.search(path.removeprefix(app.root)) is not None


def _has_tools(app: App) -> bool:
    if any(_MIGRATED.search(path.removeprefix(app.root)) for path in app.files):
        return True
    return any(_TOOLS.search(data) for data in app.files.values())


# What else reaches the database


def _is_reached_by_others(app: App, queried: Queried) -> bool:
    """Whether code that cannot be read, or that runs in a deploy, has what it takes to log in."""
    database = queried.store.construct
    known = set(made_from(app, database))
    login = stored_login(app, queried.store)
    secret = [login.secret.construct] if isinstance(login, StoredLogin) else []
    for one in secret:
        known |= made_from(app, one)
    names = [one.name for one in known]
    names += [name for one in (database, *secret) for name in _met(app, one)]
    if any(name.partition(".")[0] in _ANYTHING for name in names):
        return True
    if any(one.is_a(*FUNCTIONS) and not handlers_of(app, one) for one in known):
        return True
    reached = {*known, *queried.functions}
    return any(one is None or one in reached for one in _run_in_deploys(app))


def _met(app: App, construct: Construct) -> Iterator[str]:
    """The classes of what a construct meets in a call: as an argument beside it, or around it."""
    for use in app.uses(construct):
        for ancestor in (use.node, *use.module.names.ancestors(use.node)):
            if isinstance(ancestor, ast.stmt):
                break
            if isinstance(ancestor, ast.Call):
                yield from _classes_in(app, use.module, ancestor)


def _classes_in(app: App, module: Module, call: ast.Call) -> Iterator[str]:
    """The names of CDK's classes that a call is about."""
    callee = app.evaluator.callee(module, call)
    if isinstance(callee, str):
        yield callee.removeprefix(CDK)
    given = [call.func, *call.args, *(keyword.value for keyword in call.keywords)]
    for node in given:
        found = reference(app, module, node)
        if found is not None:
            yield found.construct.name


def _run_in_deploys(app: App) -> Iterator[Construct | None]:
    """The functions that a deploy runs; None for one of which it is not known which it is."""
    yield from app.of("triggers.TriggerFunction")
    for name, arguments in _DEPLOYED.items():
        for made in app.of(name):
            for value in filter(None, map(made.value, arguments)):
                found = reference(app, value.module, value.node)
                if found is None or found.construct.is_a(*FUNCTIONS):
                    yield found.construct if found is not None else None
