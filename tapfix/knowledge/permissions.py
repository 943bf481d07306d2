"""What calls of AWS's SDK need, and what CDK's grants and AWS's managed policies give.

The data is made by ``tools/build_permissions.py``. Actions are those of IAM, ``s3:GetObject``; what
grants and policies give may end in ``*``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from tapfix.knowledge.entries import ConstructClass

_FILE = Path(__file__).with_name("permissions.json")

RESOURCES = {
    "dynamodb": ("aws_dynamodb.Table", "aws_dynamodb.TableV2"),
    "events": ("aws_events.EventBus",),
    "firehose": ("aws_kinesisfirehose.DeliveryStream",),
    "kinesis": ("aws_kinesis.Stream",),
    "lambda": ("aws_lambda.Function",),
    "s3": ("aws_s3.Bucket",),
    "secretsmanager": ("aws_secretsmanager.Secret",),
    "sns": ("aws_sns.Topic",),
    "sqs": ("aws_sqs.Queue",),
    "ssm": ("aws_ssm.StringParameter",),
    "stepfunctions": ("aws_stepfunctions.StateMachine",),
}
"""The classes that stand for the resources of a service, by boto3's name of the service."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """Look-ups over the data; ``load`` gives the one instance."""

    data: Mapping[str, Mapping[str, Any]]

    def action(self, service: str, kind: str, method: str) -> str | None:
        """The one action that a method needs; None where it is not known, or needs several.

        ``kind`` is the class of boto3's object (``Table``), ``client`` for a client.
        """
        known: Mapping[str, str] = self.data["objects"].get(f"{service}.{kind}", {})
        if method in known or kind != "client":
            return known.get(method)
        operations = self.data["operations"].get(service)
        found: str | None = operations["methods"].get(method) if operations is not None else None
        return found

    def names(self, service: str) -> tuple[str, ...]:
        """The parameters that name the resource in calls of a service's client."""
        operations = self.data["operations"].get(service)
        return tuple(operations["names"]) if operations is not None else ()

    def grants(self, cls: ConstructClass) -> Mapping[str, tuple[str, ...]]:
        """The actions that each grant method of a class gives; empty if none is known."""
        for name in (cls.name, *cls.ancestors):
            if name in self.data["grants"]:
                return {key: tuple(given) for key, given in self.data["grants"][name].items()}
        return {}

    def policy(self, name: str) -> tuple[str, ...] | None:
        """The actions of an AWS managed policy, as far as they matter here; None if unknown."""
        found = self.data["policies"].get(name)
        return tuple(found) if found is not None else None


@cache
def load() -> Permissions:
    """The data, read once a process."""
    return Permissions(json.loads(_FILE.read_text(encoding="utf-8")))


def covers(given: Iterable[str], action: str) -> bool:
    """Whether some of the given actions, which may hold ``*``, are the wanted one."""
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in given)
