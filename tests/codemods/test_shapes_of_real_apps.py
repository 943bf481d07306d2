"""Shapes that real apps have, for every rule about what becomes of data with its stack."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tapfix.registry import builtin_rules
from tapfix.rule import Example
from tapfix.testing import Result, run_example


class Flaw(NamedTuple):
    """A construct with an argument whose value is a flaw, and what the fix makes of the value."""

    module: str
    construct: str
    argument: str
    value: str
    fixed: str


_POLICY = ("removal_policy", "RemovalPolicy.RETAIN", "RemovalPolicy.DESTROY")
_INSTANCE = 'aws_rds.DatabaseInstance(self, "X", engine=ENGINE, vpc=vpc, {})'
FLAWS = {
    "TAP002": Flaw("aws_s3", 'aws_s3.Bucket(self, "X", {})', *_POLICY),
    "TAP003": Flaw("aws_rds", _INSTANCE, "deletion_protection", "True", "False"),
    "TAP004": Flaw("aws_rds", _INSTANCE, *_POLICY),
    "TAP005": Flaw(
        "aws_rds", _INSTANCE, "backup_retention", "Duration.days(7)", "Duration.days(0)"
    ),
    "TAP006": Flaw(
        "aws_elasticache",
        'aws_elasticache.CfnReplicationGroup(self, "X", replication_group_description="x", {})',
        "snapshot_retention_limit",
        "5",
        "0",
    ),
    "TAP007": Flaw("aws_logs", 'aws_logs.LogGroup(self, "X", {})', *_POLICY),
    "TAP021": Flaw("aws_kms", 'aws_kms.Key(self, "X", {})', *_POLICY),
}
_CALL = 'Data(app, "Data", stage, vpc)'
RULES = {rule.code: rule for rule in builtin_rules()}

each_flaw = pytest.mark.parametrize("code", FLAWS)


def app(code: str, body: str, *, base: str = "Stack", calls: str = _CALL, imports: str = "") -> str:
    """An app whose stack's constructor has this body, with ``CALL`` for the flawed construct."""
    flaw = FLAWS[code]
    plain = flaw.construct.format(f"{flaw.argument}={flaw.value}")
    lines = body.replace("CALL", plain).replace("VALUE", flaw.value).splitlines()
    inner = "\n".join(f"        {line}" for line in lines)
    return (
        f"from aws_cdk import App, Duration, RemovalPolicy, Stack, aws_ec2, {flaw.module}\n"
        f"{imports}"
        "ENGINE = None\n\n\n"
        f"class Data({base}):\n"
        "    def __init__(self, scope, construct_id, stage, vpc):\n"
        "        super().__init__(scope, construct_id)\n"
        f"{inner}\n\n\n"
        "app = App()\n"
        f"{calls}\n"
        "app.synth()\n"
    )


def run(code: str, before: str, **others: str) -> Result:
    return run_example(RULES[code], Example("", {"app.py": before, **others}))


def given(code: str, value: str) -> str:
    return FLAWS[code].construct.format(f"{FLAWS[code].argument}={value}")


@each_flaw
@pytest.mark.parametrize(
    "body",
    [
        "if stage == 'prod':\n    CALL",
        "if stage != 'prod':\n    return\nCALL",
        "if is_production(stage):\n    CALL\nelse:\n    pass",
        "match stage:\n    case 'prod':\n        CALL",
    ],
)
def test_what_only_one_environment_has_is_a_decision(code: str, body: str) -> None:
    before = app(code, body)
    result = run(code, before)
    assert not result.first
    assert result.files["app.py"] == before


@each_flaw
def test_a_stack_for_production_is_a_decision(code: str) -> None:
    calls = f'if stage == "prod":\n    {_CALL}'
    assert not run(code, app(code, "CALL", calls=calls)).first


@each_flaw
def test_a_stack_that_each_environment_has_is_none(code: str) -> None:
    calls = f'if stage == "prod":\n    {_CALL}\nelse:\n    {_CALL}'
    assert run(code, app(code, "CALL", calls=calls)).first


@each_flaw
def test_a_base_class_in_another_file_decides(code: str) -> None:
    base = (
        "from aws_cdk import Duration, RemovalPolicy, Stack\n\n\n"
        "class Base(Stack):\n"
        "    def __init__(self, scope, construct_id):\n"
        "        super().__init__(scope, construct_id)\n"
        f"        self.choice = {FLAWS[code].value}\n"
    )
    body = given(code, "self.choice")
    before = app(code, body, base="Base", imports="from base import Base\n")
    assert not run(code, before, **{"base.py": base}).first


@each_flaw
@pytest.mark.parametrize(
    "value", ["VALUE if stage else None", "self.choose(stage)", "CHOICE[stage]"]
)
def test_a_value_that_depends_on_something_is_a_decision(code: str, value: str) -> None:
    assert not run(code, app(code, given(code, value))).first


@each_flaw
def test_an_entry_of_a_dict_is_changed_in_the_dict(code: str) -> None:
    flaw = FLAWS[code]
    body = f"settings = {{{flaw.argument!r}: VALUE}}\n{flaw.construct.format('**settings')}"
    result = run(code, app(code, body))
    assert not result.left
    settings = result.files["app.py"].partition("settings = {")[2].partition("}")[0]
    assert f"'{flaw.argument}': {flaw.fixed}" in settings


@each_flaw
def test_a_dict_that_is_used_twice_is_reported(code: str) -> None:
    flaw = FLAWS[code]
    call = flaw.construct.format("**settings")
    body = f"settings = {{{flaw.argument!r}: VALUE}}\n{call}\n{call}"
    before = app(code, body)
    result = run(code, before)
    assert [finding.fix for finding in result.first] == [None, None]
    assert all(finding.reason for finding in result.first)


@each_flaw
@pytest.mark.parametrize("indent", ["  ", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_files_keep_their_indentation_newlines_and_end(
    code: str, indent: str, newline: str, last: bool
) -> None:
    before = app(code, "CALL  # why").replace("    ", indent).replace("\n", newline)
    before = before if last else before.removesuffix(newline)
    after = run(code, before).files["app.py"]
    flaw = FLAWS[code]
    assert f"{flaw.argument}={flaw.fixed}" in after
    assert after.endswith(newline) == last
    assert after.count("\n") == after.count(newline)
    assert after.count("# why") == 1
    assert not [line for line in after.splitlines() if line[:1] == " " and indent == "\t"]
