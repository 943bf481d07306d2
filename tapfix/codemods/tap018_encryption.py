"""A resource that does not say how its data is encrypted.

Some services encrypt nothing at rest unless they are told to; others do something, but the code
does not say what.

Why it matters
Whoever gets at a disk, a snapshot or a backup reads the data. Where the default does encrypt, it
has changed over the years and differs between regions and services, and a reviewer or an auditor
finds no word about it in the code.

What the fix does
It gives the argument the choice that AWS manages: ``StreamEncryption.MANAGED``,
``BucketEncryption.S3_MANAGED``, ``QueueEncryption.SQS_MANAGED``, ``TableEncryption.AWS_MANAGED``,
``storage_encrypted=True`` and so on, for L1 classes too. It never makes a KMS key: that costs
money, is retained when the stack goes, and every reader has to be granted it. (DynamoDB charges
for the requests to its managed key.)

The impact is *in place* for streams, buckets, queues, tables, domains and Redshift clusters: what
is written from then on is encrypted, domains and clusters move their data over. It is *replaces*
for databases, L1 file systems and replication groups, which can only be made encrypted, or *data
dies at the next deploy* where the removal policy lets the old one go: the new one starts empty. One
with a name of its own cannot be replaced under that name; CloudFormation then refuses the update.
It is *none* for L2 file systems, which CDK encrypts without saying so.

Left alone
Any explicit word about encryption, ``UNENCRYPTED`` and ``False`` too, and a key. What a snapshot, a
source, a cluster or a global one decides. Delivery streams that read from another stream. Valkey,
DocumentDB and ECR, which are encrypted by default. Resources whose property is set later or by an
aspect.

Reported: database instances, cache nodes and domains whose class, engine or version cannot be
encrypted or is not in the source, the sources of read replicas, and EBS volumes, which
CloudFormation cannot change. Noted: SNS topics and trails, which know only KMS keys (SNS's managed
one, ``alias/aws/sns``, shuts out alarms and S3 events), and Redis in a ``CfnCacheCluster``, which
cannot be encrypted. In transit is another matter: it needs a change in every client.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap018_encryption import EXAMPLES
from tapfix.edits import Finding, Fix, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.databases import engine
from tapfix.recipes.arguments import Obstacle, give
from tapfix.recipes.keeping.encryption import Choice, choice_for
from tapfix.recipes.keeping.removal import Policies, read_policies
from tapfix.rule import Rule, Severity

_TOPIC = (
    "has no encryption of its own: SNS knows only KMS keys,"
    " and its managed one shuts out alarms and S3 events"
)
_TRAIL = "relies on its bucket's encryption: CloudTrail knows only KMS keys"
_KEYS_ONLY = {
    "aws_sns.Topic": ("master_key", _TOPIC),
    "aws_sns.CfnTopic": ("kms_master_key_id", _TOPIC),
    "aws_cloudtrail.Trail": ("encryption_key", _TRAIL),
    "aws_cloudtrail.CfnTrail": ("kms_key_id", _TRAIL),
}
"""Classes that take nothing but a key, the argument for it, and what that means."""


def find(app: App) -> Iterator[Finding]:
    """Resources without a word about encryption."""
    policies = read_policies(app)
    for construct in app.constructs:
        choice = choice_for(construct)
        if choice is not None and choice.is_open(app, construct):
            yield _unsaid(app, construct, choice, policies)
        message = _note(construct)
        if message is not None:
            text = f"{construct.label} {message}"
            yield Finding("TAP018", construct.head, text, note=True, scope=construct.statement)


def _unsaid(app: App, construct: Construct, choice: Choice, policies: Policies) -> Finding:
    message = f"{construct.label} does not say `{choice.argument}`: {choice.otherwise}"
    reason = choice.obstacle(app, construct)
    fix = None
    if reason is None:
        edits = give(app, construct, choice.argument, choice.template)
        assert not isinstance(edits, Obstacle), "an argument that is not given has no obstacle"
        impact = _impact(construct, choice, policies)
        stateful = construct.cls.stateful and impact not in (Impact.NONE, Impact.IN_PLACE)
        fix = Fix(f"say `{choice.argument}`: encrypted by AWS", impact, edits, stateful)
    return Finding("TAP018", construct.head, message, fix, reason, scope=construct.statement)


def _impact(construct: Construct, choice: Choice, policies: Policies) -> Impact:
    if choice.impact is not None:
        return choice.impact
    if not construct.cls.arguments[choice.argument].replaces:
        return Impact.IN_PLACE
    if not construct.cls.stateful:
        return Impact.REPLACES
    removal = policies.of(construct)
    # CloudFormation's own default keeps a snapshot when the stack goes, not at a replacement.
    is_kept = removal is not None and removal.keeps and (removal.said or construct.cls.level > 1)
    return Impact.REPLACES if is_kept else Impact.DATA_DIES_AT_NEXT_DEPLOY


def _note(construct: Construct) -> str | None:
    for name, (argument, message) in _KEYS_ONLY.items():
        if construct.is_a(name) and construct.lacks(argument):
            return message
    if construct.is_a("aws_elasticache.CfnCacheCluster") and engine(construct) in (
        "redis",
        "valkey",
    ):
        return "cannot be encrypted: of the caches with nodes only a replication group can"
    return None


RULE = Rule(
    code="TAP018",
    name="encryption",
    severity=Severity.MEDIUM,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
