"""The AWS account that a rehearsal plays in."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.awslambda.models import LambdaBackend

ACCOUNT = "123456789012"
REGION = "us-east-1"

Client = Any
"""A boto3 client; boto3 has no types."""


@functools.cache
def client(service: str) -> Client:
    """A service's client. Making one takes longer than most tests, so each is made once."""
    return boto3.client(
        service, region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none"
    )


@dataclass
class Cloud:
    """What an account has besides the things that moto keeps.

    ``ledger`` has pairs of a kind and a name for what moto has no API for; ``exports`` values by
    name, and ``imports`` the names of those that a stack uses; ``stacks`` the names of the stacks
    that exist; ``log_groups`` the group a function writes to, by the function's name; ``runs`` the
    names of the functions that ran, in order.
    """

    ledger: set[tuple[str, str]] = field(default_factory=set)
    exports: dict[str, str] = field(default_factory=dict)
    imports: dict[str, set[str]] = field(default_factory=dict)
    stacks: set[str] = field(default_factory=set)
    log_groups: dict[str, str] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def run(self, function: str) -> None:
        """A function, by name or ARN, runs: it writes a line into its log group.

        Lambda makes the group if there is none; no stack owns that group then.
        """
        name = function.split(":function:")[-1].split(":")[0]
        self.runs.append(name)
        group = self.log_groups[name]
        logs = client("logs")
        with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=group)
        write_log(group, f"{name} {len(self.runs)}")


def write_log(group: str, stream: str) -> None:
    """Put a line into a new stream of a log group."""
    logs = client("logs")
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    event = {"timestamp": 1_700_000_000_000, "message": "a line"}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])


def is_there(error: str, service: str, operation: str, **arguments: Any) -> bool:
    """Whether a call finds something; ``error`` is the code of its answer if it does not."""
    try:
        getattr(client(service), operation)(**arguments)
    except ClientError as answer:
        if answer.response["Error"]["Code"] != error:
            raise
        return False
    return True


@contextlib.contextmanager
def account(*, managed_policies: bool = True) -> Iterator[Cloud]:
    """An empty account, for as long as the context lasts.

    Without ``managed_policies`` it lacks AWS's own policies, which take a second to load.
    """
    cloud = Cloud()

    def polled(_: object, function: str, *__: object) -> bool:
        cloud.run(function)
        return True

    def polled_records(_: object, function_name: str, **__: object) -> None:
        cloud.run(function_name)

    mocked = mock_aws(
        config={
            "lambda": {"use_docker": False},
            "iam": {"load_aws_managed_policies": managed_policies},
        }
    )
    # Moto would run the functions that read a queue or a stream in Docker.
    with (
        mocked,
        mock.patch.object(LambdaBackend, "send_sqs_batch", polled),
        mock.patch.object(LambdaBackend, "send_dynamodb_items", polled),
        mock.patch.object(LambdaBackend, "send_kinesis_message", polled_records),
    ):
        yield cloud
