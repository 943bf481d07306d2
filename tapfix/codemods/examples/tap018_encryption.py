"""Spellings and look-alikes of TAP018."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

KINESIS = "from aws_cdk import aws_kinesis as kinesis"
S3 = "from aws_cdk import aws_s3 as s3"
SQS = "from aws_cdk import aws_sqs as sqs"
RDS = "from aws_cdk import aws_ec2 as ec2, aws_rds as rds"
EFS = "from aws_cdk import aws_ec2 as ec2, aws_efs as efs"
CACHE = "from aws_cdk import aws_elasticache as elasticache"


def instance(arguments: str, before: str = "", after: str = "") -> str:
    """A stack with one PostgreSQL instance that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(
        f"""\
vpc = ec2.Vpc(self, "Vpc")
{before}database = rds.DatabaseInstance(
    self,
    "Database",
    engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_16),
    vpc=vpc,{lines}
)
{after}""",
        RDS,
    )


def group(arguments: str) -> str:
    """A stack with one replication group that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(
        f"""\
elasticache.CfnReplicationGroup(
    self,
    "Sessions",
    replication_group_description="Sessions",
    cache_node_type="cache.t4g.micro",{lines}
)
""",
        CACHE,
    )


def domain(arguments: str) -> str:
    """A stack with one OpenSearch domain that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(
        f"""\
opensearch.Domain(
    self,
    "Search",
    version=opensearch.EngineVersion.OPENSEARCH_2_19,{lines}
)
""",
        "from aws_cdk import aws_opensearchservice as opensearch",
    )


TABLES = """\
import aws_cdk as cdk
from aws_cdk.aws_dynamodb import Attribute, AttributeType, Table{names}

app = cdk.App()
stack = cdk.Stack(app, "Example")
for name in ("Orders", "Carts"):
    Table(
        stack,
        name,
        partition_key=Attribute(name="id", type=AttributeType.STRING),{more}
    )
app.synth()
"""

SUBCLASS = """\
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct


class PrivateBucket(s3.Bucket):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, enforce_ssl=True{more})


app = cdk.App()
stack = cdk.Stack(app, "Example")
PrivateBucket(stack, "Letters")
app.synth()
"""

FIRING = (
    Example(
        "a Kinesis stream",
        stack('kinesis.Stream(self, "Stream", shard_count=1)', KINESIS),
        stack(
            """\
            kinesis.Stream(
                self, "Stream", shard_count=1, encryption=kinesis.StreamEncryption.MANAGED
            )
            """,
            KINESIS,
        ),
    ),
    Example(
        "a bucket of a derived class",
        SUBCLASS.format(more=""),
        SUBCLASS.replace(
            "scope, id, enforce_ssl=True{more}",
            "\n            scope, id, enforce_ssl=True, encryption=s3.BucketEncryption.S3_MANAGED"
            "\n        ",
        ),
    ),
    Example(
        "a queue, arguments in a dict",
        stack(
            """\
            common = {"retention_period": Duration.days(1)}
            self.queue = sqs.Queue(self, "Queue", **common)
            """,
            SQS,
        ),
        stack(
            """\
            common = {"retention_period": Duration.days(1)}
            self.queue = sqs.Queue(
                self, "Queue", encryption=sqs.QueueEncryption.SQS_MANAGED, **common
            )
            """,
            SQS,
        ),
    ),
    Example(
        "a database instance",
        instance("deletion_protection=False,"),
        instance("deletion_protection=False,\nstorage_encrypted=True,"),
    ),
    Example(
        "an instance class that can be encrypted",
        instance(
            "instance_type=ec2.InstanceType.of(\n"
            "    ec2.InstanceClass.BURSTABLE3, ec2.InstanceSize.MICRO\n"
            "),"
        ),
        instance(
            "instance_type=ec2.InstanceType.of(\n"
            "    ec2.InstanceClass.BURSTABLE3, ec2.InstanceSize.MICRO\n"
            "),\nstorage_encrypted=True,"
        ),
    ),
    Example(
        "an Aurora cluster",
        stack(
            """\
            rds.DatabaseCluster(
                self,
                "Cluster",
                engine=rds.DatabaseClusterEngine.AURORA_MYSQL,
                writer=rds.ClusterInstance.serverless_v2("writer"),
                vpc=ec2.Vpc(self, "Vpc"),
            )
            """,
            RDS,
        ),
        stack(
            """\
            rds.DatabaseCluster(
                self,
                "Cluster",
                engine=rds.DatabaseClusterEngine.AURORA_MYSQL,
                writer=rds.ClusterInstance.serverless_v2("writer"),
                vpc=ec2.Vpc(self, "Vpc"),
                storage_encrypted=True,
            )
            """,
            RDS,
        ),
    ),
    Example(
        "a file system",
        stack('efs.FileSystem(self, "Files", vpc=ec2.Vpc(self, "Vpc"))', EFS),
        stack('efs.FileSystem(self, "Files", vpc=ec2.Vpc(self, "Vpc"), encrypted=True)', EFS),
    ),
    Example(
        "tables in a loop, names imported from the service's module",
        TABLES.format(names="", more=""),
        TABLES.format(
            names=", TableEncryption", more="\n        encryption=TableEncryption.AWS_MANAGED,"
        ),
    ),
    Example(
        "a global table",
        stack(
            """\
            dynamodb.TableV2(
                self,
                "Orders",
                partition_key=dynamodb.Attribute(
                    name="id", type=dynamodb.AttributeType.STRING
                ),
            )
            """,
            "import aws_cdk.aws_dynamodb as dynamodb",
        ),
        stack(
            """\
            dynamodb.TableV2(
                self,
                "Orders",
                partition_key=dynamodb.Attribute(
                    name="id", type=dynamodb.AttributeType.STRING
                ),
                encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
            )
            """,
            "import aws_cdk.aws_dynamodb as dynamodb",
        ),
    ),
    Example(
        "a search domain",
        domain('domain_name="orders",'),
        domain(
            'domain_name="orders",\n'
            "encryption_at_rest=opensearch.EncryptionAtRestOptions(enabled=True),"
        ),
    ),
    Example(
        "a replication group: at rest only",
        group('engine="redis",'),
        group('engine="redis",\nat_rest_encryption_enabled=True,'),
    ),
    Example(
        "a delivery stream that producers write to",
        stack(
            """\
            bucket = s3.Bucket(self, "Bucket", encryption=s3.BucketEncryption.S3_MANAGED)
            firehose.DeliveryStream(self, "Clicks", destination=firehose.S3Bucket(bucket))
            """,
            "from aws_cdk import aws_kinesisfirehose as firehose\n" + S3,
        ),
        stack(
            """\
            bucket = s3.Bucket(self, "Bucket", encryption=s3.BucketEncryption.S3_MANAGED)
            firehose.DeliveryStream(
                self,
                "Clicks",
                destination=firehose.S3Bucket(bucket),
                encryption=firehose.StreamEncryption.aws_owned_key(),
            )
            """,
            "from aws_cdk import aws_kinesisfirehose as firehose\n" + S3,
        ),
    ),
    Example(
        "L1 bucket",
        stack('s3.CfnBucket(self, "Bucket")', S3),
        stack(
            """\
            s3.CfnBucket(
                self,
                "Bucket",
                bucket_encryption=s3.CfnBucket.BucketEncryptionProperty(
                    server_side_encryption_configuration=[
                        s3.CfnBucket.ServerSideEncryptionRuleProperty(
                            server_side_encryption_by_default=s3.CfnBucket.ServerSideEncryptionByDefaultProperty(
                                sse_algorithm="AES256"
                            )
                        )
                    ]
                ),
            )
            """,
            S3,
        ),
    ),
    Example(
        "L1 stream and queue",
        stack(
            """\
            kinesis.CfnStream(self, "Stream", shard_count=1)
            sqs.CfnQueue(self, "Queue")
            """,
            KINESIS + "\n" + SQS,
        ),
        stack(
            """\
            kinesis.CfnStream(
                self,
                "Stream",
                shard_count=1,
                stream_encryption=kinesis.CfnStream.StreamEncryptionProperty(
                    encryption_type="KMS", key_id="alias/aws/kinesis"
                ),
            )
            sqs.CfnQueue(self, "Queue", sqs_managed_sse_enabled=True)
            """,
            KINESIS + "\n" + SQS,
        ),
    ),
    Example(
        "L1 warehouse",
        stack(
            """\
            redshift.CfnCluster(
                self,
                "Warehouse",
                cluster_type="single-node",
                db_name="orders",
                master_username="loader",
                manage_master_password=True,
                node_type="ra3.xlplus",
            )
            """,
            "from aws_cdk import aws_redshift as redshift",
        ),
        stack(
            """\
            redshift.CfnCluster(
                self,
                "Warehouse",
                cluster_type="single-node",
                db_name="orders",
                master_username="loader",
                manage_master_password=True,
                node_type="ra3.xlplus",
                encrypted=True,
            )
            """,
            "from aws_cdk import aws_redshift as redshift",
        ),
    ),
    Example(
        "an instance class that cannot be encrypted",
        instance('instance_type=ec2.InstanceType("t2.micro"),'),
        reported=True,
    ),
    Example(
        "a topic knows only keys",
        stack('sns.Topic(self, "Alarms")', "from aws_cdk import aws_sns as sns"),
        reported=True,
    ),
)

SILENT = (
    Example(
        "another choice",
        stack('s3.Bucket(self, "Bucket", encryption=s3.BucketEncryption.KMS_MANAGED)', S3),
    ),
    Example(
        "an explicit no is a decision",
        stack(
            'kinesis.Stream(self, "Stream", encryption=kinesis.StreamEncryption.UNENCRYPTED)',
            KINESIS,
        ),
    ),
    Example("an explicit False is a decision", instance("storage_encrypted=False,")),
    Example(
        "a key",
        stack(
            """\
            sqs.Queue(self, "Queue", encryption_master_key=kms.Key(self, "Key"))
            """,
            "from aws_cdk import aws_kms as kms\n" + SQS,
        ),
    ),
    Example(
        "a key for a database",
        instance('storage_encryption_key=kms.Key(self, "Key"),').replace(
            "from constructs", "from aws_cdk import aws_kms as kms\nfrom constructs"
        ),
    ),
    Example(
        "encrypted by environment",
        instance(
            "storage_encrypted=encrypted,",
            before='encrypted = self.node.try_get_context("encrypted") == "yes"\n',
        ),
    ),
    Example(
        "arguments from the caller",
        """\
from aws_cdk import App, Stack, aws_sqs as sqs
from constructs import Construct


def queue(scope: Construct, id: str, **kwargs) -> sqs.Queue:
    return sqs.Queue(scope, id, **kwargs)


app = App()
queue(Stack(app, "Example"), "Queue", encryption=sqs.QueueEncryption.SQS_MANAGED)
app.synth()
""",
    ),
    Example(
        "a database from a snapshot, and a read replica of it",
        stack(
            """\
            vpc = ec2.Vpc(self, "Vpc")
            database = rds.DatabaseInstanceFromSnapshot(
                self,
                "Database",
                snapshot_identifier="orders-2026",
                engine=rds.DatabaseInstanceEngine.postgres(
                    version=rds.PostgresEngineVersion.VER_16
                ),
                vpc=vpc,
            )
            rds.DatabaseInstanceReadReplica(
                self,
                "Replica",
                source_database_instance=database,
                instance_type=ec2.InstanceType("t4g.micro"),
                vpc=vpc,
            )
            """,
            RDS,
        ),
    ),
    Example(
        "L1 instance of an Aurora cluster that is encrypted",
        stack(
            """\
            cluster = rds.CfnDBCluster(
                self, "Cluster", engine="aurora-mysql", storage_encrypted=True
            )
            rds.CfnDBInstance(
                self,
                "Writer",
                engine="aurora-mysql",
                db_instance_class="db.t4g.medium",
                db_cluster_identifier=cluster.ref,
            )
            """,
            RDS,
        ),
    ),
    Example(
        "a file system with a key",
        stack(
            """\
            efs.FileSystem(
                self, "Files", vpc=ec2.Vpc(self, "Vpc"), kms_key=kms.Key(self, "Key")
            )
            """,
            EFS + ", aws_kms as kms",
        ),
    ),
    Example("Valkey is encrypted by default", group('engine="valkey",')),
    Example(
        "a delivery stream that reads from a stream",
        stack(
            """\
            stream = kinesis.Stream(
                self, "Stream", encryption=kinesis.StreamEncryption.MANAGED
            )
            bucket = s3.Bucket(self, "Bucket", encryption=s3.BucketEncryption.S3_MANAGED)
            firehose.DeliveryStream(
                self,
                "Clicks",
                source=firehose.KinesisStreamSource(stream),
                destination=firehose.S3Bucket(bucket),
            )
            """,
            "from aws_cdk import aws_kinesisfirehose as firehose\n" + KINESIS + "\n" + S3,
        ),
    ),
    Example(
        "set later on the resource below the construct",
        stack(
            """\
            queue = sqs.Queue(self, "Queue")
            queue.node.default_child.add_property_override("SqsManagedSseEnabled", True)
            """,
            SQS,
        ),
    ),
    Example(
        "an aspect encrypts every bucket",
        """\
import jsii
from aws_cdk import App, Aspects, IAspect, Stack, aws_s3 as s3


@jsii.implements(IAspect)
class Encrypt:
    def visit(self, node) -> None:
        if isinstance(node, s3.CfnBucket):
            node.add_property_override(
                "BucketEncryption.ServerSideEncryptionConfiguration",
                [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}],
            )


app = App()
stack = Stack(app, "Example")
s3.Bucket(stack, "Bucket")
Aspects.of(app).add(Encrypt())
app.synth()
""",
    ),
    Example(
        "encrypted by CDK's own default",
        stack(
            """\
            docdb.DatabaseCluster(
                self,
                "Documents",
                master_user=docdb.Login(username="app"),
                instance_type=ec2.InstanceType("t4g.medium"),
                vpc=ec2.Vpc(self, "Vpc"),
            )
            """,
            "from aws_cdk import aws_docdb as docdb, aws_ec2 as ec2",
        ),
    ),
    Example(
        "a repository: AES-256 is the default, and saying so would replace it",
        stack('ecr.Repository(self, "Images")', "from aws_cdk import aws_ecr as ecr"),
    ),
    Example(
        "an imported queue",
        stack(
            """\
            sqs.Queue.from_queue_arn(
                self, "Queue", "arn:aws:sqs:eu-west-1:123456789012:orders"
            )
            """,
            SQS,
        ),
    ),
)

EXAMPLES = FIRING + SILENT
