"""Branches around whole constructs that decide for an environment."""

from __future__ import annotations

import pytest

from tapfix.codemods.examples.shapes import stack
from tapfix.model.app import read_app
from tapfix.model.settings import Settings

IMPORT = "from aws_cdk import aws_s3 as s3"


def is_decided(body: str) -> bool:
    app = read_app("/app", {"/app/app.py": stack(body, IMPORT).encode()}, Settings())
    (bucket,) = app.of("aws_s3.Bucket")
    return bucket.is_decided


@pytest.mark.parametrize(
    "test",
    [
        'env_name == "prod"',
        "is_prod",
        "self.environment in self.LONG_LIVED",
        'config["stage"] != "dev"',
        "not props.ephemeral",
        "retain_data",
    ],
)
def test_a_branch_that_asks_for_the_environment_decides(test: str) -> None:
    assert is_decided(f'if {test}:\n    s3.Bucket(self, "Files")')
    assert is_decided(f'if {test}:\n    pass\nelse:\n    s3.Bucket(self, "Files")')


@pytest.mark.parametrize("test", ["with_files", "count > 1", 'region == "eu-west-1"'])
def test_another_branch_does_not(test: str) -> None:
    assert not is_decided(f'if {test}:\n    s3.Bucket(self, "Files")')


def test_a_match_on_the_stage_decides() -> None:
    assert is_decided('match stage:\n    case "prod":\n        s3.Bucket(self, "Files")')
