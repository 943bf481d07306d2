"""CDK's names in the words of the file that they are written into."""

from __future__ import annotations

import pytest

from tapfix.edits import AddImport
from tapfix.recipes.imports import Code, write
from tests.model.apps import read


def written(source: str, template: str) -> Code:
    """A template as it is written beside the first construct of an app."""
    app = read(source)
    construct = app.constructs[0]
    return write(app, construct.module, construct.node, template)


@pytest.mark.parametrize(
    ("imports", "call", "text"),
    [
        ("from aws_cdk import aws_s3 as s3", "s3.Bucket", "s3.BucketEncryption.X"),
        ("import aws_cdk as cdk", "cdk.aws_s3.Bucket", "cdk.aws_s3.BucketEncryption.X"),
        (
            "import aws_cdk\nimport aws_cdk as cdk",
            "aws_cdk.aws_s3.Bucket",
            "aws_cdk.aws_s3.BucketEncryption.X",
        ),
        (
            "import aws_cdk as cdk\nimport aws_cdk.aws_s3 as buckets",
            "buckets.Bucket",
            "buckets.BucketEncryption.X",
        ),
        (
            "from aws_cdk.aws_s3 import Bucket, BucketEncryption",
            "Bucket",
            "BucketEncryption.X",
        ),
    ],
)
def test_a_name_is_spelled_as_its_neighbours_are(imports: str, call: str, text: str) -> None:
    code = written(f"{imports}\n{call}(None, 'B')\n", "<aws_s3.BucketEncryption>.X")
    assert code == Code(text)


def test_beside_names_taken_from_the_module_another_is_taken() -> None:
    source = "import aws_cdk as cdk\nfrom aws_cdk.aws_s3 import Bucket\nBucket(None, 'B')\n"
    code = written(source, "<aws_s3.BucketEncryption>.X, <Duration>.days(1)")
    assert code.text == "BucketEncryption.X, cdk.Duration.days(1)"
    assert code.imports == (AddImport("/app/app.py", "aws_cdk.aws_s3", "BucketEncryption"),)


def test_of_a_nested_class_the_outer_one_is_imported() -> None:
    source = "from aws_cdk.aws_s3 import Bucket\nBucket(None, 'B')\n"
    code = written(source, "<aws_s3.CfnBucket.RuleProperty>(status='Enabled')")
    assert code.text == "CfnBucket.RuleProperty(status='Enabled')"
    assert code.imports == (AddImport("/app/app.py", "aws_cdk.aws_s3", "CfnBucket"),)


def test_a_name_that_only_a_type_checker_sees_is_not_used() -> None:
    source = (
        "import aws_cdk as cdk\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from aws_cdk.aws_sqs import QueueEncryption\n"
        "cdk.aws_sqs.Queue(None, 'Q')\n"
    )
    code = written(source, "<aws_sqs.QueueEncryption>.SQS_MANAGED")
    assert code == Code("cdk.aws_sqs.QueueEncryption.SQS_MANAGED")
