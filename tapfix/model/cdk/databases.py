"""What an app's source tells of its RDS databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tapfix.edits import Ref
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.values import Value

INSTANCES = ("aws_rds.DatabaseInstanceBase", "aws_rds.CfnDBInstance")
"""The classes of single database instances, read replicas included."""

_FED_FROM = (
    "source_database_instance",
    "source_db_instance_identifier",
    "replication_source_identifier",
    "source_arn",
)
"""The arguments of RDS classes that name the database from which theirs is fed."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """Which instances feed a read replica, another cluster or a zero-ETL integration.

    ``by_source`` gives the one that is fed by the place of the instance's call. ``unknown`` is one
    whose source the app's code does not name: it may be any instance.
    """

    by_source: Mapping[Ref, Construct]
    unknown: Construct | None

    def of(self, instance: Construct) -> Construct | None:
        """What is fed from an instance, or may be."""
        return self.by_source.get(instance.ref, None if instance is self.unknown else self.unknown)


def engine(database: Construct) -> str:
    """The database engine in lower case without punctuation; empty if it is not in the source.

    ``DatabaseInstanceEngine.sql_server_ex(…)`` and L1's ``"sqlserver-ex"`` are both
    ``sqlserverex``; Aurora's begin with ``aurora``, those of RDS Custom with ``custom``.
    """
    value = database.value("engine")
    if value is None:
        return ""
    text = value.constant if isinstance(value.constant, str) else value.cdk.rpartition(".")[2]
    return "".join(letter for letter in text.lower() if letter.isalnum())


def is_member(database: Construct) -> bool:
    """Whether it is an L1 instance of a cluster: storage and backups are the cluster's."""
    aurora = database.cls.level == 1 and engine(database).startswith("aurora")
    return database.is_a("aws_rds.CfnDBInstance") and (
        aurora or database.argument("db_cluster_identifier") is not None
    )


def feeds(app: App) -> Feeds:
    """What the app's RDS instances feed."""
    databases = [c for c in app.constructs if c.name.startswith("aws_rds.")]
    instances = [database for database in databases if database.is_a(*INSTANCES)]
    places = {
        ref: instance
        for instance in instances
        for ref in (instance.ref, *(use.ref for use in app.uses(instance)))
    }
    by_source: dict[Ref, Construct] = {}
    unknown = None
    for fed in databases:
        for value in filter(None, map(fed.value, _FED_FROM)):
            source = places.get(value.ref) or places.get(value.origin_ref)
            source = source or _named(value, instances)
            if source is not None:
                by_source[source.ref] = fed
            elif not isinstance(value.constant, str) and not value.cdk.startswith("aws_rds."):
                unknown = fed
    return Feeds(by_source, unknown)


def _named(value: Value, instances: list[Construct]) -> Construct | None:
    """The instance whose identifier is the given text."""
    if not isinstance(value.constant, str):
        return None
    for instance in instances:
        for name in ("instance_identifier", "db_instance_identifier"):
            known = instance.value(name)
            if known is not None and known.constant == value.constant:
                return instance
    return None


def instance_class(database: Construct) -> str | None:
    """The class of an instance without ``db.``, as ``t4g.micro``.

    Empty if none is given, None if the source does not tell.
    """
    value = database.value("instance_type") or database.value("db_instance_class")
    if value is None:
        return None if database.open else ""
    parts = [value] if value.kind == "constant" else value.arguments
    known = [part.constant or part.cdk.rpartition(".")[2] for part in parts]
    words = [word.lower() for word in known if isinstance(word, str) and word]
    if len(words) != len(parts) or not words:
        return None
    return ".".join(words).removeprefix("db.").replace("burstable2", "t2")
