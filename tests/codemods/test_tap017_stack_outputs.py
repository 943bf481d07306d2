"""TAP017 beyond its examples: which outputs count, and where new ones go."""

from __future__ import annotations

import pytest

from tapfix.codemods.examples.tap017_stack_outputs import TELLING
from tapfix.codemods.tap017_stack_outputs import RULE
from tapfix.rule import Example
from tapfix.testing import run_example

STACK = """\
import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_, aws_s3 as s3, aws_sqs as sqs


class Example(cdk.Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        letters = s3.Bucket(self, "Letters")
        {body}
"""


def found(source: str) -> list[str]:
    """What the rule says of a one-file app."""
    return [finding.message for finding in run_example(RULE, Example("", source)).first]


def fixed(source: str) -> str:
    """A one-file app after the fix."""
    return run_example(RULE, Example("", source)).files["app.py"]


@pytest.mark.parametrize(
    "body",
    [
        'cdk.CfnOutput(self, "A", **{"value": letters.bucket_name})',
        'cdk.CfnOutput(self, "A", value=cdk.Fn.join("/", [letters.bucket_name, "x"]))',
        'cdk.CfnOutput(self, "A", value=letters.url_for_object())',
        'self.where = letters.bucket_arn\n        cdk.CfnOutput(self, "A", value=self.where)',
        '[cdk.CfnOutput(self, k, value=v) for k, v in {"A": letters.bucket_name}.items()]',
        'outputs = []\n        outputs.append(("A", letters.bucket_name))\n'
        "        for k, v in outputs:\n            cdk.CfnOutput(self, k, value=v)",
    ],
)
def test_an_output_counts_however_it_is_made(body: str) -> None:
    assert found(STACK.format(body=body)) == []


@pytest.mark.parametrize(
    "body",
    [
        'cdk.CfnOutput(self, "A", value="letters")',
        'cdk.CfnOutput(self, "A", value=letters.node.path)',
        'cdk.CfnOutput(self, "A", value=letters.stack.region)',
    ],
)
def test_what_does_not_find_the_resource_is_no_output_of_it(body: str) -> None:
    assert len(found(STACK.format(body=body))) == 1


def test_what_a_function_is_given_is_not_told_by_an_output_of_the_function() -> None:
    body = """\
self.read = lambda_.Function(
            self,
            "Read",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_asset("read"),
            environment={"LETTERS": letters.bucket_name},
        )
        cdk.CfnOutput(self, "A", value=self.read.function_arn)"""
    (message,) = found(STACK.format(body=body))
    assert message.startswith('Bucket "Letters"')


def test_the_name_of_an_environment_variable_makes_no_dead_letter_queue() -> None:
    body = """\
cdk.CfnOutput(self, "A", value=letters.bucket_name)
        orders = sqs.Queue(self, "Orders")
        lambda_.Function(
            self,
            "Read",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_asset("read"),
            environment={"DLQ_URL": orders.queue_url},
        )"""
    messages = found(STACK.format(body=body))
    assert [message.split(" ")[0] for message in messages] == ["Queue", "Function"]


def test_an_id_that_a_helper_may_make_is_not_taken() -> None:
    body = """\
for name in ("Letters", "Drafts"):
            cdk.CfnOutput(self, f"{name}BucketName", value="none")"""
    assert '"LettersBucketName2"' in fixed(STACK.format(body=body))


def test_before_a_return() -> None:
    after = fixed(STACK.format(body="return"))
    assert after.index("CfnOutput") < after.index("return")


def test_an_app_s_tests_need_no_outputs() -> None:
    files = {"tests/test_stack.py": STACK.format(body="pass")}
    assert run_example(RULE, Example("", files)).first == ()


OUTPUT = '        CfnOutput(self, "LettersBucketName", value=self.letters.bucket_name)\n'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "        self._storage()\n        self._outputs()",
            "        self._outputs()\n        self._storage()",
        ),
        ("        self._outputs()", "        if kwargs:\n            self._outputs()"),
        ("        self._outputs()", "        self._outputs()\n        self._outputs()"),
        ('"""What to know after a deploy."""', "self.count = 1"),
        (
            '        CfnOutput(self, "Region"',
            '        s3.CfnBucket(self, "Other")\n        CfnOutput(self, "Region"',
        ),
        (
            "app = App()",
            "class Special(ExampleStack):\n    def _outputs(self):\n        pass\n\n\napp = App()",
        ),
    ],
)
def test_another_method_is_no_place_for_an_output(old: str, new: str) -> None:
    source = TELLING.format(outputs="").replace(old, new)
    constructor = fixed(source).partition("    def _outputs")[0]
    assert constructor.endswith(f"\n\n{OUTPUT}\n")


def test_what_a_subclass_makes_otherwise_may_be_none() -> None:
    source = TELLING.format(outputs="").replace(
        's3.Bucket(self, "Letters")',
        'self._letters()\n\n    def _letters(self):\n        return s3.Bucket(self, "Letters")',
    )
    special = "class Special(ExampleStack):\n    def _letters(self):\n        return None\n\n\n"
    assert "LettersBucketName" in fixed(source)
    source = source.replace("app = App()", f"{special}app = App()")
    assert "LettersBucketName" not in fixed(source)


def test_what_only_the_constructor_can_name_stays_there() -> None:
    source = TELLING.format(outputs="").replace("self.letters =", "letters =")
    after = source.replace(
        'letters = s3.Bucket(self, "Letters")\n',
        'letters = s3.Bucket(self, "Letters")\n\n' + OUTPUT.replace("self.letters", "letters"),
    )
    assert fixed(source) == after


def test_an_output_close_to_others_is_close_too() -> None:
    source = TELLING.format(outputs="").replace("\n\n        CfnOutput", "\n        CfnOutput")
    assert f"self.account)\n{OUTPUT}" in fixed(source)


def test_several_outputs_behind_others_that_stand_apart() -> None:
    made = '        self.letters = s3.Bucket(self, "Letters")\n'
    other = made.replace("Letters", "Files").replace("letters", "files")
    source = TELLING.format(outputs="").replace(made, made + other)
    files = OUTPUT.replace("Letters", "Files").replace("letters", "files")
    assert f"\n\n{OUTPUT}\n{files}\n" in fixed(source)
