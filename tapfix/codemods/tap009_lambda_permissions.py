"""A function whose role does not allow what its code does.

A function reads a stream, writes to a table or asks for a secret, and nothing in the app grants it
that.

Why it matters
The stack deploys, or half of it: an event source mapping on a role without rights is refused, and
so is a function in a VPC whose role may not make network interfaces. Everything else is found out
when the first event comes: each call ends in ``AccessDenied``.

What the fix does
It adds the narrowest grants that give what is missing, behind the function (or its event source
mapping), to the role where the function is given one, else to the function:
``stream.grant_read(role)``, ``secret.grant_read(role)``, ``table.grant_write_data(function)``,
``bucket.grant_put(function)``. What a function needs is read from its bare event source mappings,
from the names and ARNs of secrets among its environment variables, and from the calls of boto3 in
its handler and the modules that the handler reaches, URLs that it signs among them, as far as an
environment variable, a literal name or the event of a bucket says which resource they are about. A
role that the app makes for a function in a VPC gets ``AWSLambdaVPCAccessExecutionRole``. A policy
never names ``*``.

The impact is *in place*: the role's policy changes, no resource is replaced.

Left alone
What a grant, a policy statement, a managed policy or one of CDK's event sources already allows; a
function or a role that goes where nobody can see what it gets there; managed policies whose content
tapfix does not know; resources that are imported or that the source does not name for sure; calls
with keys of their own.

Reported: L1 resources, which have no grants, actions that no grant gives, grants
after which two resources or two stacks would wait for each other. Noted: imported roles.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap009_helpers import HELPED
from tapfix.codemods.examples.tap009_lambda_permissions import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.access.needs import Need, needs
from tapfix.model.access.principals import Principal, is_granted_somewhere, principal
from tapfix.model.access.rights import rights_of
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.recipes.access.grants import grant, lacks_vpc_policy, vpc_policy
from tapfix.recipes.offers import offer
from tapfix.rule import Rule, Severity


def find(app: App) -> Iterator[Finding]:
    """Functions that need what their role does not allow."""
    for function in app.of(*FUNCTIONS):
        whose = principal(app, function)
        if whose is None or function.is_a("aws_cloudfront.experimental.EdgeFunction"):
            continue
        if whose.imported:
            yield from _unseen(app, function)
            continue
        rights = rights_of(app, whose)
        for need in needs(app, function):
            missing = frozenset(a for a in need.actions if rights.lack(a, need.resource))
            if missing:
                yield _refused(app, need, whose, missing)
        if _is_in_vpc(function) and lacks_vpc_policy(app, whose):
            yield _without_network(app, function, whose)


def _refused(app: App, need: Need, whose: Principal, missing: frozenset[str]) -> Finding:
    function = need.function
    named = need.resource.construct.label
    if need.resource.chain[:1] == ("secret",):
        named = f"the secret of {named}"
    message = (
        f"{function.label} {need.what}, but its role does not allow {_listed(missing)} on {named}"
    )
    edits = grant(app, need, whose, missing)
    offered = offer("grant what the function needs", Impact.IN_PLACE, edits)
    return Finding("TAP009", function.head, message, scope=function.statement, **offered)


def _listed(actions: frozenset[str]) -> str:
    return ", ".join(sorted(actions))


def _is_in_vpc(function: Construct) -> bool:
    given = function.value("vpc") or function.value("vpc_config")
    return given is not None and not (given.kind == "constant" and given.constant is None)


def _without_network(app: App, function: Construct, whose: Principal) -> Finding:
    message = (
        f"{function.label} lies in a VPC, and its role may not make network interfaces there:"
        " Lambda refuses to deploy it"
    )
    assert whose.role is not None, "CDK gives its own roles what they need in a VPC"
    edits = vpc_policy(app, whose.role.construct)
    offered = offer("add AWS's policy for functions in a VPC", Impact.IN_PLACE, edits)
    return Finding("TAP009", function.head, message, scope=function.statement, **offered)


def _unseen(app: App, function: Construct) -> Iterator[Finding]:
    """What an imported role allows lies outside of the app."""
    found = {need.resource.construct.label for need in needs(app, function)}
    if found and not is_granted_somewhere(app, function):
        message = (
            f"{function.label} has an imported role: whoever owns it has to allow what the function"
            f" does with {', '.join(sorted(found))}"
        )
        yield Finding("TAP009", function.head, message, note=True, scope=function.statement)


RULE = Rule(
    code="TAP009",
    name="lambda-permissions",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES + HELPED,
)
