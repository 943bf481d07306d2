"""An RDS database that leaves a snapshot, or itself, behind.

RDS constructs without a removal policy have ``SNAPSHOT``: the database goes, a snapshot of its data
stays. With ``RETAIN`` the database itself stays, together with its subnet group, and CDK switches
its deletion protection on.

Why it matters
Snapshots cost storage for ever and belong to no stack: nobody sees them, nobody deletes them, and
every environment that is set up and taken down adds one. A retained database costs even more and
keeps its VPC from being deleted.

What the fix does
It writes ``removal_policy=RemovalPolicy.DESTROY`` on instances, clusters and read replicas, and on
parameter, subnet and option groups that say ``RETAIN`` or ``SNAPSHOT``. Where a statement after the
constructor decides, that statement changes; and also the constructor's ``RETAIN``, if it has one,
which holds for the subnet group, the cluster's instances and the deletion protection. Where
``RETAIN`` has switched the protection on, the fix adds ``deletion_protection=False``: RDS keeps a
protection that the template merely stops to speak of. An L1 instance or cluster, which
CloudFormation keeps a snapshot of unless it is told otherwise, gets
``apply_removal_policy(RemovalPolicy.DESTROY)``.

The impact is *data dies with the stack*: nothing happens until the stack is deleted, or a change
replaces the database; then no copy of the data is left. For the groups it is *in place*: they hold
no data.

Left alone
A policy that depends on something: a parameter, a condition, the context, an attribute that a base
class in another file sets, an aspect or a loop over the construct tree. What
``apply_removal_policy(RemovalPolicy.DESTROY)`` or ``RemovalPolicies.of(scope).destroy()`` settles.
L1 instances of a cluster and L1 read replicas, of which CloudFormation keeps no snapshot.
``**kwargs`` that may hold a policy, and imported databases. An L1 database that has no name in the
source, so that no statement can speak of it, is reported. Off in profile ``production``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap004_rds_snapshot import EXAMPLES
from tapfix.edits import Edit, Finding, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.recipes.arguments import Obstacle, add_beside, give
from tapfix.recipes.keeping.removal import DESTROY, Removal, destroy, read_policies, said_policy
from tapfix.recipes.offers import offer
from tapfix.rule import Profile, Rule, Severity


def find(app: App) -> Iterator[Finding]:
    """Everything of RDS that leaves something behind when its stack is deleted."""
    databases = [c for c in app.constructs if c.name.startswith("aws_rds.")]
    policies = read_policies(app) if databases else None
    for database in databases:
        removal = policies.of(database) if policies is not None else None
        if removal is None:
            continue
        if removal.keeps:
            yield _kept(app, database, removal)
        elif _constructor_retains(database, removal):
            yield _half_kept(app, database)


def _kept(app: App, database: Construct, removal: Removal) -> Finding:
    what = "a snapshot" if removal.policy == "SNAPSHOT" else "it"
    message = (
        f"{database.label} outlives its stack ({removal.because}):"
        f" `cdk destroy` leaves {what} behind"
    )
    edits = destroy(app, database, removal, keyword_too=said_policy(database) == "RETAIN")
    edits = _unprotected(app, database, edits)
    impact = Impact.DATA_DIES_WITH_STACK if database.cls.stateful else Impact.IN_PLACE
    offered = offer("delete it with its stack", impact, edits)
    return Finding("TAP004", removal.ref, message, scope=database.statement, **offered)


def _unprotected(
    app: App, database: Construct, edits: tuple[Edit, ...] | Obstacle
) -> tuple[Edit, ...] | Obstacle:
    """The edits, and what switches off the protection that RETAIN has switched on."""
    if isinstance(edits, Obstacle) or said_policy(database) != "RETAIN":
        return edits
    if not database.lacks("deletion_protection"):
        return edits
    # RDS keeps the protection of a deployed database if the template only stops to speak of it.
    return edits + add_beside(app, database, "removal_policy", "deletion_protection", "False")


def _constructor_retains(database: Construct, removal: Removal) -> bool:
    """Whether the constructor's RETAIN has effects that a later DESTROY does not take back."""
    if said_policy(database) != "RETAIN" or not database.cls.stateful:
        return False
    return removal.statement is not None or database.lacks("deletion_protection")


def _half_kept(app: App, database: Construct) -> Finding:
    message = (
        f"{database.label} goes with its stack, but RETAIN in its constructor still holds for"
        " its subnet group, its instances and its deletion protection"
    )
    edits = _unprotected(app, database, give(app, database, "removal_policy", DESTROY))
    offered = offer("say in the constructor what holds", Impact.IN_PLACE, edits)
    ref = database.arguments["removal_policy"].value.ref
    return Finding("TAP004", ref, message, scope=database.statement, **offered)


RULE = Rule(
    code="TAP004",
    name="rds-snapshot",
    severity=Severity.CRITICAL,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    profiles=frozenset({Profile.EPHEMERAL}),
)
