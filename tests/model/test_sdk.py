"""Which calls of AWS's SDK a handler makes, by whatever way it comes to its client."""

from __future__ import annotations

import textwrap

import pytest

from tapfix.knowledge.permissions import load
from tapfix.model.lambdas.reached import Code
from tapfix.model.lambdas.sdk import SdkCall, sdk_calls, uses_sdk
from tests.model.apps import read_tree

STACK = """\
from aws_cdk import App, Stack, aws_lambda as lambda_

stack = Stack(App(), "Stack")
lambda_.Function(
    stack,
    "Worker",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="worker.handler",
    code=lambda_.Code.from_asset("worker"),
)
"""


def code(handler: str, **modules: str) -> Code:
    files = {f"worker/{name}.py": text for name, text in modules.items()}
    app = read_tree({"app.py": STACK, "worker/worker.py": handler, **files})
    (found,) = (one for one in app.handlers if one.deployed_by)
    return Code(app.evaluator, found)


def calls(handler: str, **modules: str) -> list[SdkCall]:
    return list(sdk_calls(code(textwrap.dedent(handler), **modules), load()))


def body(*lines: str) -> str:
    inner = "\n".join(f"    {line}" for line in lines)
    return f"import os\nimport boto3\nNAME = os.environ['N']\ndef handler(event, context):\n{inner}"


@pytest.mark.parametrize(
    "client, method, action",
    [
        ("boto3.client('s3')", "get_object(Bucket=NAME, Key='k')", "s3:GetObject"),
        ("boto3.client('s3')", "head_bucket(Bucket=NAME)", "s3:ListBucket"),
        ("boto3.client('s3')", "upload_file('f', NAME, 'k')", "s3:PutObject"),
        ("boto3.client('s3')", "download_file(NAME, 'k', 'f')", "s3:GetObject"),
        ("boto3.resource('s3').Bucket(NAME)", "objects.all()", "s3:ListBucket"),
        ("boto3.resource('s3').Bucket(NAME).Object('k')", "put(Body='')", "s3:PutObject"),
        ("boto3.resource('s3').Object(NAME, 'k')", "delete()", "s3:DeleteObject"),
        ("boto3.resource('dynamodb').Table(NAME)", "batch_writer()", "dynamodb:BatchWriteItem"),
        ("boto3.client('dynamodb')", "query(TableName=NAME)", "dynamodb:Query"),
        ("boto3.client('lambda')", "invoke(FunctionName=NAME)", "lambda:InvokeFunction"),
        ("boto3.client('stepfunctions')", "start_execution(stateMachineArn=NAME)", "states:Start*"),
        ("boto3.client('sqs')", "send_message_batch(QueueUrl=NAME)", "sqs:SendMessage"),
        ("boto3.resource('sqs').Queue(NAME)", "receive_messages()", "sqs:ReceiveMessage"),
        ("boto3.client('ssm')", "get_parameter(Name=NAME)", "ssm:GetParameter"),
        ("boto3.client('events')", "put_events(Entries=[{'EventBusName': NAME}])", "events:Put*"),
        ("boto3.Session().client(service_name='sns')", "publish(TopicArn=NAME)", "sns:Publish"),
    ],
)
def test_each_service(client: str, method: str, action: str) -> None:
    (found,) = calls(body(f"{client}.{method}"))
    assert found.variables == {"N"}
    assert found.action.startswith(action.rstrip("*"))


@pytest.mark.parametrize(
    "lines",
    [
        ["boto3.client(event['service']).put_item(TableName=NAME)"],
        ["event['client'].put_item(TableName=NAME)"],
        ["boto3.client('dynamodb').put_item(TableName=event['table'])"],
        ["boto3.client('dynamodb').put_item(TableName=f'{NAME}-x')"],
        ["boto3.client('dynamodb').put_item(**event)"],
        ["boto3.client('s3').copy_object(Bucket=NAME)"],
        ["boto3.client('s3').list_buckets()"],
        ["boto3.client('s3', aws_access_key_id='x').get_object(Bucket=NAME)"],
        ["c = boto3.client('sqs') if event else boto3.client('sns')", "c.publish(TopicArn=NAME)"],
    ],
)
def test_what_is_not_known_is_not_read(lines: list[str]) -> None:
    assert calls(body(*lines)) == []


def test_a_name_may_come_from_several_places() -> None:
    found = calls(body("n = os.getenv('A') or 'b'", "boto3.client('sqs').purge_queue(QueueUrl=n)"))
    assert [({*one.variables}, {*one.names}) for one in found] == [({"A"}, {"b"})]


def test_only_code_that_the_handler_reaches() -> None:
    store = """\
import os
import boto3
table = boto3.resource("dynamodb").Table(os.environ["T"])
class Store:
    def __init__(self): self.load()
    def load(self): table.get_item(Key={})
    def save(self): table.put_item(Item={})
    def drop(self): table.delete_item(Key={})
def unused(): table.scan()
"""
    handler = "from store import Store\ndef handler(event, context):\n    Store().save()\n"
    assert {one.method for one in calls(handler, store=store)} == {"get_item", "put_item"}


def test_functions_that_a_framework_calls_are_reached() -> None:
    handler = """\
import os
import boto3
from framework import App
app = App()
@app.get("/")
def read():
    return boto3.client("s3").get_object(Bucket=os.environ["B"], Key="k")
def handler(event, context):
    return app.resolve(event, context)
"""
    assert [one.method for one in calls(handler)] == ["get_object"]


def test_powertools_read_parameters_and_secrets() -> None:
    handler = """\
import os
from aws_lambda_powertools.utilities import parameters
def handler(event, context):
    parameters.get_secret(os.environ["S"])
    parameters.get_parameter("/a/b")
"""
    found = {(one.action, *one.variables, *one.names) for one in calls(handler)}
    assert found == {("secretsmanager:GetSecretValue", "S"), ("ssm:GetParameter", "/a/b")}


@pytest.mark.parametrize(
    "line, used", [("boto3.client('s3')", True), ("boto3.Session()", True), ("print(1)", False)]
)
def test_whether_it_speaks_to_aws_at_all(line: str, used: bool) -> None:
    assert uses_sdk(code(body(line))) is used
