"""TAP015 beyond its examples: names, keys and ages of what it writes, and what it refuses."""

from __future__ import annotations

import pytest

from tapfix.codemods.tap015_event_source_errors import RULE
from tapfix.rule import Example
from tapfix.testing import Result, run_example

STACK = """\
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_kinesis as kinesis, aws_kms as kms, aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources, aws_sqs as sqs


class Example(Stack):
    def __init__(self, scope, construct_id, environment_suffix: str):
        super().__init__(scope, construct_id)
        count = self.function("Count")
        check = self.function("Check")
{body}

    def function(self, name):
        return lambda_.Function(
            self,
            name,
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_inline({code}),
        )


app = App()
Example(app, "Example", environment_suffix=app.node.try_get_context("suffix"))
"""
CODE = '"def handler(event, context): ..."'
READ = """\
{function}.add_event_source(
    sources.KinesisEventSource(
        {stream}, starting_position=lambda_.StartingPosition.LATEST
    )
)
"""


def run(body: str, code: str = CODE) -> Result:
    """What the rule makes of a stack."""
    indented = "".join(f"        {line}\n" for line in body.splitlines())
    return run_example(RULE, Example("", STACK.format(body=indented.rstrip(), code=code)))


def test_two_readers_of_one_stream_get_queues_with_names_of_their_own() -> None:
    body = 'cars = kinesis.Stream(self, "Cars", stream_name=f"cars-{environment_suffix}")\n'
    body += READ.format(function="count", stream="cars")
    body += READ.format(function="check", stream="cars")
    result = run(body)
    text = result.files["app.py"]
    names = [line.strip() for line in text.splitlines() if "queue_name" in line]
    assert len(names) == len(set(names)) == 2
    assert result.left == ()


@pytest.mark.parametrize(
    ("retention", "age"),
    [
        ("", "Duration.hours(24)"),
        (", retention_period=Duration.hours(24)", "Duration.hours(24)"),
        (", retention_period=Duration.days(7)", "Duration.hours(168)"),
        (", retention_period=Duration.days(30)", None),
        (", retention_period=self.node.try_get_context('kept')", None),
    ],
)
def test_no_record_is_given_up_while_the_stream_keeps_it(retention: str, age: str | None) -> None:
    body = f'cars = kinesis.Stream(self, "Cars"{retention})\n'
    result = run(body + READ.format(function="count", stream="cars"))
    text = result.files["app.py"]
    assert "retry_attempts=3" in text
    assert ("max_record_age" in text) == (age is not None)
    assert age is None or f"max_record_age={age}" in text
    assert result.left == ()


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("", "SQS_MANAGED"),
        (", encryption=sqs.QueueEncryption.KMS_MANAGED", "KMS_MANAGED"),
        (", encryption_master_key=key", "encryption_master_key=key"),
        (", encryption=sqs.QueueEncryption.KMS", None),
    ],
)
def test_a_dead_letter_queue_is_kept_as_its_queue_is(given: str, written: str | None) -> None:
    body = 'key = kms.Key(self, "Key")\n'
    body += f'orders = sqs.Queue(self, "Orders"{given})\n'
    result = run(body + "count.add_event_source(sources.SqsEventSource(orders))\n")
    before, _, behind = result.files["app.py"].partition("orders = sqs.Queue(")
    assert (written is not None) == ("dead_letter_queue=" in behind)
    assert written is None or written in before.partition("orders_dead_letter_queue")[2]
    assert bool(result.left) == (written is None)


def test_a_retry_limit_is_never_written_without_a_destination() -> None:
    body = 'cars = kinesis.Stream(self, "Cars")\nfor one in (count, check):\n'
    body += "".join(
        f"    {line}\n" for line in READ.format(function="one", stream="cars").splitlines()
    )
    result = run(body)
    assert "retry_attempts" not in result.files["app.py"]
    assert [finding.reason is not None for finding in result.left] == [True]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("batch_size=1", "is tried until it expires"),
        ("retry_attempts=2", "is given up is lost"),
        ("retry_attempts=2, on_failure=sources.SqsDlq(lost)", "takes its whole batch with it"),
    ],
)
def test_the_message_says_what_comes_of_it(said: str, words: str) -> None:
    body = 'cars = kinesis.Stream(self, "Cars")\nlost = sqs.Queue(self, "Lost")\n'
    body += READ.format(function="count", stream="cars").replace("LATEST", f"LATEST, {said}")
    (finding,) = run(body).first
    assert words in finding.message


def test_a_function_of_another_stack_is_not_given_a_queue_here() -> None:
    app = """\
from aws_cdk import Stack, aws_kinesis as kinesis, aws_lambda as lambda_


class Code(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.count = lambda_.Function(
            self,
            "Count",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_asset("count"),
        )


class Data(Stack):
    def __init__(self, scope, construct_id, code: Code):
        super().__init__(scope, construct_id)
        cars = kinesis.Stream(self, "Cars")
        lambda_.EventSourceMapping(
            self,
            "Movements",
            target=code.count,
            event_source_arn=cars.stream_arn,
            starting_position=lambda_.StartingPosition.LATEST,
        )
"""
    result = run_example(RULE, Example("", app))
    assert result.files["app.py"] == app
    (finding,) = result.left
    assert finding.reason is not None and "another stack" in finding.reason


def test_batch_item_failures_of_a_handler_that_does_not_answer_so_are_not_asked_for() -> None:
    body = 'cars = kinesis.Stream(self, "Cars")\n' + READ.format(function="count", stream="cars")
    answers = "\"def handler(event, context):\\n    return {'batchItemFailures': []}\""
    assert "report_batch_item_failures=True" in run(body, answers).files["app.py"]
    assert "report_batch_item_failures" not in run(body).files["app.py"]
