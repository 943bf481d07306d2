"""Runs an app's Lambda handlers on events as Lambda sends them, with stand-ins for libraries."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

Event = dict[str, Any]


def kinesis_event(*payloads: bytes) -> Event:
    """A batch of a Kinesis stream; Lambda hands the payloads over in base64."""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "1",
                    "sequenceNumber": f"495{number:053d}",
                    "data": base64.b64encode(payload).decode("ascii"),
                    "approximateArrivalTimestamp": 1700000000.5,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"shardId-000000000000:495{number:053d}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": "arn:aws:iam::123456789012:role/any",
                "awsRegion": "us-east-1",
                "eventSourceARN": "arn:aws:kinesis:us-east-1:123456789012:stream/any",
            }
            for number, payload in enumerate(payloads)
        ]
    }


def sqs_event(*bodies: str) -> Event:
    """A batch of an SQS queue; the bodies come as they were sent."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"receipt-{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:any",
                "awsRegion": "us-east-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def dynamodb_event(*images: Mapping[str, Any]) -> Event:
    """A batch of a table's stream; an image comes as the table was given it."""
    return {
        "Records": [
            {
                "eventID": f"event-{number}",
                "eventName": "MODIFY",
                "eventSource": "aws:dynamodb",
                "awsRegion": "us-east-1",
                "dynamodb": {
                    "Keys": {"id": {"N": str(number)}},
                    "NewImage": dict(image),
                    "SequenceNumber": f"111{number:021d}",
                    "StreamViewType": "NEW_IMAGE",
                },
                "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/any/stream/1",
            }
            for number, image in enumerate(images)
        ]
    }


def firehose_event(*payloads: bytes) -> Event:
    """What a delivery stream has transformed; payloads come in base64."""
    return {
        "invocationId": "invocation",
        "deliveryStreamArn": "arn:aws:firehose:us-east-1:123456789012:deliverystream/any",
        "region": "us-east-1",
        "records": [
            {
                "recordId": f"record-{number}",
                "approximateArrivalTimestamp": 1700000000500,
                "data": base64.b64encode(payload).decode("ascii"),
            }
            for number, payload in enumerate(payloads)
        ],
    }


def s3_event(*keys: str) -> Event:
    """What a bucket says of new objects."""
    return {
        "Records": [
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": "any"}, "object": {"key": key, "size": 7}},
            }
            for key in keys
        ]
    }


def sns_event(*messages: str) -> Event:
    """What a topic passes on; Lambda gets one message at a time."""
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "Sns": {"MessageId": f"message-{number}", "Message": message},
            }
            for number, message in enumerate(messages)
        ]
    }


def api_event(body: str) -> Event:
    """A request as API Gateway hands it over."""
    return {
        "httpMethod": "POST",
        "path": "/any",
        "headers": {"content-type": "application/json"},
        "queryStringParameters": None,
        "pathParameters": {"id": "1"},
        "requestContext": {"requestId": "request", "stage": "any"},
        "body": body,
        "isBase64Encoded": False,
    }


def bridge_event(detail: Mapping[str, Any]) -> Event:
    """What EventBridge hands over, also on a schedule."""
    return {
        "version": "0",
        "id": "event",
        "detail-type": "any",
        "source": "any",
        "time": "2026-01-05T06:00:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": dict(detail),
    }


def run_handler(
    file: Path,
    function: str,
    event: Event,
    *,
    modules: Mapping[str, Any] = {},
    env: Mapping[str, str] = {},
) -> Any:
    """Load ``file`` afresh and call its handler; ``modules`` stand in for what it imports.

    Modules beside it are found. Nothing is written beside the file. Raises what the handler raises.
    """
    namespace: dict[str, Any] = {"__name__": file.stem, "__file__": str(file)}
    with (
        mock.patch.dict("sys.modules", modules),
        mock.patch.dict("os.environ", env),
        mock.patch("sys.path", [str(file.parent), *sys.path]),
        mock.patch("sys.dont_write_bytecode", True),
    ):
        exec(compile(file.read_bytes(), str(file), "exec"), namespace)
        return namespace[function](event, mock.Mock(aws_request_id="request"))


def kinesis_base64(
    file: Path,
    function: str,
    payload: bytes,
    *,
    modules: Mapping[str, Any] = {},
    env: Mapping[str, str] = {},
) -> list[str]:
    """TAP020: what stops a handler from reading a real record; empty if it reads it."""
    try:
        run_handler(file, function, kinesis_event(payload), modules=modules, env=env)
    except ValueError as error:
        return [f"{file.name}: {function}: {error}"]
    return []
