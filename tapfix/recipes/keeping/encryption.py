"""Which encryption at rest a resource gets that says nothing about it, and why.

The choice is always one that AWS manages: a key of the app's own costs money, outlives the stack
and must be granted to every reader. Constructs that are encrypted by CDK's or the service's own
documented default (secrets, log groups, DocumentDB's L2 clusters, Valkey caches) have no entry. Nor
has an ECR repository: AES-256 is its default, and saying so would replace it with all its images.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tapfix.edits import Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.overrides import is_open_afar, overrides
from tapfix.recipes.keeping.encryption_limits import (
    database_limit,
    domain_limit,
    group_limit,
    is_of_one_account,
    is_off,
    is_own_instance,
    is_put_directly,
    is_redis,
    volume_limit,
)

_KEYS = ("KmsKeyId", "KmsMasterKeyId")
_RESTORED = (
    "global_cluster_identifier",
    "replication_source_identifier",
    "restore_to_time",
    "restore_type",
    "snapshot_identifier",
    "source_db_cluster_identifier",
    "source_db_cluster_resource_id",
)
"""What a cluster comes from, or belongs to, decides whether it is encrypted."""


def _nothing(_app: App, _construct: Construct) -> str | None:
    return None


def _always(_app: App, _construct: Construct) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Choice:
    """What a class's instances get: an argument, its value as a template, and the property it sets.

    ``otherwise`` is what holds without it. With one of ``decided_by`` given the resource's
    encryption is decided elsewhere. ``fits`` asks the same of the app, and ``obstacle`` says why
    the resource cannot be encrypted by an edit of its construct, if it cannot. ``impact`` is given
    where it is not that of a change of the property.
    """

    argument: str
    template: str
    prop: str
    otherwise: str
    decided_by: tuple[str, ...] = ()
    fits: Callable[[App, Construct], bool] = _always
    obstacle: Callable[[App, Construct], str | None] = _nothing
    impact: Impact | None = None

    def is_open(self, app: App, construct: Construct) -> bool:
        """Whether nothing in the app says how the construct's data is encrypted."""
        decided = (construct.value(name) for name in self.decided_by)
        return (
            construct.lacks(self.argument)
            and not any(value is not None and not is_off(value) for value in decided)
            and self.fits(app, construct)
            and not any(overrides(app, construct, name) for name in (self.prop, *_KEYS))
            and not is_open_afar(app, construct, self.prop)
        )


def choice_for(construct: Construct) -> Choice | None:
    """The choice for a construct; None if its class has none."""
    names = (construct.cls.name, *construct.cls.ancestors)
    return next((CHOICES[name] for name in names if name in CHOICES), None)


_S3_L1 = (
    "<aws_s3.CfnBucket>.BucketEncryptionProperty(server_side_encryption_configuration=["
    "<aws_s3.CfnBucket>.ServerSideEncryptionRuleProperty(server_side_encryption_by_default="
    '<aws_s3.CfnBucket>.ServerSideEncryptionByDefaultProperty(sse_algorithm="AES256"))])'
)
_KINESIS_L1 = (
    "<aws_kinesis.CfnStream>.StreamEncryptionProperty("
    'encryption_type="KMS", key_id="alias/aws/kinesis")'
)
_FIREHOSE_L1 = (
    "<aws_kinesisfirehose.CfnDeliveryStream>.DeliveryStreamEncryptionConfigurationInputProperty("
    'key_type="AWS_OWNED_CMK")'
)
_OPENSEARCH_L1 = "<aws_opensearchservice.CfnDomain>.EncryptionAtRestOptionsProperty(enabled=True)"
_REGION = "whether its records are encrypted depends on the region"
_SERVICE = "how its data is encrypted is left to the service's default of the day"
_PLAIN = "its data lies unencrypted on disk"
_OWNED = "its items are encrypted with a key of DynamoDB's own that nobody can see or audit"
_BUFFER = "records lie unencrypted while they wait for delivery"

CHOICES = {
    "aws_kinesis.Stream": Choice(
        "encryption",
        "<aws_kinesis.StreamEncryption>.MANAGED",
        "StreamEncryption",
        _REGION,
        ("encryption_key",),
    ),
    "aws_kinesis.CfnStream": Choice("stream_encryption", _KINESIS_L1, "StreamEncryption", _PLAIN),
    "aws_s3.Bucket": Choice(
        "encryption",
        "<aws_s3.BucketEncryption>.S3_MANAGED",
        "BucketEncryption",
        _SERVICE,
        ("encryption_key",),
    ),
    "aws_s3.CfnBucket": Choice("bucket_encryption", _S3_L1, "BucketEncryption", _SERVICE),
    "aws_sqs.Queue": Choice(
        "encryption",
        "<aws_sqs.QueueEncryption>.SQS_MANAGED",
        "SqsManagedSseEnabled",
        _SERVICE,
        ("encryption_master_key",),
    ),
    "aws_sqs.CfnQueue": Choice(
        "sqs_managed_sse_enabled",
        "True",
        "SqsManagedSseEnabled",
        _SERVICE,
        ("kms_master_key_id",),
    ),
    "aws_rds.DatabaseInstance": Choice(
        "storage_encrypted",
        "True",
        "StorageEncrypted",
        _PLAIN,
        ("storage_encryption_key",),
        obstacle=database_limit,
    ),
    "aws_rds.CfnDBInstance": Choice(
        "storage_encrypted",
        "True",
        "StorageEncrypted",
        _PLAIN,
        (
            "kms_key_id",
            "db_snapshot_identifier",
            "db_cluster_snapshot_identifier",
            "source_db_instance_identifier",
            "source_db_instance_automated_backups_arn",
            "source_dbi_resource_id",
            "source_db_cluster_identifier",
        ),
        is_own_instance,
        database_limit,
    ),
    "aws_rds.DatabaseCluster": Choice(
        "storage_encrypted",
        "True",
        "StorageEncrypted",
        _PLAIN,
        ("storage_encryption_key", *_RESTORED),
    ),
    # Aurora Serverless v1, an engine mode, is always encrypted.
    "aws_rds.CfnDBCluster": Choice(
        "storage_encrypted",
        "True",
        "StorageEncrypted",
        _PLAIN,
        ("kms_key_id", "engine_mode", *_RESTORED),
    ),
    "aws_docdb.CfnDBCluster": Choice(
        "storage_encrypted", "True", "StorageEncrypted", _PLAIN, ("kms_key_id", *_RESTORED)
    ),
    "aws_neptune.CfnDBCluster": Choice(
        "storage_encrypted", "True", "StorageEncrypted", _PLAIN, ("kms_key_id", *_RESTORED)
    ),
    # CDK 2 encrypts file systems though its documentation speaks of a feature flag: the template
    # stays as it is.
    "aws_efs.FileSystem": Choice(
        "encrypted",
        "True",
        "Encrypted",
        "that its files are encrypted is CDK's default, which no line of the code says",
        ("kms_key", "replication_configuration"),
        impact=Impact.NONE,
    ),
    "aws_efs.CfnFileSystem": Choice(
        "encrypted", "True", "Encrypted", _PLAIN, ("kms_key_id", "replication_configuration")
    ),
    "aws_dynamodb.Table": Choice(
        "encryption",
        "<aws_dynamodb.TableEncryption>.AWS_MANAGED",
        "SSESpecification",
        _OWNED,
        ("encryption_key", "replication_regions"),
    ),
    "aws_dynamodb.TableV2": Choice(
        "encryption",
        "<aws_dynamodb.TableEncryptionV2>.aws_managed_key()",
        "SSESpecification",
        _OWNED,
        fits=is_of_one_account,
    ),
    "aws_dynamodb.CfnTable": Choice(
        "sse_specification",
        "<aws_dynamodb.CfnTable>.SSESpecificationProperty(sse_enabled=True)",
        "SSESpecification",
        _OWNED,
    ),
    "aws_dynamodb.CfnGlobalTable": Choice(
        "sse_specification",
        "<aws_dynamodb.CfnGlobalTable>.SSESpecificationProperty(sse_enabled=True)",
        "SSESpecification",
        _OWNED,
    ),
    "aws_redshift.CfnCluster": Choice(
        "encrypted",
        "True",
        "Encrypted",
        _SERVICE,
        (
            "kms_key_id",
            "snapshot_identifier",
            "hsm_client_certificate_identifier",
            "hsm_configuration_identifier",
        ),
    ),
    "aws_opensearchservice.Domain": Choice(
        "encryption_at_rest",
        "<aws_opensearchservice.EncryptionAtRestOptions>(enabled=True)",
        "EncryptionAtRestOptions",
        _PLAIN,
        ("use_unsigned_basic_auth",),
        obstacle=domain_limit,
    ),
    "aws_opensearchservice.CfnDomain": Choice(
        "encryption_at_rest_options",
        _OPENSEARCH_L1,
        "EncryptionAtRestOptions",
        _PLAIN,
        obstacle=domain_limit,
    ),
    "aws_elasticache.CfnReplicationGroup": Choice(
        "at_rest_encryption_enabled",
        "True",
        "AtRestEncryptionEnabled",
        _PLAIN,
        ("kms_key_id", "global_replication_group_id", "primary_cluster_id", "data_tiering_enabled"),
        is_redis,
        group_limit,
    ),
    "aws_kinesisfirehose.DeliveryStream": Choice(
        "encryption",
        "<aws_kinesisfirehose.StreamEncryption>.aws_owned_key()",
        "DeliveryStreamEncryptionConfigurationInput",
        _BUFFER,
        ("source",),
    ),
    "aws_kinesisfirehose.CfnDeliveryStream": Choice(
        "delivery_stream_encryption_configuration_input",
        _FIREHOSE_L1,
        "DeliveryStreamEncryptionConfigurationInput",
        _BUFFER,
        (
            "kinesis_stream_source_configuration",
            "msk_source_configuration",
            "database_source_configuration",
        ),
        is_put_directly,
    ),
    "aws_ec2.Volume": Choice(
        "encrypted",
        "True",
        "Encrypted",
        _SERVICE,
        ("encryption_key", "snapshot_id"),
        obstacle=volume_limit,
    ),
    "aws_ec2.CfnVolume": Choice(
        "encrypted",
        "True",
        "Encrypted",
        _SERVICE,
        ("kms_key_id", "snapshot_id", "source_volume_id"),
        obstacle=volume_limit,
    ),
}
"""The choice for each class, by its name in the catalogue."""
