"""An S3 bucket that outlives its stack.

A bucket whose removal policy is ``RETAIN``, or that has none (``RETAIN`` is the default), stays in
the account when its stack is deleted, with everything in it.

Why it matters
``cdk destroy`` reports success and leaves the bucket behind. It goes on costing money, and the next
deploy of the same stack fails, because a bucket of that name exists already. An environment for
tests or for a pull request cannot be taken down and set up again.

What the fix does
It writes ``removal_policy=RemovalPolicy.DESTROY`` and ``auto_delete_objects=True`` as one edit: the
second without the first does not synthesise, the first without the second fails on a bucket that
is not empty. Where a statement after the constructor decides (``apply_removal_policy``,
``cfn_options.deletion_policy``, the same on ``node.default_child``), that statement changes too.
``auto_delete_objects`` brings one custom resource, and one function for the whole stack, that empty
the bucket before it is deleted.

The impact is *data dies with the stack*: nothing happens to a deployed bucket until its stack is
deleted, or the bucket is taken out of it; then its objects are gone.

A ``CfnBucket`` has a policy, but no argument that empties it: a note says that it must be empty.

Left alone
A policy that depends on something: a parameter, a condition, the context, an attribute that a base
class in another file sets, an aspect or a loop over the construct tree. What
``apply_removal_policy(RemovalPolicy.DESTROY)`` or ``RemovalPolicies.of(scope).destroy()`` settles.
A bucket that has ``RemovalPolicy.DESTROY`` and does not empty itself: somebody decided that it goes
only when it is empty. ``**kwargs`` that may hold a policy, and imported buckets.

Reported without a fix: a bucket with Object Lock, whose objects nobody can delete; one with a
bucket policy of its own, since ``auto_delete_objects`` adds a second, which S3 refuses; one
with a condition of CloudFormation, which the custom resource would not have; an app with
``BootstraplessSynthesizer``, which cannot carry the function. Off in profile ``production``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap002_bucket_retain import EXAMPLES
from tapfix.edits import Edit, Finding, Impact, Ref
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.keeping.removal import Removal, destroy, read_policies
from tapfix.recipes.offers import offer
from tapfix.rule import Profile, Rule, Severity

_LOCKS = ("object_lock_enabled", "object_lock_default_retention")
_CONDITION = ("cfn_options", "condition")
_POLICIES = ("aws_s3.BucketPolicy", "aws_s3.CfnBucketPolicy")


def find(app: App) -> Iterator[Finding]:
    """Buckets that stay when their stack is deleted; L1 buckets that must be empty by then."""
    buckets = app.of("aws_s3.Bucket", "aws_s3.CfnBucket")
    policies = read_policies(app) if buckets else None
    for bucket in buckets:
        removal = policies.of(bucket) if policies is not None else None
        if removal is None:
            continue
        if removal.keeps:
            yield _kept(app, bucket, removal)
        elif bucket.cls.level == 1:
            yield _not_emptied(bucket)


def _kept(app: App, bucket: Construct, removal: Removal) -> Finding:
    message = (
        f"{bucket.label} outlives its stack ({removal.because}):"
        " `cdk destroy` leaves the bucket and its objects behind"
    )
    offered = offer(
        "delete the bucket with its stack",
        Impact.DATA_DIES_WITH_STACK,
        _edits(app, bucket, removal),
    )
    return Finding("TAP002", removal.ref, message, scope=bucket.statement, **offered)


def _edits(app: App, bucket: Construct, removal: Removal) -> tuple[Edit, ...] | Obstacle:
    if bucket.cls.level == 1:
        return destroy(app, bucket, removal)
    reason = _why_never_empty(app, bucket)
    if reason is not None:
        return Obstacle(reason)
    return destroy(app, bucket, removal, companion="auto_delete_objects")


def _why_never_empty(app: App, bucket: Construct) -> str | None:
    """Why ``auto_delete_objects`` cannot empty a bucket, if it cannot."""
    values = [value for name in _LOCKS if (value := bucket.value(name)) is not None]
    if any(value.constant not in (False, None) or not value.is_known for value in values):
        return "Object Lock keeps its objects from being deleted"
    if _has_policy_of_its_own(app, bucket):
        return "auto_delete_objects would add a second bucket policy, which S3 refuses"
    if any(use.chain[-2:] == _CONDITION for use in app.uses(bucket)):
        return "it exists under a condition only, and what auto_delete_objects adds would not"
    if app.once(_is_bootstrapless):
        return "BootstraplessSynthesizer cannot carry the function that empties the bucket"
    return None


def _is_bootstrapless(app: App) -> bool:
    return any(b"BootstraplessSynthesizer" in data for data in app.files.values())


def _has_policy_of_its_own(app: App, bucket: Construct) -> bool:
    given = [value for policy in app.of(*_POLICIES) if (value := policy.value("bucket"))]
    return any(_lies_in(use.ref, value.ref) for use in app.uses(bucket) for value in given)


def _lies_in(inner: Ref, outer: Ref) -> bool:
    return inner.path == outer.path and outer.offset <= inner.offset and inner.end <= outer.end


def _not_emptied(bucket: Construct) -> Finding:
    message = f"{bucket.label} cannot empty itself: `cdk destroy` fails while it holds objects"
    reason = "CfnBucket has no argument for it; s3.Bucket has auto_delete_objects"
    return Finding("TAP002", bucket.head, message, None, reason, note=True, scope=bucket.statement)


RULE = Rule(
    code="TAP002",
    name="bucket-retain",
    severity=Severity.CRITICAL,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    profiles=frozenset({Profile.EPHEMERAL}),
)
