"""An RDS database whose deletion protection is switched on.

With ``deletion_protection=True`` RDS refuses to delete an instance or a cluster, whoever asks and
whatever its removal policy says.

Why it matters
``cdk destroy`` runs into the refusal and stops in the middle: the stack ends in ``DELETE_FAILED``,
and what was to go before the database is gone already. Somebody has to switch the protection off
by hand, and then to destroy again.

What the fix does
It writes ``deletion_protection=False`` where the protection is switched on: the argument of an
instance, a cluster, a serverless or global cluster, L2 or L1, or what sets the property later
(``cfn.deletion_protection = True``, ``add_property_override("DeletionProtection", True)``).

The impact is *in place*: CloudFormation switches the protection off, the database runs on, and no
data is touched until somebody deletes the stack.

Left alone
A protection that depends on something (a parameter, a condition, a method, the context, an aspect),
and one that a later statement switches off. One that nobody mentions: it is off, unless the
constructor has ``removal_policy=RemovalPolicy.RETAIN``, which TAP004 mends. Other services have the
argument too: TAP021. Off in profile ``production``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap003_rds_deletion_protection import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.app import App
from tapfix.recipes.keeping.protection import protections
from tapfix.recipes.offers import offer
from tapfix.rule import Profile, Rule, Severity


def find(app: App) -> Iterator[Finding]:
    """Places that switch on the deletion protection of something in RDS."""
    for database in app.constructs:
        if not database.name.startswith("aws_rds."):
            continue
        for protection in protections(app, database):
            message = (
                f"{database.label} is protected from deletion:"
                " `cdk destroy` stops at it and leaves the stack half deleted"
            )
            offered = offer("switch deletion protection off", Impact.IN_PLACE, protection.edits)
            yield Finding("TAP003", protection.ref, message, scope=database.statement, **offered)


RULE = Rule(
    code="TAP003",
    name="rds-deletion-protection",
    severity=Severity.CRITICAL,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    profiles=frozenset({Profile.EPHEMERAL}),
)
