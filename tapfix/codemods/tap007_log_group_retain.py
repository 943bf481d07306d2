"""A CloudWatch log group that outlives its stack.

A ``logs.LogGroup`` whose removal policy is ``RETAIN``, or that has none (``RETAIN`` is the
default), stays in the account when its stack is deleted.

Why it matters
Old log groups go on costing money, and nobody knows any more what they belong to. A group with a
name of its own stops the next deploy of the stack: a group of that name exists already.

What the fix does
It writes ``removal_policy=RemovalPolicy.DESTROY`` on log groups and on ``logs.LogRetention``, and
in ``log_removal_policy=`` of a function that says ``RETAIN``. Where a statement after the
constructor decides (``apply_removal_policy``, ``cfn_options.deletion_policy``), that statement
changes.

The impact is *data dies with the stack*: a deployed group stays as it is until its stack is
deleted, or the group is taken out of it; then its logs are gone.

Left alone
A policy that depends on something: a parameter, a condition, the context, an attribute that a base
class in another file sets, an aspect or a loop over the construct tree. What
``apply_removal_policy(RemovalPolicy.DESTROY)`` or ``RemovalPolicies.of(scope).destroy()`` settles.
Imported groups, ``**kwargs`` that may hold a policy, an L1 group without a policy, which
CloudFormation deletes. Groups that CDK or a service makes by itself.

Reported without a fix: ``log_retention=``, with which a custom resource makes a group that belongs
to no stack. And a group called ``/aws/lambda/<function>`` where the feature flag
``@aws-cdk/aws-lambda:useCdkManagedLogGroup`` lets CDK make a group of that name too: the stack
cannot be deployed until the group is made before the function and passed to it as ``log_group=``.
Off in profile ``production``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tapfix.codemods.examples.tap007_log_group_retain import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.policies import policy_name
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import give
from tapfix.recipes.keeping.removal import DESTROY, Removal, destroy, read_policies
from tapfix.recipes.offers import offer
from tapfix.rule import Profile, Rule, Severity

_GROUPS = ("aws_logs.LogGroup", "aws_logs.LogRetention", "aws_logs.CfnLogGroup")
_CDK_MAKES_GROUPS = "@aws-cdk/aws-lambda:useCdkManagedLogGroup"
_PREFIX = "/aws/lambda/"


def find(app: App) -> Iterator[Finding]:
    """Log groups that stay when their stack is deleted, and those that cannot be made twice."""
    groups = app.of(*_GROUPS)
    policies = read_policies(app) if groups else None
    for group in groups:
        removal = policies.kept(group) if policies is not None else None
        if removal is not None:
            yield _kept(app, group, removal)
    for construct in app.constructs:
        yield from _retention_only(app, construct)
    if app.context.get(_CDK_MAKES_GROUPS) is True:
        yield from _made_twice(app, groups)


def _kept(app: App, group: Construct, removal: Removal) -> Finding:
    message = (
        f"{group.label} outlives its stack ({removal.because}):"
        " `cdk destroy` leaves the log group behind"
    )
    edits = destroy(app, group, removal)
    offered = offer("delete the log group with its stack", Impact.DATA_DIES_WITH_STACK, edits)
    return Finding("TAP007", removal.ref, message, scope=group.statement, **offered)


def _retention_only(app: App, construct: Construct) -> Iterator[Finding]:
    """Log groups that CDK keeps through a custom resource, for a function or another construct."""
    policy = construct.value("log_removal_policy")
    retention = construct.value("log_retention")
    message = f"{construct.label} leaves its log group behind: `cdk destroy` does not delete it"
    if policy is not None:
        if policy_name(policy) == "RETAIN":
            edits = give(app, construct, "log_removal_policy", DESTROY)
            title = "delete the log group with its stack"
            offered = offer(title, Impact.DATA_DIES_WITH_STACK, edits)
            yield Finding("TAP007", policy.ref, message, scope=construct.statement, **offered)
    elif retention is not None and retention.cdk.startswith("aws_logs.RetentionDays."):
        reason = "log_retention sets a number of days and no more; pass a LogGroup as log_group"
        yield Finding("TAP007", retention.ref, message, reason=reason, scope=construct.statement)


def _made_twice(app: App, groups: Sequence[Construct]) -> Iterator[Finding]:
    plain = [c for c in app.constructs if c.lacks("log_group") and c.lacks("log_retention")]
    functions = [c for c in plain if "function_name" in c.cls.arguments]
    for group in groups:
        name = group.value("log_group_name")
        function = next((f for f in functions if name and _is_named_after(app, name, f)), None)
        if name is not None and function is not None:
            message = (
                f"{group.label} has the name of the log group that CDK makes"
                f" for {function.label}: the stack cannot be deployed"
            )
            reason = (
                "the group must be made before the function, under a name without its token, and"
                " passed as log_group; no statement is moved"
            )
            yield Finding("TAP007", name.ref, message, reason=reason, scope=group.statement)


def _is_named_after(app: App, name: Value, function: Construct) -> bool:
    """Whether a group's name is ``/aws/lambda/`` and the name of a function."""
    given = function.value("function_name")
    if isinstance(name.constant, str):
        return given is not None and name.constant == f"{_PREFIX}{given.constant}"
    if len(name.parts) != 2 or name.parts[0] != _PREFIX or isinstance(name.parts[1], str):
        return False
    token = name.parts[1].node
    uses = app.uses(function)
    return any(use.chain == ("function_name",) and use.node is token for use in uses)


RULE = Rule(
    code="TAP007",
    name="log-group-retain",
    severity=Severity.MEDIUM,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    profiles=frozenset({Profile.EPHEMERAL}),
)
