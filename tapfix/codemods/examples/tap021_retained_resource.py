"""Examples of TAP021: resources that outlive their stacks or cannot be deleted."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

_SERVICES = (
    "from aws_cdk import aws_cognito as cognito, aws_dynamodb as dynamodb, aws_ecr as ecr\n"
    "from aws_cdk import aws_kinesis as kinesis, aws_kms as kms, aws_lambda as lambda_"
)
_KEY = "partition_key=dynamodb.Attribute(name='id', type=dynamodb.AttributeType.STRING),"


_TABLE = """\
from aws_cdk import App, Environment, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb

app = App()
home = Environment(account="123456789012", region="us-east-1")
dynamodb.TableV2(
    Stack(app, "Example", env=home),
    "Orders",
    partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
    deletion_protection={first},
    replicas=[
        dynamodb.ReplicaTableProps(region="eu-west-1", deletion_protection={replica})
    ],
{policy})
app.synth()
"""


def _changes(title: str, before: str, after: str, imports: str = _SERVICES) -> Example:
    return Example(title, stack(before, imports), stack(after, imports))


def _switches(title: str, text: str, before: str, after: str, imports: str = _SERVICES) -> Example:
    """An example in which the fix writes ``after`` for ``before``, which stands once."""
    assert text.count(before) == 1, title
    return _changes(title, text, text.replace(before, after), imports)


_POLICIES = (
    _changes(
        "a key and what it encrypts: the key when nothing that it encrypts stays",
        f"""
        key = kms.Key(self, "Key", enable_key_rotation=True)
        dynamodb.Table(
            self,
            "Orders",
            {_KEY}
            encryption_key=key,
        )
        """,
        f"""
        key = kms.Key(
            self, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY
        )
        dynamodb.Table(
            self,
            "Orders",
            {_KEY}
            encryption_key=key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        """,
    ),
    _switches(
        "a policy spelled by way of another name than a new one would be",
        'kms.Key(self, "Key").apply_removal_policy(cdk.RemovalPolicy.RETAIN)',
        "cdk.RemovalPolicy.RETAIN",
        "cdk.RemovalPolicy.DESTROY",
        f"{_SERVICES}\nimport aws_cdk as cdk",
    ),
    _changes(
        "a stream without a policy: RETAIN is the default",
        'updates = kinesis.Stream(self, "Updates", stream_name="updates")',
        """
        updates = kinesis.Stream(
            self, "Updates", stream_name="updates", removal_policy=RemovalPolicy.DESTROY
        )
        """,
    ),
    _switches(
        "RETAIN on a table, with a comment",
        f"""
        dynamodb.TableV2(
            self,
            "Orders",
            {_KEY}
            removal_policy=RemovalPolicy.RETAIN,  # orders are precious
        )
        """,
        "RemovalPolicy.RETAIN",
        "RemovalPolicy.DESTROY",
    ),
    _changes(
        "a repository, which has to be emptied first",
        'ecr.Repository(self, "Images", image_scan_on_push=True)',
        """
        ecr.Repository(
            self,
            "Images",
            image_scan_on_push=True,
            removal_policy=RemovalPolicy.DESTROY,
            empty_on_delete=True,
        )
        """,
    ),
    Example(
        "a key, its class imported by itself, in a helper function",
        """\
import aws_cdk as cdk
from aws_cdk.aws_kms import Key


def add_key(scope):
    return Key(scope, "Key", enable_key_rotation=True)


app = cdk.App()
add_key(cdk.Stack(app, "Example"))
app.synth()
""",
        """\
import aws_cdk as cdk
from aws_cdk.aws_kms import Key


def add_key(scope):
    return Key(
        scope, "Key", enable_key_rotation=True, removal_policy=cdk.RemovalPolicy.DESTROY
    )


app = cdk.App()
add_key(cdk.Stack(app, "Example"))
app.synth()
""",
    ),
    _switches(
        "a later statement on an attribute of self",
        f"""
        self.orders = dynamodb.Table(
            self,
            "Orders",
            {_KEY}
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.orders.apply_removal_policy(RemovalPolicy.RETAIN)
        """,
        "apply_removal_policy(RemovalPolicy.RETAIN)",
        "apply_removal_policy(RemovalPolicy.DESTROY)",
    ),
    _switches(
        "a network that stays, though its class has no argument for it",
        """
        vpc = ec2.Vpc(self, "Vpc", max_azs=1)
        vpc.apply_removal_policy(RemovalPolicy.RETAIN)
        """,
        "RemovalPolicy.RETAIN",
        "RemovalPolicy.DESTROY",
        "from aws_cdk import aws_ec2 as ec2",
    ),
    _switches(
        "an L1 table with CloudFormation's own word",
        """
        table = dynamodb.CfnTable(
            self,
            "Orders",
            key_schema=[
                dynamodb.CfnTable.KeySchemaProperty(attribute_name="id", key_type="HASH")
            ],
        )
        table.cfn_options.deletion_policy = CfnDeletionPolicy.RETAIN
        """,
        "CfnDeletionPolicy.RETAIN",
        "CfnDeletionPolicy.DELETE",
        "from aws_cdk import CfnDeletionPolicy, aws_dynamodb as dynamodb",
    ),
    _switches(
        "SNAPSHOT on a volume",
        """
        ec2.Volume(
            self,
            "Scratch",
            availability_zone="us-east-1a",
            size=Size.gibibytes(8),
            removal_policy=RemovalPolicy.SNAPSHOT,
        )
        """,
        "RemovalPolicy.SNAPSHOT",
        "RemovalPolicy.DESTROY",
        "from aws_cdk import Size, aws_ec2 as ec2",
    ),
    _switches(
        "a secret that is kept, in a dict of settings",
        """
        settings = {
            "secret_name": "token",
            "removal_policy": RemovalPolicy.RETAIN,
        }
        secretsmanager.Secret(self, "Token", **settings)
        """,
        "RemovalPolicy.RETAIN",
        "RemovalPolicy.DESTROY",
        "from aws_cdk import aws_secretsmanager as secretsmanager",
    ),
    _changes(
        "the policy of a part of a cluster",
        """
        vpc = ec2.Vpc(self, "Vpc")
        docdb.DatabaseCluster(
            self,
            "Documents",
            master_user=docdb.Login(username="docs"),
            instance_type=ec2.InstanceType("r5.large"),
            vpc=vpc,
            removal_policy=RemovalPolicy.SNAPSHOT,
            instance_removal_policy=RemovalPolicy.RETAIN,
        )
        """,
        """
        vpc = ec2.Vpc(self, "Vpc")
        docdb.DatabaseCluster(
            self,
            "Documents",
            master_user=docdb.Login(username="docs"),
            instance_type=ec2.InstanceType("r5.large"),
            vpc=vpc,
            removal_policy=RemovalPolicy.DESTROY,
            instance_removal_policy=RemovalPolicy.DESTROY,
        )
        """,
        "from aws_cdk import aws_docdb as docdb, aws_ec2 as ec2",
    ),
)

_PROTECTIONS = (
    _switches(
        "a user pool that is protected",
        """
        cognito.UserPool(
            self,
            "Users",
            deletion_protection=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        """,
        "protection=True",
        "protection=False",
    ),
    _switches(
        "a load balancer that is protected",
        """
        vpc = ec2.Vpc(self, "Vpc")
        elbv2.ApplicationLoadBalancer(self, "Front", vpc=vpc, deletion_protection=True)
        """,
        "protection=True",
        "protection=False",
        "from aws_cdk import aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2",
    ),
    _switches(
        "a load balancer that is protected by an attribute",
        """
        vpc = ec2.Vpc(self, "Vpc")
        balancer = elbv2.NetworkLoadBalancer(self, "Front", vpc=vpc)
        balancer.set_attribute("deletion_protection.enabled", "true")
        """,
        '"true"',
        '"false"',
        "from aws_cdk import aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2",
    ),
    _switches(
        "an L1 user pool, whose protection is a word",
        'cognito.CfnUserPool(self, "Users", deletion_protection="ACTIVE")',
        '"ACTIVE"',
        '"INACTIVE"',
    ),
    _switches(
        "a log group: its policy is TAP007's, its protection is not",
        """
        logs.LogGroup(
            self,
            "Audit",
            deletion_protection_enabled=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        """,
        "enabled=True",
        "enabled=False",
        "from aws_cdk import aws_logs as logs",
    ),
    Example(
        "policy and protection of one table, and the protection of its replica",
        _TABLE.format(first="True", replica="True", policy=""),
        _TABLE.format(
            first="False",
            replica="False",
            policy="    removal_policy=RemovalPolicy.DESTROY,\n",
        ),
    ),
)

_REPORTED = (
    Example(
        "RemovalPolicies keeps everything in the stack",
        stack(
            """
            kinesis.Stream(self, "Updates", removal_policy=RemovalPolicy.DESTROY)
            RemovalPolicies.of(self).retain()
            """,
            "from aws_cdk import RemovalPolicies, aws_kinesis as kinesis",
        ),
        reported=True,
    ),
    Example(
        "a key that encrypts what stays in production",
        stack(
            f"""
            is_prod = self.node.try_get_context("stage") == "prod"
            key = kms.Key(self, "Key", enable_key_rotation=True)
            dynamodb.Table(
                self,
                "Orders",
                {_KEY}
                encryption_key=key,
                removal_policy=RemovalPolicy.RETAIN if is_prod else RemovalPolicy.DESTROY,
            )
            """,
            _SERVICES,
        ),
        reported=True,
    ),
    Example(
        "an L1 construct without data, which somebody has a reason to keep",
        stack(
            """
            network = ec2.CfnVPC(self, "Network", cidr_block="10.0.0.0/16")
            network.apply_removal_policy(RemovalPolicy.RETAIN)
            """,
            "from aws_cdk import aws_ec2 as ec2",
        ),
        reported=True,
    ),
    Example(
        "versions, which the next deploy would delete under their aliases and readers",
        stack(
            """
            lambda_.LayerVersion(
                self,
                "Tools",
                code=lambda_.Code.from_asset("."),
                removal_policy=RemovalPolicy.RETAIN,
            )
            """,
            _SERVICES,
        ),
        reported=True,
    ),
    Example(
        "a dict that two tables use",
        stack(
            f"""
            settings = dict(
                {_KEY}
                removal_policy=RemovalPolicy.RETAIN,
            )
            dynamodb.TableV2(self, "Orders", **settings)
            dynamodb.TableV2(self, "Returns", **settings)
            """,
            _SERVICES,
        ),
        reported=True,
    ),
)

_SILENT = (
    Example(
        "a custom resource whose handler is not to be told",
        stack(
            """
            CustomResource(
                self,
                "Seed",
                service_token="arn:aws:lambda:us-east-1:123456789012:function:seed",
                removal_policy=RemovalPolicy.RETAIN,
            )
            """,
            "from aws_cdk import CustomResource",
        ),
    ),
    Example(
        "deleted with its stack",
        stack(
            """
            kinesis.Stream(self, "Updates", removal_policy=RemovalPolicy.DESTROY)
            ecr.Repository(
                self,
                "Images",
                removal_policy=RemovalPolicy.DESTROY,
                empty_on_delete=True,
            )
            """,
            _SERVICES,
        ),
    ),
    Example(
        "classes whose default is to go",
        stack(
            """
            queue = sqs.Queue(self, "Jobs", encryption=sqs.QueueEncryption.SQS_MANAGED)
            secretsmanager.Secret(self, "Token")
            """,
            "from aws_cdk import aws_secretsmanager as secretsmanager, aws_sqs as sqs",
        ),
    ),
    Example(
        "depends on the environment",
        stack(
            """
            stage = self.node.try_get_context("stage")
            kinesis.Stream(
                self,
                "Updates",
                removal_policy=(
                    RemovalPolicy.RETAIN if stage == "prod" else RemovalPolicy.DESTROY
                ),
            )
            """,
            _SERVICES,
        ),
    ),
    Example(
        "a policy from a dataclass that the caller fills",
        """\
from dataclasses import dataclass

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_kinesis as kinesis


@dataclass
class Config:
    policy: RemovalPolicy = RemovalPolicy.RETAIN


class Streams(Stack):
    def __init__(self, scope, construct_id, config: Config):
        super().__init__(scope, construct_id)
        kinesis.Stream(self, "Updates", removal_policy=config.policy)


app = App()
Streams(app, "Streams", Config(policy=RemovalPolicy.DESTROY))
app.synth()
""",
    ),
    Example(
        "settled by a later statement",
        stack(
            """
            self.key = kms.Key(self, "Key")
            self.key.apply_removal_policy(RemovalPolicy.DESTROY)
            """,
            _SERVICES,
        ),
    ),
    Example(
        "settled in a helper function",
        stack(
            """
            def disposable(resource):
                resource.apply_removal_policy(RemovalPolicy.DESTROY)
                return resource

            key = disposable(kms.Key(self, "Key"))
            """,
            _SERVICES,
        ),
    ),
    Example(
        "settled by the class that makes the construct's scope",
        """\
from aws_cdk import App, RemovalPolicies, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct


class Keys(Construct):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        kms.Key(self, "Key")


class Security(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        Keys(self, "Keys")
        RemovalPolicies.of(self).destroy()


app = App()
Security(app, "Security")
app.synth()
""",
    ),
    Example(
        "kept by RemovalPolicies in one environment only",
        stack(
            """
            kinesis.Stream(self, "Updates", removal_policy=RemovalPolicy.DESTROY)
            if self.node.try_get_context("stage") == "prod":
                RemovalPolicies.of(self).retain()
            """,
            "from aws_cdk import RemovalPolicies, aws_kinesis as kinesis",
        ),
    ),
    Example(
        "an L1 resource without a policy: CloudFormation deletes it",
        stack('kinesis.CfnStream(self, "Updates", shard_count=1)', _SERVICES),
    ),
    Example(
        "buckets, databases and log groups have rules of their own",
        stack(
            """
            s3.Bucket(self, "Uploads")
            logs.LogGroup(self, "Audit")
            rds.CfnDBCluster(self, "Data", engine="aurora-mysql", deletion_protection=True)
            """,
            "from aws_cdk import aws_logs as logs, aws_rds as rds, aws_s3 as s3",
        ),
    ),
    Example(
        "a protection that depends on the environment",
        stack(
            """
            is_prod = self.node.try_get_context("stage") == "prod"
            cognito.UserPool(
                self,
                "Users",
                deletion_protection=is_prod,
                removal_policy=RemovalPolicy.DESTROY,
            )
            """,
            _SERVICES,
        ),
    ),
    Example(
        "a protection that a later statement switches off",
        stack(
            """
            vpc = ec2.Vpc(self, "Vpc")
            balancer = elbv2.ApplicationLoadBalancer(
                self, "Front", vpc=vpc, deletion_protection=True
            )
            balancer.set_attribute("deletion_protection.enabled", "false")
            """,
            "from aws_cdk import aws_ec2 as ec2, aws_elasticloadbalancingv2 as elbv2",
        ),
    ),
    Example(
        "imported resources",
        stack(
            """
            kms.Key.from_key_arn(
                self, "Key", "arn:aws:kms:us-east-1:123456789012:key/shared"
            )
            dynamodb.Table.from_table_name(self, "Orders", "orders")
            """,
            _SERVICES,
        ),
    ),
    Example(
        "keywords that may hold a policy",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms


class TeamKey(kms.Key):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, enable_key_rotation=True, **kwargs)


app = App()
TeamKey(Stack(app, "Example"), "Key", removal_policy=RemovalPolicy.DESTROY)
app.synth()
""",
    ),
)

EXAMPLES = (*_POLICIES, *_PROTECTIONS, *_REPORTED, *_SILENT)
