"""An S3 bucket whose objects never expire.

Without a lifecycle rule that expires them, objects stay until someone deletes them.

Why it matters
Data is kept, and paid for, for ever, and longer than a retention policy allows. Noncurrent versions
of a versioned bucket pile up unseen.

What the fix does
The rule that covers the whole bucket (no prefix, tag or size, not switched off) gets
``expiration=Duration.days(1095)``, three years; where there is no such rule the bucket gets a new
one, in its list or in ``lifecycle_rules=[s3.LifecycleRule(...)]``. A versioned bucket's rule gets
``noncurrent_version_expiration`` too: an expiration alone only hides its objects behind delete
markers. ``expiration-days`` and ``noncurrent-days`` in the settings say how long. L1 buckets get
the same in their own words.

The impact is *data expires*: some time after the deploy, S3 deletes every object that is older. The
bucket is changed in place.

Left alone
A bucket of which any rule expires objects, or of which the source does not show all rules (set
under a condition, by an aspect, through a list that is filled later). What is served from a bucket
or deployed to it has no age: website buckets, public ones, CloudFront origins, targets of
``BucketDeployment``, buckets that functions, APIs or pipelines get their source from. A pipeline's
artefact bucket is noted. S3 refuses an expiration that is not later than the last transition to
another storage class: such a bucket is reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap016_bucket_expiration import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.app import App
from tapfix.model.cdk.bucket_roles import read_bucket_roles
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.lifecycle import Lifecycle, read_lifecycle
from tapfix.recipes.keeping.lifecycle import expire
from tapfix.recipes.offers import offer
from tapfix.rule import Rule, Severity


def find(app: App) -> Iterator[Finding]:
    """Buckets without a rule that expires objects."""
    roles = app.once(read_bucket_roles)
    for bucket in app.of("aws_s3.Bucket", "aws_s3.CfnBucket"):
        lifecycle = read_lifecycle(app, bucket)
        if lifecycle is None or any(rule.expires for rule in lifecycle.rules):
            continue
        if roles.has_artefacts(bucket):
            message = (
                f"{bucket.label} keeps every artefact of its pipeline: expire them by hand once it"
                " is known how far back a rollback must reach"
            )
            yield Finding("TAP016", bucket.head, message, note=True, scope=bucket.statement)
        elif not roles.is_served(bucket):
            yield _kept(app, bucket, lifecycle)


def _kept(app: App, bucket: Construct, lifecycle: Lifecycle) -> Finding:
    message = (
        f"{bucket.label} has no rule that expires objects: its data is kept, and paid for, for ever"
    )
    title = f"let objects expire after {app.settings.expiration_days} days"
    offered = offer(title, Impact.DATA_EXPIRES, expire(app, bucket, lifecycle))
    return Finding("TAP016", bucket.head, message, scope=bucket.statement, **offered)


RULE = Rule(
    code="TAP016",
    name="bucket-expiration",
    severity=Severity.MEDIUM,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
