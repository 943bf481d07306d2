"""Examples of TAP013."""

from __future__ import annotations

from tapfix.codemods.examples.functions import app, function
from tapfix.rule import Example

_STREAM = 'stream = kinesis.Stream(self, "Rides")'
_QUEUE = 'queue = sqs.Queue(self, "Orders")'
_FIFO = 'queue = sqs.Queue(self, "Orders", fifo=True)'
_FROM_STREAM = """\
worker.add_event_source(
    sources.KinesisEventSource(
        stream,
        starting_position=lambda_.StartingPosition.LATEST,
        retry_attempts=3,
    )
)
"""
_FROM_STREAM_MENDED = _FROM_STREAM.replace(
    "retry_attempts=3,", "retry_attempts=3,\n        report_batch_item_failures=True,"
)
_FROM_QUEUE = "worker.add_event_source(sources.SqsEventSource(queue))"
_FROM_QUEUE_MENDED = """\
worker.add_event_source(
    sources.SqsEventSource(queue, report_batch_item_failures=True)
)
"""
_HEAD = """\
import json

import boto3

table = boto3.resource("dynamodb").Table("orders")


"""
_HEAD_MENDED = """\
import json
import logging

import boto3

logger = logging.getLogger(__name__)

table = boto3.resource("dynamodb").Table("orders")


"""
_PUT = """\
def handler(event, context):
    for record in event["Records"]:
        table.put_item(Item=json.loads(record["body"]))
"""
_PUT_MENDED = """\
def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            table.put_item(Item=json.loads(record["body"]))
        except Exception:
            logger.exception("Record %s could not be processed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
"""
_PUT_WHOLE = """\
def handler(event, context):
    try:
        for record in event["Records"]:
            table.put_item(Item=json.loads(record["body"]))
    except Exception:
        logger.exception("The event could not be processed")
        raise
"""


def _case(
    title: str,
    handler: str,
    mended: str | None,
    parts: tuple[str, ...],
    parts_mended: tuple[str, ...] | None = None,
    reported: bool = False,
) -> Example:
    """An app whose function, from these statements, runs a handler; and what becomes of it."""
    before = app(*parts, handler=handler)
    after = app(*(parts_mended or parts), handler=mended) if mended is not None else None
    return Example(title, before, after, reported=reported)


_FED = (_QUEUE, function(), _FROM_QUEUE)
_FED_MENDED = (_QUEUE, function(), _FROM_QUEUE_MENDED)
_STREAMED = (_STREAM, function(), _FROM_STREAM)
_STREAMED_MENDED = (_STREAM, function(), _FROM_STREAM_MENDED)


def _queued(title: str, handler: str, mended: str | None = None) -> Example:
    return _case(title, handler, mended, _FED, _FED_MENDED)


def _streamed(title: str, handler: str, mended: str) -> Example:
    return _case(title, handler, mended, _STREAMED, _STREAMED_MENDED)


def _whole(title: str, handler: str, mended: str, *parts: str) -> Example:
    return _case(title, handler, mended, parts or _FED)


_TIMED = """\
def timed(function):
    @functools.wraps(function)
    def wrapper(event, context):
        print(function.__name__)
        return function(event, context)

    return wrapper


@timed
"""

BY_RECORD = (
    _queued("a queue goes on behind a failure", _HEAD + _PUT, _HEAD_MENDED + _PUT_MENDED),
    _case(
        "a FIFO queue gets back what follows a failure",
        _HEAD + _PUT,
        _HEAD_MENDED
        + """\
def handler(event, context):
    failures = []
    for record in event["Records"]:
        if failures:
            failures.append({"itemIdentifier": record["messageId"]})
            continue
        try:
            table.put_item(Item=json.loads(record["body"]))
        except Exception:
            logger.exception("Record %s could not be processed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
""",
        (_FIFO, function(), _FROM_QUEUE),
        (_FIFO, function(), _FROM_QUEUE_MENDED),
    ),
    _streamed(
        "what a stream sets may be set again; what was open is rolled back",
        """\
import base64
import json
import logging

import psycopg2
import redis

log = logging.getLogger()


def handler(event, context):
    conn = psycopg2.connect(service="catalog")
    cursor = conn.cursor()
    cache = redis.Redis()

    for record in event["Records"]:
        data = json.loads(base64.b64decode(record["kinesis"]["data"]))

        # Update the stock
        cursor.execute(
            "UPDATE products SET quantity = %s, updated_at = NOW() WHERE id = %s",
            (data["quantity"], data["id"]),
        )
        conn.commit()
        cache.set(data["id"], json.dumps(data))

    conn.close()

    return {"statusCode": 200, "body": json.dumps("Updated")}
""",
        """\
import base64
import json
import logging

import psycopg2
import redis

log = logging.getLogger()


def handler(event, context):
    conn = psycopg2.connect(service="catalog")
    cursor = conn.cursor()
    cache = redis.Redis()

    failures = []
    for record in event["Records"]:
        try:
            data = json.loads(base64.b64decode(record["kinesis"]["data"]))

            # Update the stock
            cursor.execute(
                "UPDATE products SET quantity = %s, updated_at = NOW() WHERE id = %s",
                (data["quantity"], data["id"]),
            )
            conn.commit()
            cache.set(data["id"], json.dumps(data))
        except Exception:
            log.exception(
                "Record %s could not be processed", record["kinesis"]["sequenceNumber"]
            )
            conn.rollback()
            failures.append({"itemIdentifier": record["kinesis"]["sequenceNumber"]})

    conn.close()

    if failures:
        return {"batchItemFailures": failures}
    return {"statusCode": 200, "body": json.dumps("Updated")}
""",
    ),
    _streamed(
        "a stream stops at what may not be done twice, and a text is no answer",
        """\
import json

import psycopg2

conn = psycopg2.connect(service="stock")


def take(order):
    with conn.cursor() as cursor:
        cursor.execute("UPDATE stock SET n = n - %s", (order["n"],))
    conn.commit()


def handler(event, context):
    for record in event["Records"]:
        take(json.loads(record["kinesis"]["data"]))
    return "done"
""",
        """\
import json
import logging

import psycopg2

logger = logging.getLogger(__name__)

conn = psycopg2.connect(service="stock")


def take(order):
    with conn.cursor() as cursor:
        cursor.execute("UPDATE stock SET n = n - %s", (order["n"],))
    conn.commit()


def handler(event, context):
    for record in event["Records"]:
        try:
            take(json.loads(record["kinesis"]["data"]))
        except Exception:
            logger.exception(
                "Record %s could not be processed", record["kinesis"]["sequenceNumber"]
            )
            conn.rollback()
            return {
                "batchItemFailures": [
                    {"itemIdentifier": record["kinesis"]["sequenceNumber"]}
                ]
            }
    return {"batchItemFailures": []}
""",
    ),
    _case(
        "a mapping of its own class, a handler with an annotation, records with a number",
        """\
import logging

import boto3

table = boto3.resource("dynamodb").Table("orders")


def handler(event: dict, context: object) -> None:
    \"\"\"Copies what changed.\"\"\"
    for number, record in enumerate(event.get("Records", [])):
        logging.info("Record %s", number)
        table.put_item(Item=record["dynamodb"]["NewImage"])
""",
        """\
import logging

import boto3

table = boto3.resource("dynamodb").Table("orders")


def handler(event: dict, context: object) -> dict:
    \"\"\"Copies what changed.\"\"\"
    failures = []
    for number, record in enumerate(event.get("Records", [])):
        try:
            logging.info("Record %s", number)
            table.put_item(Item=record["dynamodb"]["NewImage"])
        except Exception:
            logging.exception(
                "Record %s could not be processed", record["dynamodb"]["SequenceNumber"]
            )
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}
""",
        (
            """\
            source = dynamodb.Table(
                self,
                "Source",
                partition_key=dynamodb.Attribute(
                    name="id", type=dynamodb.AttributeType.STRING
                ),
                stream=dynamodb.StreamViewType.NEW_IMAGE,
            )
            """,
            function(),
            """\
            lambda_.EventSourceMapping(
                self,
                "Changes",
                target=worker,
                event_source_arn=source.table_stream_arn,
                starting_position=lambda_.StartingPosition.LATEST,
            )
            """,
        ),
        (
            """\
            source = dynamodb.Table(
                self,
                "Source",
                partition_key=dynamodb.Attribute(
                    name="id", type=dynamodb.AttributeType.STRING
                ),
                stream=dynamodb.StreamViewType.NEW_IMAGE,
            )
            """,
            function(),
            """\
            lambda_.EventSourceMapping(
                self,
                "Changes",
                target=worker,
                event_source_arn=source.table_stream_arn,
                starting_position=lambda_.StartingPosition.LATEST,
                report_batch_item_failures=True,
            )
            """,
        ),
    ),
    _case(
        "every mapping is told, one of L1 in its own words",
        _HEAD + _PUT,
        _HEAD_MENDED + _PUT_MENDED,
        (
            _QUEUE,
            'other = sqs.Queue(self, "Other")',
            function(),
            _FROM_QUEUE,
            """\
            lambda_.CfnEventSourceMapping(
                self,
                "OtherSource",
                function_name=worker.function_name,
                event_source_arn=other.queue_arn,
            )
            """,
        ),
        (
            _QUEUE,
            'other = sqs.Queue(self, "Other")',
            function(),
            _FROM_QUEUE_MENDED,
            """\
            lambda_.CfnEventSourceMapping(
                self,
                "OtherSource",
                function_name=worker.function_name,
                event_source_arn=other.queue_arn,
                function_response_types=["ReportBatchItemFailures"],
            )
            """,
        ),
    ),
    _case(
        "where a mapping cannot be told, it raises behind the loop",
        _HEAD + _PUT + "    print(event)\n",
        _HEAD_MENDED
        + """\
def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            table.put_item(Item=json.loads(record["body"]))
        except Exception:
            logger.exception("Record %s could not be processed", record["messageId"])
            failures.append(record["messageId"])
    print(event)
    if failures:
        raise RuntimeError(f"{len(failures)} records could not be processed")
""",
        (_QUEUE, function(), "worker.add_event_source(sources.SqsEventSource(queue, **kwargs))"),
    ),
    _queued(
        "a method, an early end, a count that is only returned",
        """\
import json

import boto3


class Worker:
    def __init__(self):
        self.s3 = boto3.client("s3")

    def handle(self, event, context):
        kept = 0
        for message in event["Records"]:
            if not message["body"]:
                continue
            self.s3.put_object(Bucket="b", Key=message["messageId"], Body=str(message))
            kept += 1
        return {"kept": kept}


handler = Worker().handle
""",
        """\
import json
import logging

import boto3

logger = logging.getLogger(__name__)


class Worker:
    def __init__(self):
        self.s3 = boto3.client("s3")

    def handle(self, event, context):
        kept = 0
        failures = []
        for message in event["Records"]:
            try:
                if not message["body"]:
                    continue
                self.s3.put_object(
                    Bucket="b", Key=message["messageId"], Body=str(message)
                )
                kept += 1
            except Exception:
                logger.exception(
                    "Record %s could not be processed", message["messageId"]
                )
                failures.append({"itemIdentifier": message["messageId"]})
        if failures:
            return {"batchItemFailures": failures}
        return {"kept": kept}


handler = Worker().handle
""",
    ),
)

AS_A_WHOLE = (
    _whole(
        "a decorator of the app that only calls the handler",
        "import functools\n" + _HEAD + _TIMED + _PUT,
        "import functools\n" + _HEAD_MENDED + _TIMED + _PUT_WHOLE,
    ),
    _whole(
        "another source",
        """\
import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    \"\"\"Takes an order.\"\"\"
    order = json.loads(event["body"])
    table.put_item(Item=order)

    return {"statusCode": 200}
""",
        """\
import json
import logging
import os

import boto3

logger = logging.getLogger(__name__)

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    \"\"\"Takes an order.\"\"\"
    try:
        order = json.loads(event["body"])
        table.put_item(Item=order)

        return {"statusCode": 200}
    except Exception:
        logger.exception("The event could not be processed")
        raise
""",
        function(),
    ),
    _whole(
        "a queue, and a URL that anyone may call",
        _HEAD + _PUT,
        _HEAD_MENDED + _PUT_WHOLE,
        *_FED,
        "worker.add_function_url()",
    ),
    _whole(
        "one commit for all records",
        """\
import psycopg2


def handler(event, context):
    conn = psycopg2.connect(service="visits")
    cursor = conn.cursor()
    for record in event["Records"]:
        cursor.execute("INSERT INTO visits VALUES (%s)", (record["body"],))
    conn.commit()
""",
        """\
import logging

import psycopg2

logger = logging.getLogger(__name__)


def handler(event, context):
    try:
        conn = psycopg2.connect(service="visits")
        cursor = conn.cursor()
        for record in event["Records"]:
            cursor.execute("INSERT INTO visits VALUES (%s)", (record["body"],))
        conn.commit()
    except Exception:
        logger.exception("The event could not be processed")
        raise
""",
    ),
    _whole(
        "records that are sent together",
        _HEAD
        + """\
def handler(event, context):
    with table.batch_writer() as batch:
        for record in event["Records"]:
            batch.put_item(Item=json.loads(record["body"]))
""",
        _HEAD_MENDED
        + """\
def handler(event, context):
    try:
        with table.batch_writer() as batch:
            for record in event["Records"]:
                batch.put_item(Item=json.loads(record["body"]))
    except Exception:
        logger.exception("The event could not be processed")
        raise
""",
    ),
    _whole(
        "a return in the loop would forget what failed before",
        _HEAD
        + """\
def handler(event, context):
    for record in event["Records"]:
        if record["body"] == "stop":
            return {"stopped": True}
        table.put_item(Item=json.loads(record["body"]))
""",
        _HEAD_MENDED
        + """\
def handler(event, context):
    try:
        for record in event["Records"]:
            if record["body"] == "stop":
                return {"stopped": True}
            table.put_item(Item=json.loads(record["body"]))
    except Exception:
        logger.exception("The event could not be processed")
        raise
""",
    ),
)

REPORTED = (
    Example(
        "nothing deploys a handler of records",
        {**app(function(), handler="VALUE = 1\n"), "other/save.py": _HEAD + _PUT},
        reported=True,
    ),
    Example(
        "a handler in the stack's own text",
        app(
            """\
            lambda_.Function(
                self,
                "Inline",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="index.handler",
                code=lambda_.Code.from_inline(
                    "import json\\ndef handler(event, context):\\n    json.loads(event['body'])\\n"
                ),
            )
            """,
            handler="",
        ),
        reported=True,
    ),
)

SILENT = (
    _queued(
        "a try around each record",
        _HEAD
        + """\
def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            table.put_item(Item=json.loads(record["body"]))
        except Exception:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
""",
    ),
    _queued(
        "a try around all",
        _HEAD
        + """\
def handler(event, context):
    try:
        for record in event["Records"]:
            table.put_item(Item=json.loads(record["body"]))
    except ClientError:
        raise
""",
    ),
    _queued(
        "a try in the function that does the work",
        _HEAD
        + """\
def save(record):
    try:
        table.put_item(Item=json.loads(record["body"]))
    except Exception as error:
        print(error)


def handler(event, context):
    for record in event["Records"]:
        save(record)
""",
    ),
    _queued(
        "a batch processor of Powertools",
        """\
import json

import boto3
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    batch_processor,
)

processor = BatchProcessor(event_type=EventType.SQS)
table = boto3.resource("dynamodb").Table("orders")


def save(record):
    table.put_item(Item=json.loads(record.body))


@batch_processor(record_handler=save, processor=processor)
def handler(event, context):
    table.put_item(Item={"id": "last"})
    return processor.response()
""",
    ),
    _queued(
        "process_partial_response",
        """\
import boto3
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

processor = BatchProcessor(event_type=EventType.SQS)
table = boto3.resource("dynamodb").Table("orders")


def save(record):
    table.put_item(Item={"id": record.body})


def handler(event, context):
    return process_partial_response(
        event=event, record_handler=save, processor=processor, context=context
    )
""",
    ),
    _queued(
        "a decorator of the app hands the handler to another",
        _HEAD
        + """\
def again(function):
    def wrapper(event, context):
        return retry(function, event, context)

    return wrapper


@again
"""
        + _PUT,
    ),
    _queued(
        "a decorator of the app catches",
        _HEAD
        + """\
def careful(function):
    def wrapper(event, context):
        try:
            return function(event, context)
        except Exception:
            return {"statusCode": 500}

    return wrapper


@careful
"""
        + _PUT,
    ),
    _queued(
        "a decorator of the app",
        _HEAD.replace("import boto3\n", "import boto3\nfrom errors import careful\n")
        + "@careful\n"
        + _PUT,
    ),
    _queued("middleware", _HEAD + _PUT.replace("handler", "main") + "\n\nhandler = wrap(main)\n"),
    _queued(
        "it only prints",
        """\
import json


def handler(event, context):
    print(json.dumps(event))
    return {"statusCode": 200}
""",
    ),
    _queued(
        "it only counts",
        """\
import logging

logger = logging.getLogger()


def handler(event, context):
    logger.info("%s records", len(event["Records"]))
    return {"count": len(event["Records"])}
""",
    ),
    _queued(
        "clients are made when the module loads",
        """\
import boto3

regions = boto3.client("ec2").describe_regions()["Regions"]


def handler(event, context):
    return {"regions": [region["RegionName"] for region in regions]}
""",
    ),
    Example("an app without functions", app(_QUEUE, handler="VALUE = 1\n")),
    Example(
        "a function of the stack that only looks like a handler",
        app(_QUEUE, handler="import json\n\n\ndef read(text):\n    return json.loads(text)\n"),
    ),
    _queued("a lambda", _HEAD + "handler = lambda event, context: table.put_item(Item=event)\n"),
)

EXAMPLES = (*BY_RECORD, *AS_A_WHOLE, *REPORTED, *SILENT)
