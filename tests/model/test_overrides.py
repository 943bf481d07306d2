"""Properties that an app sets on a construct's resource past the constructor."""

from __future__ import annotations

import pytest

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.overrides import Override, is_set_from_afar, overrides
from tests.model.apps import read

HEAD = "from typing import cast\nfrom aws_cdk import Stack, aws_s3 as s3\nstack = Stack()\n"


def first(source: str) -> tuple[App, Construct]:
    app = read(HEAD + source)
    return app, app.of("aws_s3.Bucket", "aws_s3.CfnBucket")[0]


def found(source: str) -> tuple[Override, ...]:
    app, bucket = first(source)
    return overrides(app, bucket, "BucketEncryption")


@pytest.mark.parametrize(
    "later",
    [
        "b.node.default_child.bucket_encryption = 1",
        "cfn = b.node.default_child\ncfn.bucket_encryption = 1",
        "cfn: s3.CfnBucket = b.node.default_child\ncfn.bucket_encryption = 1",
        "cfn = cast(s3.CfnBucket, b.node.default_child)\ncfn.bucket_encryption = 1",
        "cfn = cast('s3.CfnBucket', b.node.default_child)\ncfn.bucket_encryption = 1",
        "b.node.find_child('Resource').bucket_encryption = 1",
        "cfn = b.node.try_find_child('Resource')\ncfn.bucket_encryption = 1",
        "b.node.default_child.add_property_override('BucketEncryption', 1)",
        "b.node.default_child.add_override('Properties.BucketEncryption', 1)",
        "b.node.default_child.add_override(path='Properties.BucketEncryption', value=1)",
        "def f(cfn):\n    cfn.bucket_encryption = 1\nf(b.node.default_child)",
    ],
)
def test_every_way_to_the_property_is_found(later: str) -> None:
    (one,) = found(f"b = s3.Bucket(stack, 'B')\n{later}\n")
    assert one.value is not None
    assert one.value.constant == 1
    assert not one.is_decision


@pytest.mark.parametrize(
    "later",
    [
        "if x:\n    b.node.default_child.bucket_encryption = 1",
        "b.node.default_child.add_property_deletion_override('BucketEncryption')",
        "b.node.default_child.add_property_override('BucketEncryption.Rules', 1)",
    ],
)
def test_what_is_not_the_whole_word_is_a_decision(later: str) -> None:
    (one,) = found(f"b = s3.Bucket(stack, 'B')\n{later}\n")
    assert one.is_decision


@pytest.mark.parametrize(
    "later",
    [
        "b.node.default_child.bucket_name = 1",
        "b.node.default_child.add_override('Metadata.BucketEncryption', 1)",
        "b.node.default_child.add_property_override('Bucket', 1)",
        "b.node.find_child('Policy').bucket_encryption = 1",
        "b.bucket_encryption = 1",
        "other.bucket_encryption = 1",
    ],
)
def test_other_things_are_none(later: str) -> None:
    assert not found(f"b = s3.Bucket(stack, 'B')\n{later}\n")


def test_an_l1_construct_is_the_resource_itself() -> None:
    source = "b = s3.CfnBucket(stack, 'B')\nb.bucket_encryption = 1\n"
    source += "b.add_property_override('BucketEncryption', 2)\n"
    values = [one.value.constant for one in found(source) if one.value is not None]
    assert values == [1, 2]


def test_a_class_of_the_app_sets_it_on_itself() -> None:
    source = (
        "class Mine(s3.Bucket):\n"
        "    def __init__(self, scope, id):\n"
        "        super().__init__(scope, id)\n"
        "        self.node.default_child.bucket_encryption = 1\n"
        "Mine(stack, 'B')\n"
    )
    assert len(found(source)) == 1


def test_its_user_sets_it_on_what_the_class_makes() -> None:
    source = (
        "class Mine(s3.Bucket):\n"
        "    def __init__(self, scope, id):\n"
        "        super().__init__(scope, id)\n"
        "b = Mine(stack, 'B')\n"
        "b.node.default_child.bucket_encryption = 1\n"
    )
    assert len(found(source)) == 1


@pytest.mark.parametrize(
    ("source", "is_afar"),
    [
        ("class A:\n    def visit(self, node):\n        node.bucket_encryption = 1\n", True),
        (
            "for n in stack.node.find_all():\n    n.add_property_override('BucketEncryption', 1)\n",
            True,
        ),
        ("b.node.default_child.bucket_encryption = 1\n", False),
        ("def f(cfn):\n    cfn.bucket_encryption = 1\nf(b.node.default_child)\n", False),
        ("class P:\n    def __init__(self, e):\n        self.bucket_encryption = e\n", False),
        ("x.bucket_name = 1\n", False),
    ],
)
def test_what_cannot_be_followed_is_set_from_afar(source: str, is_afar: bool) -> None:
    app, _ = first(f"b = s3.Bucket(stack, 'B')\n{source}")
    assert is_set_from_afar(app, "BucketEncryption") is is_afar


def test_a_method_may_count_as_well() -> None:
    source = "class A:\n    def visit(self, node):\n        node.add_lifecycle_rule()\n"
    app, _ = first(f"b = s3.Bucket(stack, 'B')\nb.add_lifecycle_rule()\n{source}")
    assert is_set_from_afar(app, "LifecycleConfiguration", "add_lifecycle_rule")
    assert not is_set_from_afar(app, "LifecycleConfiguration")
