"""Runs an app's Lambda handlers on events as Lambda sends them, with stand-ins for libraries."""

from __future__ import annotations

import base64
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


def run_handler(
    file: Path,
    function: str,
    event: Event,
    *,
    modules: Mapping[str, Any] = {},
    env: Mapping[str, str] = {},
) -> Any:
    """Load ``file`` afresh and call its handler; ``modules`` stand in for what it imports.

    Nothing is written beside the file. Raises what the handler raises.
    """
    namespace: dict[str, Any] = {"__name__": file.stem, "__file__": str(file)}
    with mock.patch.dict("sys.modules", modules), mock.patch.dict("os.environ", env):
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
