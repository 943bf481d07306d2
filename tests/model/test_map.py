"""Who reaches what in an app: open, shut, or not to be told."""

from __future__ import annotations

import pytest

from tapfix.model.access.map import Map, State, map_of
from tests.model.apps import read_tree

_HEAD = """
from aws_cdk import App, Stack, aws_ec2 as ec2, aws_iam as iam, aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_, aws_rds as rds, aws_sqs as sqs
from aws_cdk.aws_lambda_event_sources import KinesisEventSource, SqsDlq

stack = Stack(App(), "S")
vpc = ec2.Vpc(stack, "V")
guard = ec2.SecurityGroup(stack, "Guard", vpc=vpc)
own = ec2.SecurityGroup(stack, "Own", vpc=vpc)
queue = sqs.Queue(stack, "Q")
stream = kinesis.Stream(stack, "Stream")
database = rds.DatabaseInstance(
    stack,
    "D",
    engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_15),
    vpc=vpc,
    security_groups=[guard],
)
function = lambda_.Function(
    stack,
    "F",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="main.handler",
    code=lambda_.Code.from_asset("code"),
    environment={"QUEUE": queue.queue_url, "HOST": database.db_instance_endpoint_address},
    ARGUMENTS
)
"""
_HANDLER = """
import os
import boto3

def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody="")
"""
IN_VPC = "vpc=vpc, security_groups=[own],"
RULE = 'guard.add_ingress_rule(own, ec2.Port.tcp(5432), "F")'


def drawn(arguments: str = "", rest: str = "") -> Map:
    text = _HEAD.replace("ARGUMENTS", arguments) + rest
    return map_of(read_tree({"app.py": text, "code/main.py": _HANDLER}))


def ways(one: Map) -> dict[tuple[str, str], tuple[State, str]]:
    return {(way.source.label, way.target.label): (way.state, way.why) for way in one.ways}


F, D, Q, S = 'Function "F"', 'DatabaseInstance "D"', 'Queue "Q"', 'Stream "Stream"'


@pytest.mark.parametrize(
    ("arguments", "rest", "state", "why"),
    [
        ("", "", State.SHUT, "it lies outside of the VPC"),
        (IN_VPC, "", State.SHUT, "no rule of the security group lets it in"),
        (IN_VPC, RULE, State.OPEN, ""),
        (
            IN_VPC,
            RULE.replace("5432", "5433"),
            State.SHUT,
            "no rule of the security group lets it in",
        ),
        ("vpc=ec2.Vpc.from_lookup(stack, 'X'),", RULE, State.UNSURE, "the networks or their"),
    ],
)
def test_networks(arguments: str, rest: str, state: State, why: str) -> None:
    found, reason = ways(drawn(arguments, rest))[F, D]
    assert found is state
    assert reason.startswith(why)


def test_the_way_leads_through_security_groups() -> None:
    read = drawn(IN_VPC, RULE)
    (way,) = [one for one in read.ways if one.target.label == D]
    assert [key.label for key in way.through] == ['SecurityGroup "Own"', 'SecurityGroup "Guard"']
    assert way.what == "PostgreSQL, port 5432"
    ties = [(start.label, end.label) for start, end in read.ties]
    assert ties == [(F, 'SecurityGroup "Own"'), ('SecurityGroup "Guard"', D)]


@pytest.mark.parametrize(
    ("arguments", "rest", "state"),
    [
        ("", "", State.SHUT),
        ("", "queue.grant_send_messages(function)", State.OPEN),
        ("", "queue.grant_consume_messages(function)", State.SHUT),
        ("role=iam.Role.from_role_name(stack, 'R', 'r'),", "", State.UNSURE),
        ("", "elsewhere(function)", State.UNSURE),
    ],
)
def test_rights(arguments: str, rest: str, state: State) -> None:
    assert ways(drawn(arguments, rest))[F, Q][0] is state


def test_streams_feed_functions_and_queues_get_what_failed() -> None:
    arguments = "target=function, event_source_arn=stream.stream_arn"
    bare = f'lambda_.EventSourceMapping(stack, "M", {arguments})'
    state, why = ways(drawn(rest=bare))[S, F]
    assert state is State.SHUT and "kinesis:GetRecords" in why
    source = (
        "function.add_event_source(KinesisEventSource(stream, on_failure=SqsDlq(queue),"
        " starting_position=lambda_.StartingPosition.LATEST))"
    )
    known = ways(drawn(rest=source))
    assert known[S, F] == (State.OPEN, "")
    assert known[S, Q] == (State.OPEN, "")


def test_nodes_have_kinds_and_those_alike_are_told_apart() -> None:
    read = drawn(rest='sqs.Queue(stack, "Q")\n')
    kinds = {node.label: node.kind for node in read.nodes}
    assert kinds[F] == "function" and kinds[D] == "database" and kinds[S] == "stream"
    assert [node.key.number for node in read.nodes if node.label == Q] == [0, 1]
