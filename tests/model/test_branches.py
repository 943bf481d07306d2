"""Branches around whole constructs that decide for an environment."""

from __future__ import annotations

import pytest

from tapfix.codemods.examples.shapes import stack
from tapfix.model.app import read_app
from tapfix.model.cdk.decisions import is_decision
from tapfix.model.settings import Settings
from tests.model.apps import read

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


def test_a_return_before_it_decides() -> None:
    assert is_decided('if env_name == "dev":\n    return\ns3.Bucket(self, "Files")')
    assert not is_decided('if not with_files:\n    return\ns3.Bucket(self, "Files")')
    assert not is_decided('if not env_name:\n    raise ValueError\ns3.Bucket(self, "Files")')


def test_a_match_on_something_else_decides_where_its_case_names_an_environment() -> None:
    assert is_decided('match name:\n    case "prod":\n        s3.Bucket(self, "Files")')
    assert not is_decided('match name:\n    case "x":\n        s3.Bucket(self, "Files")')


CLASS = """
from aws_cdk import App, Stack, aws_s3 as s3

class Files(Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        self.make()

    def make(self):
        s3.Bucket(self, "Files")

app = App()
"""


def is_made_for_production(calls: str) -> bool:
    app = read(CLASS + calls)
    (bucket,) = app.of("aws_s3.Bucket")
    return is_decision(app, bucket)


def test_what_is_called_once_in_a_branch_for_production_is_decided() -> None:
    assert is_made_for_production('if stage == "prod":\n    Files(app, "Files")')


@pytest.mark.parametrize(
    "calls",
    [
        'Files(app, "Files")',
        'if stage == "dev":\n    Files(app, "Files")',
        'if stage == "prod":\n    Files(app, "Live")\nelse:\n    Files(app, "Test")',
        'class More(Files):\n    pass\nMore(app, "More")\nif is_prod:\n    Files(app, "Files")',
    ],
)
def test_what_is_called_elsewhere_too_is_not(calls: str) -> None:
    assert not is_made_for_production(calls)
