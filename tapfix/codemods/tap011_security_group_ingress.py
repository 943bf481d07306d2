"""A database or cache whose security group does not let its function in.

Function and data store lie in one VPC, and no rule allows the one to reach the other.

Why it matters
A security group lets nothing in that no rule names. Every connection of the function times out,
though both are where they should be.

What the fix does
It adds one rule to the data store's security group, for the function's own group and the port that
the store listens on: ``database_group.add_ingress_rule(function_group, ec2.Port.tcp(5432), …)``.
Where CDK makes the group of the store or of the function, it is
``database.connections.allow_default_port_from(function, …)``. The port is that of the ``port``
argument, else the engine's. Between stacks the rule goes into the function's (``remote_rule=True``,
or ``connections.allow_to``): else each stack would wait for the other. A store of level 1 in
another stack tells the id of its group, where the group itself has no name there. No rule is ever
for a whole range of addresses.

The impact is *in place*.

Left alone
Any rule that lets the function in, or may: from the VPC's addresses, from everywhere, by
``connections`` of either side, ``CfnSecurityGroupIngress``, a group that both share and that lets
its own members in, a group that goes where nobody can see what is done with it. A database that
the function reaches by way of a proxy of its own (``add_proxy``). Functions outside of the VPC:
that is TAP010. Imported security groups.

Reported: ports that the source does not tell, data stores in a stack that may depend on the
function's, functions and data stores that nothing holds a name of.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap011_security_group_ingress import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.access.connections import connections
from tapfix.model.access.ingress import Pair, pairs
from tapfix.model.app import App
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.recipes.access.ingress import admit
from tapfix.recipes.offers import offer
from tapfix.rule import Rule, Severity


def find(app: App) -> Iterator[Finding]:
    """Functions that no rule lets through to what they reach."""
    for function in app.of(*FUNCTIONS):
        if function.argument("vpc") is not None:
            stores = (one.store for one in connections(app, function))
            for pair in pairs(app, function, stores):
                if not pair.lets_in:
                    yield _shut(app, pair)


def _shut(app: App, pair: Pair) -> Finding:
    message = (
        f"no rule lets {pair.function.label} through to {pair.store.construct.label}:"
        " every connection times out"
    )
    offered = offer("let the function in", Impact.IN_PLACE, admit(app, pair))
    scope = pair.function.statement
    return Finding("TAP011", pair.function.head, message, scope=scope, **offered)


RULE = Rule(
    code="TAP011",
    name="security-group-ingress",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
