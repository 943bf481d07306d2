"""A resource that outlives its stack, or cannot be deleted.

Many constructs that hold data keep it when their stack is deleted: ``RETAIN`` is the default of
Kinesis streams, DynamoDB tables, KMS keys, ECR repositories, file systems, user pools, search
domains and more. Others are protected from deletion by ``deletion_protection=True``.

Why it matters
What stays behind costs money and belongs to no stack. A resource with a name of its own stops the
next deploy of the same stack, since that name is taken. A protected one stops ``cdk destroy``
itself, and leaves the stack half deleted.

What the fix does
It writes ``removal_policy=RemovalPolicy.DESTROY`` where the policy is ``RETAIN``,
``RETAIN_ON_UPDATE_OR_DELETE`` or ``SNAPSHOT``, or where there is none and that is the default.
Where a statement after the constructor decides (``apply_removal_policy`` on the construct or on
``node.default_child``, ``cfn_options.deletion_policy``), that statement changes. An ECR repository
gets ``empty_on_delete=True`` with it: one that holds images is not deleted. Arguments that speak of
a part of the construct (``instance_removal_policy``, ``replica_removal_policy``) change too.
``deletion_protection=True`` becomes ``False``, in the words of the class (``"INACTIVE"``), also for
the replicas of a global table, and for load balancers that know it as an attribute.

The impact of a policy is *data dies with the stack*: nothing happens to a deployed resource until
its stack is deleted or the resource is taken out of it. A KMS key then waits for its pending window
(30 days unless the key says less). The policy of a resource without data, and a protection, change
*in place*.

Left alone
A policy or protection that depends on something: a parameter, a condition, the context, an
attribute that a base class in another file sets, an aspect or a loop over the construct tree. What
``apply_removal_policy(RemovalPolicy.DESTROY)`` or ``RemovalPolicies.of(scope).destroy()`` settles.
Buckets (TAP002), RDS (TAP003, TAP004) and log groups (TAP007) have rules of their own. L1
constructs without a policy, which CloudFormation deletes. What CDK makes inside another construct,
as the key of an encrypted bucket. Imported resources, and ``**kwargs`` that may hold a policy.
Custom resources, whose policy decides whether their handler is told.

Reported without a fix: what ``RemovalPolicies.of(scope).retain()`` keeps. Versions of functions and
layers, whose policy also says what becomes of the version before at the next deploy. A KMS key that
encrypts something that stays, or may stay. An L1 construct without data: RETAIN there works around
something. Off in profile ``production``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap021_retained_resource import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.policies import policy_name
from tapfix.recipes.arguments import give
from tapfix.recipes.keeping.keys import kept_with
from tapfix.recipes.keeping.protection import protections
from tapfix.recipes.keeping.removal import DESTROY, Policies, Removal, destroy, read_policies
from tapfix.recipes.offers import offer
from tapfix.rule import Profile, Rule, Severity

_POLICIES_ELSEWHERE = (  # TAP002, TAP004 and TAP007
    "aws_s3.Bucket",
    "aws_s3.CfnBucket",
    "aws_logs.LogGroup",
    "aws_logs.LogRetention",
    "aws_logs.CfnLogGroup",
)
# Its own kind of policy argument: what becomes of a function's log group (TAP007).
_LOG_POLICY = "log_removal_policy"
# Every deploy that changes something makes another one, and deletes the one before by this policy.
_VERSIONS = (
    "aws_lambda.Version",
    "aws_lambda.CfnVersion",
    "aws_lambda.LayerVersion",
    "aws_lambda.CfnLayerVersion",
)
_IN_USE = (
    "DESTROY would delete each version at the deploy that makes the next one, and with it what"
    " aliases, rollbacks and other stacks still use"
)
# Their policy decides whether their handler is told when they go; only it knows what it then does.
_HANDLED = ("CustomResource", "CfnCustomResource", "custom_resources.AwsCustomResource")
_HOLDS_NOTHING = (
    "it holds no data: whoever keeps it works around a deletion that fails or takes something along"
)
_KEEPING = ("RETAIN", "RETAIN_ON_UPDATE_OR_DELETE", "SNAPSHOT")


def find(app: App) -> Iterator[Finding]:
    """Resources that stay when their stack is deleted, and those that stop its deletion."""
    policies = read_policies(app)
    for construct in app.constructs:
        if construct.name.startswith("aws_rds."):
            continue
        if not construct.is_a(*_POLICIES_ELSEWHERE, *_HANDLED):
            yield from _kept(policies, construct)
            yield from _parts_kept(app, construct)
        yield from _protected(app, construct)


def _kept(policies: Policies, construct: Construct) -> Iterator[Finding]:
    removal = policies.kept(construct)
    if removal is None:
        return
    message = (
        f"{construct.label} outlives its stack ({removal.because}):"
        f" `cdk destroy` leaves {_what(removal)} behind"
    )
    reason = _reason(policies, construct)
    if reason is not None:
        yield Finding("TAP021", removal.ref, message, None, reason, scope=construct.statement)
        return
    app = policies.app
    images = construct.is_a("aws_ecr.Repository") and not _empties_itself(construct)
    docdb = construct.is_a("aws_docdb.DatabaseCluster")
    edits = destroy(
        app, construct, removal, "empty_on_delete" if images else None, keyword_too=docdb
    )
    impact = Impact.DATA_DIES_WITH_STACK if construct.cls.stateful else Impact.IN_PLACE
    offered = offer("delete it with its stack", impact, edits)
    yield Finding("TAP021", removal.ref, message, scope=construct.statement, **offered)


def _reason(policies: Policies, construct: Construct) -> str | None:
    """Why a resource had better stay, if it had."""
    if construct.is_a(*_VERSIONS):
        return _IN_USE
    if construct.cls.level == 1 and not construct.cls.stateful:
        return _HOLDS_NOTHING
    kept = (
        kept_with(policies, construct) if construct.is_a("aws_kms.Key", "aws_kms.CfnKey") else None
    )
    if kept is None:
        return None
    return f"{kept.label} is encrypted with it and stays, or may stay: nobody could read it"


def _what(removal: Removal) -> str:
    return "a snapshot" if removal.policy == "SNAPSHOT" else "it"


def _empties_itself(repository: Construct) -> bool:
    value = repository.value("auto_delete_images")
    return value is not None and value.constant is True


def _parts_kept(app: App, construct: Construct) -> Iterator[Finding]:
    """Policies of parts of a construct, where they are said."""
    for name, argument in construct.arguments.items():
        if not name.endswith("_removal_policy") or name == _LOG_POLICY:
            continue
        if name in construct.cls.arguments and policy_name(argument.value) in _KEEPING:
            message = (
                f"{construct.label} has {name}={argument.value.source}:"
                " `cdk destroy` leaves that part of it behind"
            )
            edits = give(app, construct, name, DESTROY)
            offered = offer("delete it with its stack", Impact.DATA_DIES_WITH_STACK, edits)
            ref = argument.value.ref
            yield Finding("TAP021", ref, message, scope=construct.statement, **offered)


def _protected(app: App, construct: Construct) -> Iterator[Finding]:
    for protection in protections(app, construct):
        message = (
            f"{construct.label} is protected from deletion:"
            " `cdk destroy` stops at it and leaves the stack half deleted"
        )
        offered = offer("switch deletion protection off", Impact.IN_PLACE, protection.edits)
        yield Finding("TAP021", protection.ref, message, scope=construct.statement, **offered)


RULE = Rule(
    code="TAP021",
    name="retained-resource",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    profiles=frozenset({Profile.EPHEMERAL}),
)
