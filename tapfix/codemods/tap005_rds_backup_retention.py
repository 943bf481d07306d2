"""An RDS database that keeps automated backups.

RDS takes a backup a day and keeps it as long as ``backup_retention`` says. In an environment that
is made to be thrown away nobody restores from them.

Why it matters
The backups are copies of the data that the stack does not own: they cost storage, they slow down
every change and the deletion of the database, and with ``delete_automated_backups=False`` they stay
in the account after the database is gone.

What the fix does
An instance gets ``backup_retention=Duration.days(0)``, which switches automated backups off, and
``delete_automated_backups=True``; where the duration counts in days already, only its number
changes. Aurora and Multi-AZ clusters cannot go below one day: theirs becomes one day. The same for
``backup_retention_period`` of L1 classes and for a property that is set later
(``cfn.backup_retention_period = 7``, ``add_property_override``). An explicit
``delete_automated_backups=False`` becomes ``True``.

The impact is *data dies with the stack*: no copy is left from which the data could be restored. The
database itself is changed in place. Know that RDS deletes the backups it has as soon as the change
is deployed, and that an instance is out of service for a moment when backups are switched off.

Left alone
A retention that is not given (RDS then keeps one day), that depends on the environment, or that a
base class in another file decides. Read replicas and zero-ETL integrations are fed from backups:
their source is reported and kept, also if it cannot be told which instance is the source. So are
SQL Server instances with Multi-AZ, RDS Custom, instances whose backups are replicated to another
region, and MySQL instances whose parameters switch on the binary log, which needs backups.
Instances of a cluster have no backups of their own. Off in profile ``production``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.codemods.examples.tap005_rds_backup_retention import EXAMPLES
from tapfix.edits import Edit, Finding, Fix, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.databases import INSTANCES, Feeds, engine, feeds, is_member
from tapfix.model.cdk.decisions import is_decision
from tapfix.model.cdk.durations import days
from tapfix.model.cdk.overrides import is_open_afar, overrides
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import add_beside, give, put
from tapfix.recipes.keeping.durations import set_days
from tapfix.recipes.offers import offer
from tapfix.rule import Profile, Rule, Severity

_PROPERTY = "BackupRetentionPeriod"
_DELETE = "delete_automated_backups"


@dataclass(frozen=True, slots=True)
class _Retention:
    """How long backups are kept, in days, and where that is written."""

    value: Value
    days: float
    argument: str
    obstacle: str | None = None


def find(app: App) -> Iterator[Finding]:
    """RDS instances that keep backups, and clusters that keep them for more than one day."""
    fed = app.once(feeds)
    for database in app.constructs:
        if not database.name.startswith("aws_rds.") or is_member(database):
            continue
        if is_decision(app, database):
            continue
        retention = _retention(app, database)
        if is_open_afar(app, database, _PROPERTY, retention.days if retention else None):
            continue
        least = 0 if database.is_a(*INSTANCES) else 1
        if retention is not None and retention.days > least:
            yield _kept(app, database, retention, least, fed)
        elif _keeps_after_deletion(database) and (retention is None or retention.days):
            yield _left_behind(app, database)


def _kept(app: App, database: Construct, retention: _Retention, least: int, fed: Feeds) -> Finding:
    message = (
        f"{database.label} keeps automated backups for {_count(retention.days)}:"
        " copies of its data beside the stack"
    )
    reason = retention.obstacle or (_need(database, fed) if least == 0 else None)
    fix = None if reason else _shorten(app, database, retention, least)
    ref = retention.value.ref
    return Finding("TAP005", ref, message, fix, reason, scope=database.statement)


def _left_behind(app: App, database: Construct) -> Finding:
    message = f"{database.label} leaves its automated backups behind when it is deleted"
    title = "delete the automated backups with the database"
    offered = offer(title, Impact.DATA_DIES_WITH_STACK, give(app, database, _DELETE, "True"))
    ref = database.arguments[_DELETE].value.ref
    return Finding("TAP005", ref, message, scope=database.statement, **offered)


def _count(number: float) -> str:
    return f"{number:g} day" if number == 1 else f"{number:g} days"


def _retention(app: App, database: Construct) -> _Retention | None:
    later = overrides(app, database, _PROPERTY)
    if later:
        value = None if any(o.is_decision for o in later) else later[-1].value
        return _known(value, "", None)
    for name in ("backup_retention", "backup_retention_period"):
        found = database.argument(name)
        if found is not None:
            return _known(found.value, name, found.obstacle)
    found = database.argument("backup")
    if found is None:
        return None
    members = found.value.keywords or found.value.entries or {}
    obstacle = "the backup settings are used in more than one place"
    shared = found.value.shared and not found.value.is_direct
    return _known(members.get("retention"), "backup", obstacle if shared else found.obstacle)


def _known(value: Value | None, argument: str, obstacle: str | None) -> _Retention | None:
    if value is None or value.is_inherited:
        return None
    number = value.constant if isinstance(value.constant, (int, float)) else days(value)
    return None if number is None else _Retention(value, number, argument, obstacle)


def _shorten(app: App, database: Construct, retention: _Retention, least: int) -> Fix:
    edits = (
        put(app, retention.value, str(least))
        if retention.value.kind == "constant"
        else set_days(app, retention.value, least)
    )
    title = "switch automated backups off" if least == 0 else "keep backups for one day, the least"
    edits += _delete_too(app, database, retention, least)
    return Fix(f"{title} (existing ones go)", Impact.DATA_DIES_WITH_STACK, edits)


def _delete_too(
    app: App, database: Construct, retention: _Retention, least: int
) -> tuple[Edit, ...]:
    """The edits that let backups go with the database, where the app does not say so already."""
    if overrides(app, database, "DeleteAutomatedBackups"):
        return ()
    if _keeps_after_deletion(database):
        edits = give(app, database, _DELETE, "True")
        return edits if isinstance(edits, tuple) else ()
    if least == 0 and database.lacks(_DELETE):
        return add_beside(app, database, retention.argument, _DELETE, "True")
    return ()


def _keeps_after_deletion(database: Construct) -> bool:
    value = database.value(_DELETE)
    return value is not None and value.constant is False


def _need(database: Construct, fed: Feeds) -> str | None:
    """Why an instance cannot go without backups, if it cannot."""
    kind = engine(database)
    multi_az = database.value("multi_az")
    dependant = fed.of(database)
    if dependant is not None:
        return f"{dependant.label} is fed from it, or may be, and that needs backups"
    if kind.startswith("custom"):
        return "RDS Custom cannot go without backups"
    if kind.startswith("sqlserver") and multi_az is not None and multi_az.constant is not False:
        return "SQL Server with Multi-AZ cannot go without backups"
    if database.argument("automatic_backup_replication_region") is not None:
        return "its backups are replicated to another region"
    group = database.value("parameter_group")
    groups = (database.value("parameters"), group.argument("parameters") if group else None)
    if any(value is not None and "binlog_format" in (value.entries or {}) for value in groups):
        return "its parameters switch on the binary log, which MySQL keeps only with backups"
    return None


RULE = Rule(
    code="TAP005",
    name="rds-backup-retention",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    profiles=frozenset({Profile.EPHEMERAL}),
)
