"""Spellings and look-alikes of TAP015."""

from __future__ import annotations

from tapfix.codemods.examples.several_files import MAIN, run, tree
from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

KINESIS = "from aws_cdk import aws_kinesis as kinesis\n"
DYNAMO = "from aws_cdk import aws_dynamodb as dynamodb\n"
LAMBDA = "from aws_cdk import aws_lambda as lambda_\n"
SOURCES = "from aws_cdk import aws_lambda_event_sources as sources\n"
SQS = "from aws_cdk import aws_sqs as sqs\n"
STREAMED = KINESIS + LAMBDA + SOURCES + SQS
QUEUED = LAMBDA + SOURCES + SQS

FUNCTION = """\
count = lambda_.Function(
    self,
    "Count",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="index.handler",
    code=lambda_.Code.from_inline({code}),
)
"""
PLAIN = '"def handler(event, context): ..."'
ANSWERING = """\
"def handler(event, context):\\n    return {'batchItemFailures': []}\""""
CARS = 'cars = kinesis.Stream(self, "Cars")\n' + FUNCTION.format(code=PLAIN)


def queue(stem: str, id_: str, name: str = "", fifo: str = "") -> str:
    """The statement of a new queue."""
    more = "".join(f"    {line}\n" for line in (name, fifo) if line)
    return (
        f"{stem}_dead_letter_queue = sqs.Queue(\n"
        "    self,\n"
        f"    {id_},\n"
        f"{more}"
        "    encryption=sqs.QueueEncryption.SQS_MANAGED,\n"
        "    retention_period=Duration.days(14),\n"
        ")\n"
    )


def said(variable: str = "cars_dead_letter_queue", indent: int = 8) -> str:
    """The four arguments of a stream's source, one a line."""
    lines = (
        "retry_attempts=3,",
        "bisect_batch_on_error=True,",
        "max_record_age=Duration.hours(24),",
        f"on_failure=sources.SqsDlq({variable}),",
    )
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


SOURCE = """\
count.add_event_source(
    sources.KinesisEventSource(
        cars,
        starting_position=lambda_.StartingPosition.LATEST,
{more}    )
)
"""
MAPPING = """\
lambda_.EventSourceMapping(
    self,
    "Movements",
    target=count,
    event_source_arn=cars.stream_arn,
    starting_position=lambda_.StartingPosition.LATEST,
{more})
"""
ADDED = """\
count.add_event_source_mapping(
    "Movements",
    event_source_arn=cars.stream_arn,
    starting_position=lambda_.StartingPosition.LATEST,
{more})
"""
L1 = """\
lambda_.CfnEventSourceMapping(
    self,
    "Movements",
    function_name=count.function_name,
    event_source_arn=cars.stream_arn,
    starting_position="LATEST",
{more})
"""
L1_MORE = """\
    maximum_retry_attempts=3,
    bisect_batch_on_function_error=True,
    maximum_record_age_in_seconds=86400,
    destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
        on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
            destination=movements_dead_letter_queue.queue_arn
        )
    ),
"""
MOVEMENTS = queue("movements", '"MovementsDeadLetterQueue"')
ORDERS = """\
orders = sqs.Queue(
    self,
    "Orders",
    visibility_timeout=Duration.minutes(1),
{more})
"""
REDRIVE = """\
    dead_letter_queue=sqs.DeadLetterQueue(
        max_receive_count=5, queue=orders_dead_letter_queue
    ),
"""
READ = "count.add_event_source(sources.SqsEventSource(orders))\n"


def kept(name: str) -> str:
    """A queue that is given as the failure destination."""
    return f'{name} = sqs.Queue(self, "Lost", retention_period=Duration.days(14))\n'


NAMED = """\
from aws_cdk import Duration, Stack{app}
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class CarStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, stage: str) -> None:
        super().__init__(scope, construct_id)
        cars = kinesis.Stream(self, "Cars", stream_name=f"cars-{{stage}}")
        count = lambda_.Function(
            self,
            "Count",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
        )
        # Every car counts
{source}"""
NAMED_APP = """\


app = App()
CarStack(app, "Cars", stage=app.node.try_get_context("stage") or "dev")
app.synth()
"""


def named(queue_text: str, more: str) -> str:
    """A stack whose stream has a name that varies with the stage."""
    source = queue_text + MAPPING.format(more=more)
    if queue_text:
        source = queue_text + "# Every car counts\n" + MAPPING.format(more=more)
    lines = "".join(f"        {line}\n" if line else "\n" for line in source.splitlines())
    text = NAMED.format(app=", App", source=lines)
    if queue_text:
        text = text.replace("        # Every car counts\n", "", 1)
    return text.replace("import Duration, Stack, App", "import App, Duration, Stack") + NAMED_APP


IN_HELPER = """\
import aws_cdk as cdk
from aws_cdk import aws_dynamodb, aws_lambda, aws_lambda_event_sources{sqs}


class GuestStack(cdk.Stack):
  def __init__(self, scope, construct_id):
    super().__init__(scope, construct_id)
    self.guests = aws_dynamodb.Table(
      self,
      "Guests",
      partition_key=aws_dynamodb.Attribute(
        name="mail", type=aws_dynamodb.AttributeType.STRING
      ),
      stream=aws_dynamodb.StreamViewType.NEW_IMAGE,
    )
    self.greet = self.function("Greet")
    self.connect()

  def function(self, name):
    return aws_lambda.Function(
      self,
      name,
      runtime=aws_lambda.Runtime.PYTHON_3_12,
      handler="index.handler",
      code=aws_lambda.Code.from_inline("def handler(event, context): ..."),
    )

  def connect(self):
{queue}    guests = aws_lambda_event_sources.DynamoEventSource(
      self.guests,
      starting_position=aws_lambda.StartingPosition.LATEST,
{more}    )
    self.greet.add_event_source(guests)


app = cdk.App()
GuestStack(app, "Guests")
app.synth()
"""

LOOPED = """\
for name in ("Orders", "Returns"):
{queue}    orders = sqs.Queue(self, name{more})
    count.add_event_source(sources.SqsEventSource(orders))
"""

FIRING = (
    Example(
        "an event source of a stream",
        stack(CARS + SOURCE.format(more=""), STREAMED),
        stack(CARS + queue("cars", '"CarsDeadLetterQueue"') + SOURCE.format(more=said()), STREAMED),
    ),
    Example(
        "no import of SQS yet",
        stack(CARS + SOURCE.format(more=""), KINESIS + LAMBDA + SOURCES),
        stack(CARS + queue("cars", '"CarsDeadLetterQueue"') + SOURCE.format(more=said()), STREAMED),
    ),
    Example(
        "a mapping, which keeps its comment",
        stack(f"{CARS}\n# Every car counts\n" + MAPPING.format(more=""), STREAMED),
        stack(
            f"{CARS}\n{MOVEMENTS}\n# Every car counts\n"
            + MAPPING.format(more=said("movements_dead_letter_queue", 4)),
            STREAMED,
        ),
    ),
    Example(
        "a mapping that the function adds",
        stack(CARS + ADDED.format(more=""), STREAMED),
        stack(
            CARS + MOVEMENTS + ADDED.format(more=said("movements_dead_letter_queue", 4)),
            STREAMED,
        ),
    ),
    Example(
        "L1: the function is allowed to send",
        stack(CARS + L1.format(more=""), KINESIS + LAMBDA + SQS),
        stack(
            CARS
            + MOVEMENTS
            + "movements_dead_letter_queue.grant_send_messages(count)\n"
            + L1.format(more=L1_MORE),
            KINESIS + LAMBDA + SQS,
        ),
    ),
    Example(
        "a name beside names, with the same suffix",
        named("", ""),
        named(
            queue(
                "movements", '"MovementsDeadLetterQueue"', 'queue_name=f"movements-dlq-{stage}",'
            ),
            said("movements_dead_letter_queue", 4),
        ),
    ),
    Example(
        "a helper, a table, two spaces",
        IN_HELPER.format(queue="", more="", sqs=""),
        IN_HELPER.format(
            queue="""\
    guests_dead_letter_queue = aws_sqs.Queue(
      self,
      "GuestsDeadLetterQueue",
      encryption=aws_sqs.QueueEncryption.SQS_MANAGED,
      retention_period=cdk.Duration.days(14),
    )
""",
            more="""\
      retry_attempts=3,
      bisect_batch_on_error=True,
      max_record_age=cdk.Duration.hours(24),
      on_failure=aws_lambda_event_sources.SqsDlq(guests_dead_letter_queue),
""",
            sqs=", aws_sqs",
        ),
    ),
    Example(
        "in the function's own arguments",
        stack(
            'cars = kinesis.Stream(self, "Cars")\n'
            + FUNCTION.format(code=PLAIN).replace(
                "\n)\n",
                "\n    events=[\n        sources.KinesisEventSource(\n            cars,\n"
                "            starting_position=lambda_.StartingPosition.LATEST,\n"
                "        )\n    ],\n)\n",
            ),
            STREAMED,
        ),
        stack(
            'cars = kinesis.Stream(self, "Cars")\n'
            + queue("cars", '"CarsDeadLetterQueue"')
            + FUNCTION.format(code=PLAIN).replace(
                "\n)\n",
                "\n    events=[\n        sources.KinesisEventSource(\n            cars,\n"
                "            starting_position=lambda_.StartingPosition.LATEST,\n"
                f"{said(indent=12)}        )\n    ],\n)\n",
            ),
            STREAMED,
        ),
    ),
    Example(
        "a stream that keeps its records for two days",
        stack(
            CARS.replace('"Cars")', '"Cars", retention_period=Duration.days(2))')
            + SOURCE.format(more=""),
            STREAMED,
        ),
        stack(
            CARS.replace('"Cars")', '"Cars", retention_period=Duration.days(2))')
            + queue("cars", '"CarsDeadLetterQueue"')
            + SOURCE.format(more=said().replace("hours(24)", "hours(48)")),
            STREAMED,
        ),
    ),
    Example(
        "somebody's retry limit stays, and loses nothing any more",
        stack(CARS + SOURCE.format(more="        retry_attempts=0,\n"), STREAMED),
        stack(
            CARS
            + queue("cars", '"CarsDeadLetterQueue"')
            + SOURCE.format(more=said().replace("attempts=3", "attempts=0")),
            STREAMED,
        ),
    ),
    Example(
        "a failure destination is there: no other queue",
        stack(
            CARS + kept("lost") + SOURCE.format(more="        on_failure=sources.SqsDlq(lost),\n"),
            STREAMED,
        ),
        stack(
            CARS
            + kept("lost")
            + SOURCE.format(
                more="        on_failure=sources.SqsDlq(lost),\n        retry_attempts=3,\n"
                "        bisect_batch_on_error=True,\n"
                "        max_record_age=Duration.hours(24),\n"
            ),
            STREAMED,
        ),
    ),
    Example(
        "arguments in a dict",
        stack(
            CARS
            + 'how = {"batch_size": 10, "retry_attempts": 5}\n'
            + SOURCE.format(more="        **how,\n"),
            STREAMED,
        ),
        stack(
            CARS
            + 'how = {"batch_size": 10, "retry_attempts": 5}\n'
            + queue("cars", '"CarsDeadLetterQueue"')
            + SOURCE.format(
                more=said().replace("        retry_attempts=3,\n", "") + "        **how,\n"
            ),
            STREAMED,
        ),
    ),
    Example(
        "a handler that answers with its failures",
        stack(
            CARS.replace(PLAIN, ANSWERING) + kept("lost") + SOURCE.format(more=said("lost")),
            STREAMED,
        ),
        stack(
            CARS.replace(PLAIN, ANSWERING)
            + kept("lost")
            + SOURCE.format(more=said("lost") + "        report_batch_item_failures=True,\n"),
            STREAMED,
        ),
    ),
    Example(
        "a queue",
        stack(FUNCTION.format(code=PLAIN) + ORDERS.format(more="") + READ, QUEUED),
        stack(
            FUNCTION.format(code=PLAIN)
            + queue("orders", '"OrdersDeadLetterQueue"')
            + ORDERS.format(more=REDRIVE)
            + READ,
            QUEUED,
        ),
    ),
    Example(
        "a FIFO queue",
        stack(FUNCTION.format(code=PLAIN) + ORDERS.format(more="    fifo=True,\n") + READ, QUEUED),
        stack(
            FUNCTION.format(code=PLAIN)
            + queue("orders", '"OrdersDeadLetterQueue"', fifo="fifo=True,")
            + ORDERS.format(more=f"    fifo=True,\n{REDRIVE}")
            + READ,
            QUEUED,
        ),
    ),
    Example(
        "queues made in a loop",
        stack(FUNCTION.format(code=PLAIN) + LOOPED.format(queue="", more=""), QUEUED),
        stack(
            FUNCTION.format(code=PLAIN)
            + LOOPED.format(
                queue="""\
    dead_letter_queue = sqs.Queue(
        self,
        f"{name}DeadLetterQueue",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        retention_period=Duration.days(14),
    )
""",
                more=""",
        dead_letter_queue=sqs.DeadLetterQueue(
            max_receive_count=5, queue=dead_letter_queue
        ),
    """,
            ).replace("Queue(self, name,", "Queue(\n        self,\n        name,"),
            QUEUED,
        ),
    ),
    Example(
        "an L1 queue",
        stack(
            FUNCTION.format(code=PLAIN)
            + 'orders = sqs.CfnQueue(self, "Orders")\n'
            + 'count.add_event_source_mapping("Read", event_source_arn=orders.attr_arn)\n',
            LAMBDA + SQS,
        ),
        stack(
            FUNCTION.format(code=PLAIN)
            + queue("orders", '"OrdersDeadLetterQueue"')
            + """\
orders = sqs.CfnQueue(
    self,
    "Orders",
    redrive_policy={
        "deadLetterTargetArn": orders_dead_letter_queue.queue_arn,
        "maxReceiveCount": 5,
    },
)
"""
            + 'count.add_event_source_mapping("Read", event_source_arn=orders.attr_arn)\n',
            LAMBDA + SQS,
        ),
    ),
    Example(
        "a queue whose own key is not in the source",
        stack(
            FUNCTION.format(code=PLAIN)
            + ORDERS.format(more="    encryption=sqs.QueueEncryption.KMS,\n")
            + READ,
            QUEUED,
        ),
        reported=True,
    ),
    Example(
        "an imported function",
        stack(
            """\
            cars = kinesis.Stream(self, "Cars")
            count = lambda_.Function.from_function_arn(
                self, "Count", "arn:aws:lambda:us-east-1:123456789012:function:count"
            )
            lambda_.EventSourceMapping(
                self,
                "Movements",
                target=count,
                event_source_arn=cars.stream_arn,
                starting_position=lambda_.StartingPosition.LATEST,
            )
            """,
            KINESIS + LAMBDA,
        ),
        reported=True,
    ),
    Example(
        "a function with an imported role",
        stack(
            'role = iam.Role.from_role_arn(self, "Role", "arn:aws:iam::123456789012:role/count")\n'
            + CARS.replace("\n)\n", "\n    role=role,\n)\n")
            + MAPPING.format(more=""),
            KINESIS + LAMBDA + "from aws_cdk import aws_iam as iam\n",
        ),
        reported=True,
    ),
    Example(
        "one source after the other in a loop",
        stack(
            CARS
            + """\
trains = kinesis.Stream(self, "Trains")
for stream in (cars, trains):
    count.add_event_source(
        sources.KinesisEventSource(
            stream, starting_position=lambda_.StartingPosition.LATEST
        )
    )
""",
            STREAMED,
        ),
        reported=True,
    ),
)


def silent(title: str, body: str, imports: str = STREAMED) -> Example:
    """A stack in which nothing is to be found."""
    return Example(title, stack(body, imports))


SILENT = (
    silent("all is said", CARS + kept("lost") + SOURCE.format(more=said("lost"))),
    silent(
        "batches of one, and an end for what fails",
        CARS
        + kept("lost")
        + SOURCE.format(
            more="        batch_size=1,\n        retry_attempts=2,\n"
            "        on_failure=sources.SqsDlq(lost),\n"
        ),
    ),
    silent(
        "all is said, none of it as the fix does",
        CARS
        + 'alarm = sns.Topic(self, "Lost")\n'
        + SOURCE.format(
            more="        retry_attempts=0,\n        bisect_batch_on_error=False,\n"
            "        max_record_age=Duration.minutes(5),\n"
            "        on_failure=sources.SnsDlq(alarm),\n"
        ),
        STREAMED + "from aws_cdk import aws_sns as sns\n",
    ),
    silent(
        "L1, all is said, in dicts",
        CARS
        + kept("lost")
        + L1.format(
            more="    maximum_retry_attempts=2,\n    bisect_batch_on_function_error=True,\n"
            "    maximum_record_age_in_seconds=600,\n"
            '    destination_config={"onFailure": {"destination": lost.queue_arn}},\n'
        ),
    ),
    silent(
        "arguments that the source does not show",
        CARS
        + "how = self.node.try_get_context('sources') or {}\n"
        + SOURCE.format(more="        **how,\n"),
    ),
    silent(
        "said later, on the resource",
        CARS
        + "mapping = "
        + L1.format(more="")
        + "mapping.maximum_retry_attempts = 3\n"
        + "mapping.bisect_batch_on_function_error = True\n"
        + "mapping.maximum_record_age_in_seconds = 3600\n"
        + 'mapping.add_property_override("DestinationConfig.OnFailure", {})\n',
    ),
    silent(
        "a queue with a dead-letter queue",
        FUNCTION.format(code=PLAIN)
        + kept("lost")
        + 'orders = sqs.Queue(self, "Orders", dead_letter_queue=sqs.DeadLetterQueue('
        "max_receive_count=3, queue=lost))\n" + READ,
        QUEUED,
    ),
    silent(
        "the reader of a dead-letter queue",
        FUNCTION.format(code=PLAIN)
        + kept("orders")
        + 'sqs.Queue(self, "Orders", dead_letter_queue=sqs.DeadLetterQueue('
        "max_receive_count=3, queue=orders))\n" + READ,
        QUEUED,
    ),
    silent(
        "an imported queue",
        FUNCTION.format(code=PLAIN) + "orders = sqs.Queue.from_queue_arn(\n"
        '    self, "Orders", "arn:aws:sqs:us-east-1:123456789012:orders"\n)\n' + READ,
        QUEUED,
    ),
    silent(
        "a queue that nobody reads",
        FUNCTION.format(code=PLAIN) + ORDERS.format(more=""),
        QUEUED,
    ),
    silent(
        "a bucket and a topic",
        FUNCTION.format(code=PLAIN)
        + 'files = s3.Bucket(self, "Files")\n'
        + 'news = sns.Topic(self, "News")\n'
        + "count.add_event_source(\n"
        "    sources.S3EventSource(files, events=[s3.EventType.OBJECT_CREATED])\n)\n"
        + "count.add_event_source(sources.SnsEventSource(news))\n",
        QUEUED + "from aws_cdk import aws_s3 as s3\nfrom aws_cdk import aws_sns as sns\n",
    ),
    silent(
        "Kafka",
        FUNCTION.format(code=PLAIN)
        + """\
count.add_event_source(
    sources.ManagedKafkaEventSource(
        cluster_arn="arn:aws:kafka:us-east-1:123456789012:cluster/cars/1",
        topic="cars",
        starting_position=lambda_.StartingPosition.LATEST,
    )
)
lambda_.EventSourceMapping(
    self,
    "Trains",
    target=count,
    kafka_bootstrap_servers=["trains.example.com:9092"],
    kafka_topic="trains",
    starting_position=lambda_.StartingPosition.LATEST,
)
""",
        QUEUED,
    ),
    silent(
        "asynchronous invocation is another thing",
        'lost = sqs.Queue(self, "Lost")\n'
        + FUNCTION.format(code=PLAIN).replace(
            "\n)\n", "\n    on_failure=destinations.SqsDestination(lost),\n)\n"
        ),
        QUEUED + "from aws_cdk import aws_lambda_destinations as destinations\n",
    ),
    silent(
        "a handler that answers, and Lambda reads it",
        FUNCTION.format(code=ANSWERING)
        + kept("lost")
        + ORDERS.format(
            more="    dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=3, queue=lost),\n"
        )
        + "count.add_event_source(\n"
        "    sources.SqsEventSource(orders, report_batch_item_failures=True)\n)\n",
        QUEUED,
    ),
    Example(
        "a class of the app that is called like one of CDK",
        """\
class KinesisEventSource:
    def __init__(self, stream, starting_position):
        self.stream = stream


print(KinesisEventSource("cars", starting_position="LATEST"))
""",
    ),
)

CLICKS = 'self.clicks = kinesis.Stream(self, "Clicks")'
FROM_CLICKS = """\
self.run.add_event_source_mapping(
    "Clicks",
    event_source_arn=store.clicks.stream_arn,
    starting_position=store.start,
)
"""
CLICKS_MENDED = """\
clicks_dead_letter_queue = sqs.Queue(
    self,
    "ClicksDeadLetterQueue",
    encryption=sqs.QueueEncryption.SQS_MANAGED,
    retention_period=Duration.days(14),
)
self.run.add_event_source_mapping(
    "Clicks",
    event_source_arn=store.clicks.stream_arn,
    starting_position=store.start,
    retry_attempts=3,
    bisect_batch_on_error=True,
    max_record_age=Duration.hours(24),
    on_failure=lambda_event_sources.SqsDlq(clicks_dead_letter_queue),
)
"""
OTHER_STACK = Example(
    "a construct of another file, the stream of another stack",
    tree(CLICKS + "\nself.start = lambda_.StartingPosition.LATEST", run() + FROM_CLICKS, MAIN),
    tree(
        CLICKS + "\nself.start = lambda_.StartingPosition.LATEST",
        run() + CLICKS_MENDED,
        MAIN,
        imports="from aws_cdk import Duration, aws_ec2 as ec2\n"
        "from aws_cdk import aws_lambda_event_sources as lambda_event_sources\n"
        "from aws_cdk import aws_sqs as sqs\n",
    ),
)

EXAMPLES = (OTHER_STACK, *FIRING, *SILENT)
