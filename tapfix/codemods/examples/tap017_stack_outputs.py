"""Spellings and look-alikes of TAP017."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import IMPORTS, stack
from tapfix.rule import Example

WITH_OUTPUT = "from aws_cdk import App, CfnOutput, Duration, RemovalPolicy, Stack\n"
S3 = "from aws_cdk import aws_s3 as s3"
SQS = "from aws_cdk import aws_sqs as sqs"
LAMBDA = "from aws_cdk import aws_lambda as lambda_"


def told(body: str, imports: str = S3) -> str:
    """A stack that imports ``CfnOutput``."""
    return stack(body, imports).replace(IMPORTS, WITH_OUTPUT)


def fires(title: str, body: str, output: str, imports: str = S3) -> Example:
    """An example whose fix adds an empty line and these statements to the constructor."""
    return Example(title, stack(body, imports), told(f"{body}\n\n{output}", imports))


FUNCTION = """\
{name} = lambda_.Function(
    self,
    "{id}",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="index.handler",
    code=lambda_.Code.from_inline("def handler(event, context): ..."),
)"""

DATABASE = """\
vpc = ec2.Vpc(self, "Network", max_azs=2)
postgres = rds.PostgresEngineVersion.VER_16
database = rds.DatabaseInstance(
    self,
    "Letters",
    engine=rds.DatabaseInstanceEngine.postgres(version=postgres),
    vpc=vpc,
)"""

GROUP = """\
cache = elasticache.CfnReplicationGroup(
    self,
    "Sessions",
    replication_group_description="Sessions",
    num_node_groups={shards},
)"""

HELPERS = """\
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3, aws_sns as sns, aws_sqs as sqs
from constructs import Construct


class ExampleStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._storage()
        queue = self._queue()
        self.files = self._files()
        self._news(){outputs}

    def _storage(self) -> None:
        self.letters = s3.Bucket(self, "Letters")

    def _files(self) -> s3.Bucket:
        return s3.Bucket(self, "Files")

    def _queue(self) -> sqs.Queue:
        incoming = sqs.Queue(self, "Incoming")
        return incoming

    def _news(self) -> None:
        news = sns.Topic(self, "News"){news}


app = cdk.App()
ExampleStack(app, "Example")
app.synth()
"""

CONSTRUCT = """\
from aws_cdk import App, {names}
from aws_cdk.aws_kinesis import Stream
from constructs import Construct


class Feed(Construct):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.stream = Stream(self, "Stream"){output}


class FeedStack(Stack):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        Feed(self, "Orders")
        Feed(self, "Returns")


app = App()
FeedStack(app, "Feeds")
app.synth()
"""

SCRIPT = """\
from aws_cdk import App, {names}
from aws_cdk import aws_dynamodb as dynamodb

app = App()
stack = Stack(app, "Guests")
guests = dynamodb.TableV2(
    stack,
    "Guests",
    partition_key=dynamodb.Attribute(
        name="mail", type=dynamodb.AttributeType.STRING
    ),
)
{output}
app.synth()
"""

NESTED = """\
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3


class Storage(cdk.NestedStack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        letters = s3.Bucket(self, "Letters"){output}


app = cdk.App()
Storage(cdk.Stack(app, "Example"), "Storage")
app.synth()
"""

TELLING = '''\
from aws_cdk import App, CfnOutput, Stack
from aws_cdk import aws_s3 as s3


class ExampleStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self._storage()
        self._outputs()

    def _outputs(self):
        """What to know after a deploy."""
        CfnOutput(self, "Region", value=self.region)

        CfnOutput(self, "Account", value=self.account){outputs}

    def _storage(self):
        self.letters = s3.Bucket(self, "Letters")


app = App()
ExampleStack(app, "Example")
app.synth()
'''

FIRING = (
    Example(
        "a method that makes the outputs: the new one goes there, spaced as the others are",
        TELLING.format(outputs=""),
        TELLING.format(
            outputs="""

        CfnOutput(self, "LettersBucketName", value=self.letters.bucket_name)"""
        ),
    ),
    fires(
        "a bucket",
        'archive = s3.Bucket(self, "Archive")',
        'CfnOutput(self, "ArchiveBucketName", value=archive.bucket_name)',
    ),
    fires(
        "an id that says what it is",
        'archive = s3.Bucket(self, "archive-bucket")',
        'CfnOutput(self, "ArchiveBucketName", value=archive.bucket_name)',
    ),
    Example(
        "an id made of the environment; an attribute of self",
        stack(
            """\
            stage = self.node.try_get_context("stage") or "dev"
            self.archive = s3.Bucket(self, f"Archive-{stage}")
            """,
            S3,
        ),
        told(
            """\
            stage = self.node.try_get_context("stage") or "dev"
            self.archive = s3.Bucket(self, f"Archive-{stage}")

            CfnOutput(self, "ArchiveBucketName", value=self.archive.bucket_name)
            """
        ),
    ),
    Example(
        "several resources: an empty line before the first output only",
        stack(
            'incoming = sqs.Queue(self, "Incoming")\nnews: sns.Topic = sns.Topic(self, "News")',
            f"{SQS}\nfrom aws_cdk import aws_sns as sns",
        ),
        told(
            """\
            incoming = sqs.Queue(self, "Incoming")
            news: sns.Topic = sns.Topic(self, "News")

            CfnOutput(self, "IncomingQueueUrl", value=incoming.queue_url)
            CfnOutput(self, "NewsTopicArn", value=news.topic_arn)
            """,
            f"{SQS}\nfrom aws_cdk import aws_sns as sns",
        ),
    ),
    Example(
        "one resource is told, another is not: the output follows the others",
        told(
            """\
            letters = s3.Bucket(self, "Letters")
            drafts = s3.Bucket(self, "Drafts")
            CfnOutput(self, "LettersBucket", value=letters.bucket_arn)
            """
        ),
        told(
            """\
            letters = s3.Bucket(self, "Letters")
            drafts = s3.Bucket(self, "Drafts")
            CfnOutput(self, "LettersBucket", value=letters.bucket_arn)
            CfnOutput(self, "DraftsBucketName", value=drafts.bucket_name)
            """
        ),
    ),
    Example(
        "an id that is taken",
        told(
            """\
            letters = s3.Bucket(self, "Letters")
            CfnOutput(self, "LettersBucketName", value="to be found in the wiki")
            """
        ),
        told(
            """\
            letters = s3.Bucket(self, "Letters")
            CfnOutput(self, "LettersBucketName", value="to be found in the wiki")
            CfnOutput(self, "LettersBucketName2", value=letters.bucket_name)
            """
        ),
    ),
    fires(
        "a function whose role is told",
        FUNCTION.format(name="resize", id="ResizeLambda"),
        'CfnOutput(self, "ResizeLambdaArn", value=resize.function_arn)',
        LAMBDA,
    ),
    fires(
        "a database",
        DATABASE,
        "CfnOutput(\n"
        '    self, "LettersDatabaseEndpoint", value=database.db_instance_endpoint_address\n'
        ")",
        "from aws_cdk import aws_ec2 as ec2\nfrom aws_cdk import aws_rds as rds",
    ),
    Example(
        "the secret of a database is no way to find it",
        told(
            f'{DATABASE}\nCfnOutput(self, "Login", value=database.secret.secret_arn)',
            "from aws_cdk import aws_ec2 as ec2\nfrom aws_cdk import aws_rds as rds",
        ),
        told(
            f'{DATABASE}\nCfnOutput(self, "Login", value=database.secret.secret_arn)\n'
            "CfnOutput(\n"
            '    self, "LettersDatabaseEndpoint", value=database.db_instance_endpoint_address\n'
            ")",
            "from aws_cdk import aws_ec2 as ec2\nfrom aws_cdk import aws_rds as rds",
        ),
    ),
    fires(
        "a replication group with one shard",
        GROUP.format(shards=1),
        "CfnOutput(\n"
        '    self, "SessionsCacheEndpoint", value=cache.attr_primary_end_point_address\n'
        ")",
        "from aws_cdk import aws_elasticache as elasticache",
    ),
    fires(
        "a replication group with cluster mode on",
        GROUP.format(shards=3),
        "CfnOutput(\n"
        "    self,\n"
        '    "SessionsCacheEndpoint",\n'
        "    value=cache.attr_configuration_end_point_address,\n"
        ")",
        "from aws_cdk import aws_elasticache as elasticache",
    ),
    fires(
        "an HTTP API, whose url may be missing",
        'api = apigatewayv2.HttpApi(self, "Orders")',
        'CfnOutput(self, "OrdersApiUrl", value=api.api_endpoint)',
        "from aws_cdk import aws_apigatewayv2 as apigatewayv2",
    ),
    fires(
        "user pool and client",
        'readers = cognito.UserPool(self, "Readers")\n'
        'site = cognito.UserPoolClient(self, "Site", user_pool=readers)',
        'CfnOutput(self, "ReadersUserPoolId", value=readers.user_pool_id)\n'
        'CfnOutput(self, "SiteClientId", value=site.user_pool_client_id)',
        "from aws_cdk import aws_cognito as cognito",
    ),
    fires(
        "L1",
        'letters = s3.CfnBucket(self, "Letters")',
        'CfnOutput(self, "LettersBucketName", value=letters.ref)',
    ),
    Example(
        "helper methods: by self, by what is returned, at the helper's end",
        HELPERS.format(outputs="", news=""),
        HELPERS.format(
            outputs="\n\n"
            '        cdk.CfnOutput(self, "LettersBucketName", value=self.letters.bucket_name)\n'
            '        cdk.CfnOutput(self, "FilesBucketName", value=self.files.bucket_name)\n'
            '        cdk.CfnOutput(self, "IncomingQueueUrl", value=queue.queue_url)',
            news='\n\n        cdk.CfnOutput(self, "NewsTopicArn", value=news.topic_arn)',
        ),
    ),
    Example(
        "a class derived from Construct, made twice",
        CONSTRUCT.format(names="Stack", output=""),
        CONSTRUCT.format(
            names="CfnOutput, Stack",
            output='\n\n        CfnOutput(self, "StreamName", value=self.stream.stream_name)',
        ),
    ),
    Example(
        "a stack in a variable",
        SCRIPT.format(names="Stack", output=""),
        SCRIPT.format(
            names="CfnOutput, Stack",
            output='\nCfnOutput(stack, "GuestsTableName", value=guests.table_name)\n',
        ),
    ),
    Example(
        "a nested stack",
        NESTED.format(output=""),
        NESTED.format(
            output='\n\n        cdk.CfnOutput(self, "LettersBucketName", value=letters.bucket_name)'
        ),
    ),
    Example(
        "one cache node of which the engine is not in the source",
        stack(
            """\
            cache = elasticache.CfnCacheCluster(
                self,
                "Sessions",
                engine=self.node.try_get_context("engine") or "redis",
                cache_node_type="cache.t4g.micro",
                num_cache_nodes=1,
            )
            """,
            "from aws_cdk import aws_elasticache as elasticache",
        ),
        reported=True,
    ),
    Example("a bucket that no name holds", stack('s3.Bucket(self, "Archive")', S3), reported=True),
)


def silent(title: str, body: str, imports: str = S3) -> Example:
    """A stack in which nothing is to be found."""
    return Example(title, told(body, imports))


SILENT = (
    silent(
        "an output of the name",
        """\
        archive = s3.Bucket(self, "Archive")
        CfnOutput(self, "Where", value=archive.bucket_name)
        """,
    ),
    silent(
        "an output of a text with the domain name",
        """\
        archive = s3.Bucket(self, "Archive")
        CfnOutput(self, "Where", value=f"https://{archive.bucket_domain_name}/index.html")
        """,
    ),
    silent(
        "an output of a local that holds the ARN",
        """\
        archive = s3.Bucket(self, "Archive")
        where = archive.bucket_arn
        CfnOutput(self, "Where", value=where)
        """,
    ),
    silent(
        "a loop over a dict of outputs",
        """\
        archive = s3.Bucket(self, "Archive")
        drafts = s3.Bucket(self, "Drafts")
        places = {"Archive": archive.bucket_name}
        places["Drafts"] = drafts.bucket_name
        for name, value in places.items():
            CfnOutput(self, f"{name}Name", value=value)
        """,
    ),
    silent(
        "a loop over the buckets",
        """\
        archive = s3.Bucket(self, "Archive")
        drafts = s3.Bucket(self, "Drafts")
        for number, bucket in enumerate([archive, drafts]):
            CfnOutput(self, f"Bucket{number}", value=bucket.bucket_name)
        """,
    ),
    silent(
        "an exported value",
        """\
        archive = s3.Bucket(self, "Archive")
        self.export_value(archive.bucket_arn)
        """,
    ),
    silent(
        "the variable that names the bucket",
        """\
        name = f"letters-{self.account}"
        letters = s3.Bucket(self, "Letters", bucket_name=name)
        CfnOutput(self, "Where", value=name)
        """,
    ),
    silent(
        "the resource below the construct",
        """\
        letters = s3.Bucket(self, "Letters")
        CfnOutput(self, "Where", value=letters.node.default_child.ref)
        """,
    ),
    silent(
        "an output where someone wants it",
        """\
        letters = s3.Bucket(self, "Letters")
        if self.node.try_get_context("outputs"):
            CfnOutput(self, "Where", value=letters.bucket_name)
        """,
    ),
    silent(
        "attributes by names that are not in the source",
        """\
        self.letters = s3.Bucket(self, "Letters")
        for name in self.node.try_get_context("outputs") or ["letters"]:
            CfnOutput(self, name, value=getattr(self, name).bucket_name)
        """,
    ),
    Example(
        "an output in the stack that is given the bucket",
        {
            "app.py": """\
from aws_cdk import App

from stacks import Letters, Readers

app = App()
letters = Letters(app, "Letters")
Readers(app, "Readers", letters)
app.synth()
""",
            "stacks.py": """\
from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_s3 as s3


class Letters(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(self, "Bucket")


class Readers(Stack):
    def __init__(self, scope, construct_id, letters: Letters):
        super().__init__(scope, construct_id)
        CfnOutput(self, "Where", value=letters.bucket.bucket_name)
""",
        },
    ),
    Example(
        "a method that makes outputs",
        told(
            """\
            letters = s3.Bucket(self, "Letters")
            self._tell("Where", letters.bucket_name)
            """
        ).replace(
            "\n\n\napp =",
            "\n\n    def _tell(self, name: str, value: str) -> None:\n"
            "        CfnOutput(self, name, value=value)\n\n\napp =",
        ),
    ),
    silent(
        "a resource under a condition, and some in a loop",
        """\
        if self.node.try_get_context("keep"):
            archive = s3.Bucket(self, "Archive")
        for name in ("Letters", "Drafts"):
            bucket = s3.Bucket(self, name)
        others = [s3.Bucket(self, name) for name in ("Bills", "Offers")]
        """,
    ),
    Example(
        "a helper that is called twice",
        told(
            """\
            letters = self._bucket("Letters")
            drafts = self._bucket("Drafts")
            """
        ).replace(
            "\n\n\napp =",
            "\n\n    def _bucket(self, name: str) -> s3.Bucket:\n"
            "        bucket = s3.Bucket(self, name)\n"
            "        return bucket\n\n\napp =",
        ),
    ),
    silent(
        "a dead-letter queue",
        """\
        failed = sqs.Queue(self, "Failed")
        incoming = sqs.Queue(
            self,
            "Incoming",
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=3, queue=failed),
        )
        CfnOutput(self, "IncomingUrl", value=incoming.queue_url)
        """,
        SQS,
    ),
    silent(
        "the bucket of access logs",
        """\
        logs = s3.Bucket(self, "Logs")
        letters = s3.Bucket(self, "Letters", server_access_logs_bucket=logs)
        CfnOutput(self, "Where", value=letters.bucket_name)
        """,
    ),
    silent(
        "the task of a state machine",
        FUNCTION.format(name="check", id="Check")
        + """
start = tasks.LambdaInvoke(self, "CheckOrder", lambda_function=check)
sfn.StateMachine(self, "Orders", definition_body=sfn.DefinitionBody.from_chainable(start))
""",
        f"""\
{LAMBDA}
from aws_cdk import aws_stepfunctions as sfn, aws_stepfunctions_tasks as tasks""",
    ),
    silent(
        "more functions than anybody looks for",
        "\n".join(FUNCTION.format(name=f"step_{n}", id=f"Step{n}") for n in range(9)),
        LAMBDA,
    ),
    silent(
        "an imported bucket",
        """\
        letters = s3.Bucket.from_bucket_name(self, "Letters", "letters-of-others")
        """,
    ),
    silent(
        "an API that CDK gives an output",
        """\
        api = apigateway.RestApi(self, "Orders")
        api.root.add_method("GET")
        """,
        "from aws_cdk import aws_apigateway as apigateway",
    ),
    silent(
        "what nobody looks for",
        """\
        topic_role = iam.Role(
            self, "Role", assumed_by=iam.ServicePrincipal("sns.amazonaws.com")
        )
        """,
        "from aws_cdk import aws_iam as iam",
    ),
    Example(
        "a class of the app that is called like one of CDK",
        """\
class Bucket:
    def __init__(self, scope, construct_id):
        self.bucket_name = construct_id


letters = Bucket(None, "Letters")
print(letters.bucket_name)
""",
    ),
)

EXAMPLES = FIRING + SILENT
