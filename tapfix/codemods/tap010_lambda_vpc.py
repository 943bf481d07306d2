"""A function outside of the VPC in which its database or cache lies.

A database, a cache or a search domain in private subnets can be reached from inside its VPC only.

Why it matters
Every connection of the function times out. It waits for that as long as it may run, and is paid for
it, and what called it sees errors or retries.

What the fix does
It gives the function ``vpc``, ``vpc_subnets`` (private subnets with a way out where the VPC has
them) and ``security_groups`` with a new security group of its own, made before the function, or
with the one beside it that was made for a function and that nothing has yet. A role that the app
makes gets ``AWSLambdaVPCAccessExecutionRole``, without which Lambda refuses to deploy the function.
That a function reaches a data store is read from its environment variables (an endpoint among
them), or from the driver its handler connects with, where the app has one data store of that kind.
Letting the function through the data store's own security group is TAP011.

The impact is *in place*: Lambda moves the function's network interfaces.

Left alone
A function that is in a VPC, or may be (``**kwargs``, a property set past the constructor). Data
stores that are publicly accessible, or whose VPC the source does not tell. A driver that connects
to another host. The RDS Data API, which needs no VPC.

Reported: VPCs whose private subnets have no way out, for a function that calls AWS or the
internet: it would lose that; public subnets only; imported VPCs of which nothing tells the kinds of
subnets; several VPCs; roles that are imported or not to be seen; L1 functions and VPCs;
Lambda@Edge; a VPC in a stack that may depend on the function's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tapfix.codemods.examples.tap010_lambda_vpc import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.access.connections import Connection, connections
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.overrides import is_set_from_afar, overrides
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.recipes.access.network import join
from tapfix.recipes.new_ids import FreeIds
from tapfix.recipes.offers import offer
from tapfix.rule import Rule, Severity


def find(app: App) -> Iterator[Finding]:
    """Functions that reach into a VPC from outside of it."""
    ids = FreeIds(app)
    for function in app.of(*FUNCTIONS):
        if not function.lacks("vpc" if function.cls.level > 1 else "vpc_config"):
            continue
        if overrides(app, function, "VpcConfig") or is_set_from_afar(app, "VpcConfig"):
            continue
        reached = [one for one in connections(app, function) if not one.store.is_public]
        if reached:
            yield _outside(app, ids, function, reached)


def _outside(app: App, ids: FreeIds, function: Construct, reached: Sequence[Connection]) -> Finding:
    stores = " and ".join(f"{one.store.construct.label} ({one.because})" for one in reached)
    message = (
        f"{function.label} lies outside of the VPC of {stores}: every connection there times out"
    )
    edits = join(app, ids, function, reached)
    offered = offer("move the function into the VPC", Impact.IN_PLACE, edits)
    return Finding("TAP010", function.head, message, scope=function.statement, **offered)


RULE = Rule(
    code="TAP010",
    name="lambda-vpc",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
