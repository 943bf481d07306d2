"""The trees that the measurements run on, made afresh and the same each time."""

from __future__ import annotations

import json
import random
import sysconfig
from pathlib import Path

IMPORTS = """\
from aws_cdk import (
    Duration,
    RemovalPolicy,
    Stack,
    aws_dynamodb as dynamodb,
    aws_ec2 as ec2,
    aws_kinesis as kinesis,
    aws_lambda as lambda_,
    aws_rds as rds,
    aws_s3 as s3,
    aws_sqs as sqs,
)
from constructs import Construct


class Service{number}Stack(Stack):
    def __init__(
        self, scope: Construct, construct_id: str, *, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)

        self.vpc = ec2.Vpc(self, f"Network-{{environment_suffix}}", max_azs=2)
"""

RESOURCES = (
    """
        bucket_{n} = s3.Bucket(
            self,
            "Bucket{n}",
            bucket_name=f"service-{number}-bucket-{n}-{{environment_suffix}}",
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        bucket_{n}.add_lifecycle_rule(
            transitions=[
                s3.Transition(
                    storage_class=s3.StorageClass.GLACIER,
                    transition_after=Duration.days(90),
                )
            ]
        )
""",
    """
        database_{n} = rds.DatabaseInstance(
            self,
            "Database{n}",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_15
            ),
            vpc=self.vpc,
            backup_retention=Duration.days(7),
            deletion_protection=True,
        )
        database_{n}.connections.allow_default_port_from_any_ipv4()
""",
    """
        table_{n} = dynamodb.Table(
            self,
            "Table{n}",
            table_name="service-{number}-table-{n}",
            partition_key=dynamodb.Attribute(
                name="id", type=dynamodb.AttributeType.STRING
            ),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            removal_policy=RemovalPolicy.DESTROY,
        )
""",
    """
        queue_{n} = sqs.Queue(
            self,
            "Queue{n}",
            visibility_timeout=Duration.seconds(300),
            retention_period=Duration.days(4),
        )
        stream_{n} = kinesis.Stream(self, "Stream{n}", shard_count=1)
""",
    """
        function_{n} = lambda_.Function(
            self,
            "Function{n}",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="main.handler",
            code=lambda_.Code.from_asset("lambda"),
            memory_size=256,
            timeout=Duration.seconds(30),
            environment={{
                "SERVICE": "service-{number}",
                "STAGE": environment_suffix,
            }},
        )
""",
)


def stack_source(number: int) -> str:
    """A stack of some 170 lines with a dozen resources, in black's style."""
    choice = random.Random(number)
    resources = [choice.choice(RESOURCES).format(n=n, number=number) for n in range(12)]
    return IMPORTS.format(number=number) + "".join(resources)


def cdk_tree(folder: Path, count: int) -> int:
    """One app of ``count`` stacks and its app file; returns the number of its Python files."""
    stacks = folder / "stacks"
    stacks.mkdir(parents=True)
    (folder / "cdk.json").write_text(json.dumps({"app": "python3 app.py"}))
    for number in range(count):
        (stacks / f"service_{number}.py").write_text(stack_source(number))
    lines = ["import aws_cdk as cdk", ""]
    lines += [f"from stacks.service_{n} import Service{n}Stack" for n in range(count)]
    lines += ["", "app = cdk.App()"]
    lines += [f'Service{n}Stack(app, "s-{n}", environment_suffix="dev")' for n in range(count)]
    (folder / "app.py").write_text("\n".join([*lines, "app.synth()", ""]))
    return count + 1


def mixed_tree(folder: Path, count: int) -> int:
    """An app of 100 stacks amid the standard library's files, ``count`` files in all."""
    made = cdk_tree(folder, 100)
    library = Path(sysconfig.get_path("stdlib"))
    sources = sorted(path for path in library.rglob("*.py") if "site-packages" not in path.parts)
    for copy in range(-(-count // len(sources))):
        for path in sources:
            if made == count:
                return made
            target = folder / f"library{copy}" / path.relative_to(library)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            made += 1
    return made


HANDLER = '''\
"""Takes what the queue of service {number} holds."""

import json
import logging
import os

import boto3

logger = logging.getLogger(__name__)
table = boto3.resource("dynamodb").Table(os.environ["TABLE_{number}"])


def handler(event, context):
    for record in event["Records"]:
        body = json.loads(record["body"])
        logger.info("order %s of service {number}", body["id"])
        table.put_item(Item={{"id": body["id"], "state": body.get("state", "new")}})
'''
HELPER = '''\
"""Names and sizes that the stacks of part {number} share."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size{number}:
    memory: int = 256
    timeout: int = 30


def label_{number}(name: str, stage: str) -> str:
    return f"part-{number}-{{name}}-{{stage}}"
'''


def editor_tree(folder: Path, stacks: int) -> Path:
    """An app of 30 Python files, so many of them stacks; returns the one of 1,000 lines.

    The others are handlers and helpers, in equal parts.
    """
    cdk_tree(folder, stacks)
    for number in range(29 - stacks):
        kind, text = ("helpers", HELPER) if number % 2 else ("lambda", HANDLER)
        path = folder / kind / f"part_{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(number=number))
    large = folder / "stacks" / "service_0.py"
    choice = random.Random(0)
    source = IMPORTS.format(number=0)
    for n in range(200):
        if source.count("\n") >= 1000:
            break
        source += choice.choice(RESOURCES).format(n=n, number=0)
    large.write_text(source)
    return large
