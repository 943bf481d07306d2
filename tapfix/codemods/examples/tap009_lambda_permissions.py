"""Spellings and look-alikes of TAP009."""

from __future__ import annotations

from tapfix.codemods.examples.functions import app, app_of_methods, function
from tapfix.codemods.examples.several_files import run, tree
from tapfix.rule import Example

TABLE = """\
table = dynamodb.Table(
    self,
    "Orders",
    partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
)
"""
ROLE = """\
role = iam.Role(
    self,
    "WorkerRole",
    assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
    managed_policies=[
        iam.ManagedPolicy.from_aws_managed_policy_name(
            "service-role/AWSLambdaBasicExecutionRole"
        ),
    ],
)
"""
VPC_ROLE = ROLE.replace(
    "        ),\n    ],",
    "        ),\n        iam.ManagedPolicy.from_aws_managed_policy_name(\n"
    '            "service-role/AWSLambdaVPCAccessExecutionRole"\n        ),\n    ],',
)


ENV = 'environment={"TABLE": table.table_name}'
PUT = """\
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    table.put_item(Item=event)
"""
GET_AND_PUT = """\
import os

import boto3


class Store:
    def __init__(self, name):
        self.table = boto3.session.Session().resource("dynamodb").Table(name)

    def save(self, item):
        known = self.table.get_item(Key={"id": item["id"]})
        if "Item" not in known:
            self.table.put_item(Item=item)


def handler(event, context):
    Store(os.environ.get("TABLE")).save(event)
"""
IDLE = """\
def handler(event, context):
    print(event)
"""
BUCKET = 'bucket = s3.Bucket(self, "Letters")'
BUCKET_ENV = 'environment={"LETTERS": bucket.bucket_name}'
UPLOAD = """\
import os

import boto3

_client = None


def client():
    global _client
    if _client is None:
        _client = boto3.client("s3")
    return _client


def handler(event, context):
    bucket = os.environ["LETTERS"]
    client().upload_file("/tmp/letter", bucket, "letter")
    pages = client().get_paginator("list_objects_v2")
    return [page["KeyCount"] for page in pages.paginate(Bucket=bucket)]
"""
THUMBNAIL = """\
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        s3.download_file(bucket, record["s3"]["object"]["key"], "/tmp/image")
"""
NOTIFIED = """\
worker.add_event_source(
    sources.S3EventSource(bucket, events=[s3.EventType.OBJECT_CREATED])
)
"""
SIGN = """\
import os

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    return s3.generate_presigned_url(
        "get_object", Params={"Bucket": os.environ["LETTERS"], "Key": event["key"]}
    )
"""
STREAM = 'stream = kinesis.Stream(self, "Clicks")'
MAPPING = """\
lambda_.EventSourceMapping(
    self,
    "Mapping",
    target=worker,
    event_source_arn=stream.stream_arn,
    starting_position=lambda_.StartingPosition.LATEST,
)
"""
QUEUE = 'queue = sqs.Queue(self, "Jobs")'
SEND = """\
import os

import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody="hello")
"""
SECRET = 'secret = secretsmanager.Secret(self, "ApiKey")'
SECRET_ENV = 'environment={"API_KEY_ARN": secret.secret_arn}'
VPC = 'vpc = ec2.Vpc(self, "Network", max_azs=2)'
INVOKE = """\
import os

import boto3

machine = boto3.client("stepfunctions")


def handler(event, context):
    machine.start_execution(stateMachineArn=os.environ["MACHINE"])
"""
STORED = TABLE.replace("table =", "self.orders =").replace(
    'dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)',
    'dynamodb.Attribute(\n        name="id", type=dynamodb.AttributeType.STRING\n    )',
)
FROM_STORE = run('environment={"TABLE": store.orders.table_name}')
RUN_BY_PROPS = """\
props = {
    "runtime": Runtime.PYTHON_3_12,
    "handler": "run.main",
    "code": Code.from_asset("services/run"),
    "environment": {"TABLE": store.orders.table_name},
}
self.run = Function(self, "Run", **props)
"""
MAIN = PUT.replace("def handler(", "def main(")
NAMED = TABLE.replace('"Orders",\n', '"Orders",\n    table_name="orders",\n')

COMMON = """\
common = dict(
    runtime=lambda_.Runtime.PYTHON_3_12,
    code=lambda_.Code.from_asset("worker"),
    handler="worker.handler",
    role=role,
    environment={"TABLE": table.table_name},
)
worker = lambda_.Function(self, "Worker", **common)
"""
COMMON_TWICE = COMMON + 'second = lambda_.Function(self, "Second", **common)\n'
LITERAL = COMMON_TWICE.replace("dict(", "{").replace("},\n)", "},\n}")
for _name in ("runtime", "code", "handler", "role", "environment"):
    LITERAL = LITERAL.replace(f"    {_name}=", f'    "{_name}": ')
WORKER_METHOD = """\
def _make_worker(self) -> lambda_.Function:
    return lambda_.Function(
        self,
        "Worker",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="worker.handler",
        code=lambda_.Code.from_asset("worker"),
        environment={"TABLE": self.table.table_name},
    )
"""
TABLE_METHOD = """\
def _make_table(self) -> dynamodb.Table:
    return dynamodb.Table(
        self,
        "Orders",
        partition_key=dynamodb.Attribute(
            name="id", type=dynamodb.AttributeType.STRING
        ),
    )
"""
MAKE = "self.table = self._make_table()\nself.worker = self._make_worker()"
NAMED_TABLE = """\
self.table = dynamodb.Table(
    self,
    "Orders",
    table_name="orders",
    partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
)
"""
PUT_NAMED = PUT.replace('os.environ["TABLE"]', '"orders"')
STORE = """\
class Store(Construct):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.inner = dynamodb.Table(
            self,
            "Orders",
            partition_key=dynamodb.Attribute(
                name="id", type=dynamodb.AttributeType.STRING
            ),
        )

    @property
    def name(self) -> str:
        return self.inner.table_name


class ExampleStack"""
IN_STORE = ('store = Store(self, "Store")', function('environment={"TABLE": store.name}'))


def with_store(*parts: str) -> dict[str, str]:
    """An app with a construct that tells its table's name by a property."""
    files = app(*IN_STORE, *parts, handler=PUT)
    return files | {"app.py": files["app.py"].replace("class ExampleStack", STORE, 1)}


EXAMPLES: tuple[Example, ...] = (
    Example(
        "a table that the handler writes to",
        app(TABLE, function(ENV), handler=PUT),
        app(TABLE, function(ENV), "table.grant_write_data(worker)", handler=PUT),
    ),
    Example(
        "reads and writes by way of a class, its session and a parameter",
        app(TABLE, function(ENV), handler=GET_AND_PUT),
        app(TABLE, function(ENV), "table.grant_read_write_data(worker)", handler=GET_AND_PUT),
    ),
    Example(
        "the name of a table that a property of the app's own construct tells",
        with_store(),
        with_store("store.inner.grant_write_data(worker)"),
    ),
    Example(
        "functions that share their arguments, and with them a role",
        app(TABLE, ROLE, COMMON_TWICE, handler=PUT),
        app(
            TABLE,
            ROLE,
            COMMON,
            "table.grant_write_data(role)",
            COMMON_TWICE.removeprefix(COMMON),
            handler=PUT,
        ),
    ),
    Example(
        "arguments in a dict display",
        app(TABLE, ROLE, LITERAL, handler=PUT),
        app(
            TABLE,
            ROLE,
            LITERAL.rpartition("second")[0],
            "table.grant_write_data(role)",
            "second" + LITERAL.rpartition("second")[2],
            handler=PUT,
        ),
    ),
    Example(
        "a function and a table that methods make",
        app_of_methods(MAKE, TABLE_METHOD, WORKER_METHOD, handler=PUT),
        app_of_methods(
            f"{MAKE}\nself.table.grant_write_data(self.worker)",
            TABLE_METHOD,
            WORKER_METHOD,
            handler=PUT,
        ),
    ),
    Example(
        "a table that is made after the function",
        app(function(name="self.worker = "), NAMED_TABLE, handler=PUT_NAMED),
        app(
            function(name="self.worker = "),
            NAMED_TABLE,
            "self.table.grant_write_data(self.worker)",
            handler=PUT_NAMED,
        ),
    ),
    Example(
        "a role of the app's own, a bucket, a client made when it is needed, a paginator",
        app(BUCKET, ROLE, function("role=role", BUCKET_ENV), handler=UPLOAD),
        app(
            BUCKET,
            ROLE,
            function("role=role", BUCKET_ENV),
            "bucket.grant_put(role)\nbucket.grant_read(role)",
            handler=UPLOAD,
        ),
    ),
    Example(
        "the bucket that an event names is the one that tells of its objects",
        app(BUCKET, function(), NOTIFIED, handler=THUMBNAIL),
        app(BUCKET, function(), NOTIFIED, "bucket.grant_read(worker)", handler=THUMBNAIL),
    ),
    Example(
        "whoever has a signed URL does what the function may do",
        app(BUCKET, function(BUCKET_ENV), handler=SIGN),
        app(BUCKET, function(BUCKET_ENV), "bucket.grant_read(worker)", handler=SIGN),
    ),
    Example(
        "variables from a dict that several functions take in",
        app(
            TABLE,
            'common = {"TABLE": table.table_name}',
            function('environment={**common, "DEBUG": "1"}'),
            handler=PUT,
        ),
        app(
            TABLE,
            'common = {"TABLE": table.table_name}',
            function('environment={**common, "DEBUG": "1"}'),
            "table.grant_write_data(worker)",
            handler=PUT,
        ),
    ),
    Example(
        "a bare event source mapping reads from a stream",
        app(STREAM, ROLE, function("role=role"), MAPPING, handler=IDLE),
        app(STREAM, ROLE, function("role=role"), MAPPING, "stream.grant_read(role)", handler=IDLE),
    ),
    Example(
        "a mapping by a method of the function, a role that CDK makes",
        app(
            QUEUE,
            function(),
            'worker.add_event_source_mapping("Jobs", event_source_arn=queue.queue_arn)',
            handler=IDLE,
        ),
        app(
            QUEUE,
            function(),
            'worker.add_event_source_mapping("Jobs", event_source_arn=queue.queue_arn)',
            "queue.grant_consume_messages(worker)",
            handler=IDLE,
        ),
    ),
    Example(
        "an L1 mapping of a table's stream",
        app(
            TABLE.replace(
                "STRING),\n", "STRING),\n    stream=dynamodb.StreamViewType.NEW_IMAGE,\n"
            ),
            function(),
            """\
            lambda_.CfnEventSourceMapping(
                self,
                "Mapping",
                function_name=worker.function_name,
                event_source_arn=table.table_stream_arn,
                starting_position="LATEST",
            )
            """,
            handler=IDLE,
        ),
        app(
            TABLE.replace(
                "STRING),\n", "STRING),\n    stream=dynamodb.StreamViewType.NEW_IMAGE,\n"
            ),
            function(),
            """\
            lambda_.CfnEventSourceMapping(
                self,
                "Mapping",
                function_name=worker.function_name,
                event_source_arn=table.table_stream_arn,
                starting_position="LATEST",
            )
            table.grant_stream_read(worker)
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a secret whose ARN the function is told",
        app(SECRET, function(SECRET_ENV), handler=IDLE),
        app(SECRET, function(SECRET_ENV), "secret.grant_read(worker)", handler=IDLE),
    ),
    Example(
        "a function that nothing holds",
        app(SECRET, function(SECRET_ENV, name=""), handler=IDLE),
        reported=True,
    ),
    Example(
        "a variable added later, a queue, a module beside the handler",
        app(
            QUEUE,
            function(),
            'worker.add_environment("QUEUE_URL", queue.queue_url)',
            handler="from post import send\n\n\ndef handler(event, context):\n    send()\n",
            post=SEND.replace("def handler(event, context)", "def send()"),
        ),
        app(
            QUEUE,
            function(),
            "queue.grant_send_messages(worker)",
            'worker.add_environment("QUEUE_URL", queue.queue_url)',
            handler="from post import send\n\n\ndef handler(event, context):\n    send()\n",
            post=SEND.replace("def handler(event, context)", "def send()"),
        ),
    ),
    Example(
        "a literal name in the handler",
        app(
            NAMED,
            function(),
            handler=PUT.replace('os.environ["TABLE"]', '"orders"'),
        ),
        app(
            NAMED,
            function(),
            "table.grant_write_data(worker)",
            handler=PUT.replace('os.environ["TABLE"]', '"orders"'),
        ),
    ),
    Example(
        "a role without the policy for functions in a VPC",
        app(VPC, ROLE, function("role=role", "vpc=vpc"), handler=IDLE),
        app(VPC, VPC_ROLE, function("role=role", "vpc=vpc"), handler=IDLE),
    ),
    Example(
        "a grant of something else, a statement on another resource",
        app(
            TABLE,
            BUCKET,
            function(ENV),
            """\
            bucket.grant_read(worker)
            table.grant_read_data(worker)
            worker.add_to_role_policy(
                iam.PolicyStatement(actions=["dynamodb:*"], resources=[bucket.bucket_arn])
            )
            """,
            handler=PUT,
        ),
        app(
            TABLE,
            BUCKET,
            function(ENV),
            """\
            table.grant_write_data(worker)
            bucket.grant_read(worker)
            table.grant_read_data(worker)
            worker.add_to_role_policy(
                iam.PolicyStatement(actions=["dynamodb:*"], resources=[bucket.bucket_arn])
            )
            """,
            handler=PUT,
        ),
    ),
    Example(
        "a construct of another file, the table of another stack, classes by their own names",
        tree(STORED, FROM_STORE, MAIN),
        tree(STORED, f"{FROM_STORE}store.orders.grant_write_data(self.run)\n", MAIN),
    ),
    Example(
        "arguments in a dict",
        tree(STORED, RUN_BY_PROPS, MAIN),
        tree(STORED, f"{RUN_BY_PROPS}store.orders.grant_write_data(self.run)\n", MAIN),
    ),
    Example(
        "inline code",
        app(
            "topic = sns.Topic(self, 'News')",
            """\
            sender = lambda_.Function(
                self,
                "Sender",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="index.handler",
                code=lambda_.Code.from_inline(
                    "import os, boto3\\n"
                    "def handler(event, context):\\n"
                    "    sns = boto3.client('sns')\\n"
                    "    sns.publish(TopicArn=os.environ['TOPIC'], Message='hello')\\n"
                ),
                environment={"TOPIC": topic.topic_arn},
            )
            """,
            handler=IDLE,
        ),
        app(
            "topic = sns.Topic(self, 'News')",
            """\
            sender = lambda_.Function(
                self,
                "Sender",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="index.handler",
                code=lambda_.Code.from_inline(
                    "import os, boto3\\n"
                    "def handler(event, context):\\n"
                    "    sns = boto3.client('sns')\\n"
                    "    sns.publish(TopicArn=os.environ['TOPIC'], Message='hello')\\n"
                ),
                environment={"TOPIC": topic.topic_arn},
            )
            topic.grant_publish(sender)
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "an L1 resource has no grants",
        app(
            'queue = sqs.CfnQueue(self, "Jobs")',
            function('environment={"QUEUE_URL": queue.ref}'),
            handler=SEND,
        ),
        reported=True,
    ),
    Example(
        "a state machine that runs the function which starts it",
        app(
            function(),
            """\
            machine = sfn.StateMachine(
                self,
                "Machine",
                state_machine_name="orders",
                definition_body=sfn.DefinitionBody.from_chainable(
                    tasks.LambdaInvoke(self, "Run", lambda_function=worker)
                ),
            )
            worker.add_environment("MACHINE", "orders")
            """,
            handler=INVOKE,
        ),
        reported=True,
    ),
    Example(
        "an imported role",
        app(
            TABLE,
            'role = iam.Role.from_role_name(self, "WorkerRole", "worker")',
            function("role=role", ENV),
            handler=PUT,
        ),
        reported=True,
    ),
    Example(
        "an imported role that the app grants to",
        app(
            TABLE,
            'role = iam.Role.from_role_name(self, "WorkerRole", "worker")',
            function("role=role", ENV),
            "table.grant_write_data(role)",
            handler=PUT,
        ),
    ),
    Example(
        "granted to the function",
        app(TABLE, function(ENV), "table.grant_write_data(worker)", handler=PUT),
    ),
    Example(
        "granted to the function's role",
        app(TABLE, function(ENV), "table.grant_read_write_data(worker.role)", handler=PUT),
    ),
    Example(
        "a statement in the role",
        app(
            TABLE,
            ROLE,
            """\
            role.add_to_policy(
                iam.PolicyStatement(
                    actions=["dynamodb:PutItem"], resources=[table.table_arn]
                )
            )
            """,
            function("role=role", ENV),
            handler=PUT,
        ),
    ),
    Example(
        "an inline policy, on everything",
        app(
            TABLE,
            """\
            role = iam.Role(
                self,
                "WorkerRole",
                assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
                inline_policies={
                    "data": iam.PolicyDocument(
                        statements=[
                            iam.PolicyStatement(
                                actions=["dynamodb:*"], resources=["*"]
                            )
                        ]
                    )
                },
            )
            """,
            function("role=role", ENV),
            handler=PUT,
        ),
    ),
    Example(
        "a managed policy of AWS that allows it",
        app(
            BUCKET,
            """\
            role = iam.Role(
                self,
                "WorkerRole",
                assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
                managed_policies=[
                    iam.ManagedPolicy.from_aws_managed_policy_name("AmazonS3FullAccess")
                ],
            )
            """,
            function("role=role", BUCKET_ENV),
            handler=UPLOAD,
        ),
    ),
    Example(
        "a policy of the app's own that names the role",
        app(
            TABLE,
            ROLE,
            """\
            iam.Policy(
                self,
                "Policy",
                roles=[role],
                statements=[
                    iam.PolicyStatement(
                        actions=["dynamodb:PutItem"], resources=[table.table_arn]
                    )
                ],
            )
            """,
            function("role=role", ENV),
            handler=PUT,
        ),
    ),
    Example(
        "an event source of CDK's grants by itself",
        app(
            STREAM,
            function(),
            """\
            worker.add_event_source(
                sources.KinesisEventSource(
                    stream, starting_position=lambda_.StartingPosition.LATEST
                )
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a role that CDK makes may use a VPC",
        app(VPC, function("vpc=vpc"), handler=IDLE),
    ),
    Example(
        "a function of a shared module that the handler does not use",
        app(
            TABLE,
            function(ENV),
            handler="import store\n\n\ndef handler(event, context):\n    return store.name\n",
            store=PUT.replace("def handler(event, context)", "def save(event)")
            + '\n\nname = "store"\n',
        ),
    ),
    Example(
        "a client of another library, and one with keys of its own",
        app(
            TABLE,
            function(ENV),
            handler="""\
            import os

            import boto3
            import storage

            mine = storage.client("dynamodb")
            theirs = boto3.client(
                "dynamodb",
                aws_access_key_id=os.environ["KEY"],
                aws_secret_access_key=os.environ["SECRET"],
            )


            def handler(event, context):
                mine.put_item(TableName=os.environ["TABLE"], Item=event)
                theirs.put_item(TableName=os.environ["TABLE"], Item=event)
            """,
        ),
    ),
    Example(
        "a table that the event names",
        app(
            TABLE,
            function(ENV),
            handler="""\
            import boto3


            def handler(event, context):
                boto3.resource("dynamodb").Table(event["table"]).put_item(Item=event)
            """,
        ),
    ),
    Example(
        "an imported bucket",
        app(
            'bucket = s3.Bucket.from_bucket_name(self, "Letters", "letters-of-others")',
            function(BUCKET_ENV),
            handler=UPLOAD,
        ),
    ),
    Example(
        "the bucket that an event names, of a bucket that the app does not make",
        app(
            'bucket = s3.Bucket.from_bucket_name(self, "Letters", "letters")',
            function(),
            handler=THUMBNAIL,
        ),
    ),
    Example(
        "a dict that is taken in is overruled by a name of another's",
        app(
            TABLE,
            'common = {"TABLE": table.table_name}',
            function('environment={**common, "TABLE": "elsewhere"}'),
            handler=PUT,
        ),
    ),
    Example(
        "a loop grants to all functions of a list",
        app(
            TABLE,
            function(ENV),
            "for reader in [worker]:\n    table.grant_full_access(reader)",
            handler=PUT,
        ),
    ),
    Example(
        "a managed policy of AWS that is not known",
        app(
            TABLE,
            """\
            role = iam.Role(
                self,
                "WorkerRole",
                assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
                managed_policies=[
                    iam.ManagedPolicy.from_aws_managed_policy_name("AWSDataEverything")
                ],
            )
            """,
            function("role=role", ENV),
            handler=PUT,
        ),
    ),
    Example(
        "a helper that gets the function in a way that cannot be followed",
        app(
            TABLE,
            function(ENV),
            'functions = {"worker": worker}',
            "for one in functions.values():\n    table.grant_write_data(one)",
            handler=PUT,
        ),
    ),
    Example(
        "arguments that go elsewhere, too",
        app(TABLE, ROLE, "import pprint", COMMON, "pprint.pformat(common)", handler=PUT),
    ),
    Example(
        "the variables of a helper's only function, which knows no more of them",
        app(
            TABLE,
            f"def make(environment):\n    return {function('environment=environment', name='')}",
            "make({'TABLE': table.table_name})",
            handler=PUT,
        ),
        reported=True,
    ),
)
