"""An ElastiCache cache that takes snapshots.

``snapshot_retention_limit`` switches daily snapshots on and says how many days each is kept. What
stands in a cache of a throwaway environment can be computed again.

Why it matters
Snapshots are copies of the cache's contents outside the cache: they cost storage, taking them
loads the nodes, and a final snapshot stays in the account after the stack is destroyed.

What the fix does
``snapshot_retention_limit`` becomes ``0``, which switches the snapshots off, for
``CfnCacheCluster``, ``CfnReplicationGroup`` and ``CfnServerlessCache``; also where the property is
set later (``cache.snapshot_retention_limit = 5``, ``add_property_override``).

The impact is *data dies with the stack*: no copy is left from which the cache could be filled
again. The cache itself is changed in place.

Left alone
A limit of 0 or none (there are no snapshots then), and one that depends on the environment. A
``final_snapshot_name`` is reported: whether that last snapshot may go is for its owner to say. A
``snapshot_window`` (of a serverless cache: ``daily_snapshot_time``) without snapshots is noted; it
does no harm. Off in profile ``production``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap006_elasticache_snapshots import EXAMPLES
from tapfix.edits import Finding, Fix, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.decisions import is_decision
from tapfix.model.cdk.overrides import is_open_afar, overrides
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import put
from tapfix.rule import Profile, Rule, Severity

_LIMIT = "snapshot_retention_limit"
_PROPERTY = "SnapshotRetentionLimit"
_WINDOWS = ("snapshot_window", "daily_snapshot_time")
_FINAL = "final_snapshot_name"


def find(app: App) -> Iterator[Finding]:
    """Caches with daily snapshots or a final one."""
    takers = app.catalogue.taking(_LIMIT)
    for cache in app.of(*(name for name in takers if name.startswith("aws_elasticache."))):
        argument = cache.argument(_LIMIT)
        later = overrides(app, cache, _PROPERTY)
        value = later[-1].value if later else argument.value if argument is not None else None
        limit = value.constant if value is not None else 0
        if any(o.is_decision for o in later) or (value is not None and value.is_inherited):
            continue
        if is_decision(app, cache) or is_open_afar(app, cache, _PROPERTY, limit):
            continue
        if value is not None and isinstance(limit, int) and limit > 0:
            obstacle = argument.obstacle if argument is not None and not later else None
            yield _daily(app, cache, value, obstacle)
        elif limit == 0 and (value is not None or cache.lacks(_LIMIT)):
            yield from _useless_windows(cache)
        yield from _final(cache)


def _daily(app: App, cache: Construct, value: Value, obstacle: str | None) -> Finding:
    days = "1 day" if value.constant == 1 else f"{value.constant} days"
    message = (
        f"{cache.label} takes daily snapshots and keeps them for {days}:"
        " copies of its contents beside the stack"
    )
    fix = None
    if obstacle is None:
        title = "switch the snapshots off"
        fix = Fix(title, Impact.DATA_DIES_WITH_STACK, put(app, value, "0"))
    return Finding("TAP006", value.ref, message, fix, obstacle, scope=cache.statement)


def _useless_windows(cache: Construct) -> Iterator[Finding]:
    for name in _WINDOWS:
        value = cache.value(name)
        if value is not None:
            message = f"{cache.label} takes no snapshots, so `{name}` has no use"
            yield Finding("TAP006", value.ref, message, note=True, scope=cache.statement)


def _final(cache: Construct) -> Iterator[Finding]:
    value = cache.value(_FINAL)
    if value is not None and value.is_text:
        message = f"{cache.label} leaves a final snapshot behind when it is deleted"
        reason = f"whoever set `{_FINAL}` wants that snapshot: take the argument out if nobody does"
        yield Finding("TAP006", value.ref, message, reason=reason, scope=cache.statement)


RULE = Rule(
    code="TAP006",
    name="elasticache-snapshots",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    profiles=frozenset({Profile.EPHEMERAL}),
)
