"""Where encryption at rest is decided elsewhere, and where it cannot be had by an edit."""

from __future__ import annotations

import re

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.databases import engine, feeds, instance_class, is_member
from tapfix.model.python.values import Value

_OLD_NODES = ("cache.t1.", "cache.m1.", "cache.m2.", "cache.c1.")
_OLD_INSTANCES = ("t1.", "m1.", "m2.")
_OLD_DOMAINS = ("t2", "m3", "r3")


def is_off(value: Value) -> bool:
    """Whether a value says that something is not wanted."""
    return value.kind == "constant" and value.constant in (None, False)


def is_own_instance(_app: App, construct: Construct) -> bool:
    """Whether an L1 database instance has storage of its own."""
    return not is_member(construct)


def is_of_one_account(app: App, construct: Construct) -> bool:
    """Whether a table has no replica in another account, which could not use the managed key."""
    return not any(
        use.value is not None and use.value.cdk.endswith("MultiAccountReplica")
        for use in app.uses(construct)
    )


def is_redis(_app: App, construct: Construct) -> bool:
    """Whether ElastiCache leaves a replication group unencrypted: Valkey's are not."""
    return construct.argument("engine") is None or engine(construct) == "redis"


def is_put_directly(_app: App, construct: Construct) -> bool:
    """Whether producers write to a delivery stream themselves, no other stream feeds it."""
    kind = construct.value("delivery_stream_type")
    return kind is None or kind.constant == "DirectPut"


def database_limit(app: App, database: Construct) -> str | None:
    """Why a database instance cannot be encrypted, if it cannot."""
    fed = app.once(feeds).of(database)
    if fed is not None:
        return f"{fed.label} is fed from it, or may be: they must be encrypted together"
    if engine(database) == "sqlserverex":
        return "SQL Server Express cannot be encrypted"
    kind = instance_class(database)
    if kind is None:
        return "its instance class is not in the source, and not every one can be encrypted"
    if kind == "t2.micro" or kind.startswith(_OLD_INSTANCES):
        return f"instances of class {kind} cannot be encrypted"
    return None


def group_limit(_app: App, group: Construct) -> str | None:
    """Why a replication group cannot be encrypted, if it cannot."""
    node, version = group.value("cache_node_type"), group.value("engine_version")
    kind = node.constant if node is not None else ""
    if isinstance(kind, str) and kind.startswith(_OLD_NODES):
        return f"nodes of type {kind} cannot be encrypted"
    number = version.constant if version is not None else ""
    if isinstance(number, str) and number.startswith(("2.", "3.")) and number != "3.2.6":
        return f"Redis {number} cannot be encrypted"
    return None


def domain_limit(_app: App, domain: Construct) -> str | None:
    """Why an OpenSearch domain cannot be encrypted in place, if it cannot."""
    cold = domain.value("cold_storage_enabled")
    sizes = domain.value("capacity") or domain.value("cluster_config")
    members = (sizes.keywords or sizes.entries or {}) if sizes is not None else {}
    if sizes is not None and (sizes.open or not members):
        return "its instance types are not in the source, and not every one can be encrypted"
    warm = any(n.startswith(("warm", "cold")) and not is_off(v) for n, v in members.items())
    if warm or (cold is not None and not is_off(cold)):
        return "a domain with warm or cold storage cannot be encrypted once it is deployed"
    for value in (members[name] for name in members if name.lower().endswith("type")):
        if not isinstance(value.constant, str) or value.constant.startswith(_OLD_DOMAINS):
            return "its instance type cannot be encrypted, or is not in the source"
    version = domain.value("version") or domain.value("engine_version")
    return None if version is None else _old_version(version)


def _old_version(version: Value) -> str | None:
    known = version.constant or version.cdk.rpartition(".")[2]
    name = known.lower().replace("_", "") if isinstance(known, str) else ""
    digits = re.findall(r"\d+", known) if isinstance(known, str) else []
    old = tuple(map(int, digits[:2])) < (6, 7)
    if name.startswith("opensearch") or (name.startswith("elasticsearch") and not old):
        return None
    return "CloudFormation replaces a domain of that version, or its version is not in the source"


def volume_limit(_app: App, _volume: Construct) -> str | None:
    """Why a volume cannot be encrypted."""
    return "CloudFormation cannot change this on a volume that is deployed"
