"""TAP010 beyond its examples: real templates, two stacks, VPCs of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tapfix.codemods.examples.functions import app, function
from tapfix.codemods.examples.tap010_lambda_vpc import (
    BY_SECRET,
    CONNECT,
    HOST,
    IDLE,
    ISOLATED,
    POSTGRES,
    REDIS,
    VPC,
)
from tapfix.codemods.tap010_lambda_vpc import RULE
from tapfix.edits import Finding
from tapfix.rule import Example
from tapfix.testing import run_example
from tests import network
from tests.proofs import properties
from tests.stacks import two_stacks


def finding(files: dict[str, str]) -> Finding:
    (found,) = run_example(RULE, Example("", files)).first
    return found


def reason(files: dict[str, str]) -> str:
    found = finding(files)
    assert found.fix is None
    return str(found.reason)


def placed(template: dict[str, Any], name: str) -> dict[str, Any]:
    """A function's network: it is there, with subnets and one group."""
    config: dict[str, Any] = properties(network.function(template, name))["VpcConfig"]
    assert config["SubnetIds"]
    assert len(config["SecurityGroupIds"]) == 1
    return config


@pytest.mark.parametrize(
    "name, prefix", [("product_catalog", "InventoryProcessor"), ("lambda_vpc", "Lookup")]
)
def test_the_broken_apps(name: str, prefix: str, tmp_path: Path) -> None:
    (template,) = network.mended(RULE, network.BROKEN / name, tmp_path).values()
    config = placed(template, prefix)
    (group,) = network.names(config["SecurityGroupIds"])
    assert template["Resources"][group]["Type"] == "AWS::EC2::SecurityGroup"
    assert "Private" in str(config["SubnetIds"])
    role = network.role_of(network.function(template, prefix))
    assert "AWSLambdaVPCAccessExecutionRole" in str(template["Resources"][role])


def test_the_catalog_names_the_group_after_the_environment(tmp_path: Path) -> None:
    (template,) = network.mended(RULE, network.BROKEN / "product_catalog", tmp_path).values()
    assert '"GroupName": "inventory-processor-sg-one"' in str(template).replace("'", '"')


def test_a_database_of_another_stack(tmp_path: Path) -> None:
    first = (
        (VPC + "\n" + POSTGRES).replace("vpc = ", "self.vpc = ").replace("vpc=vpc", "vpc=self.vpc")
    )
    first = first.replace("database = ", "self.database = ")
    host = 'environment={"DB_HOST": first.database.db_instance_endpoint_address}'
    templates = network.mended(RULE, two_stacks(first, function(host), CONNECT), tmp_path)
    placed(templates["Second"], "Worker")


def test_a_vpc_that_nothing_beside_the_function_leads_to() -> None:
    first = (VPC + "\n" + POSTGRES).replace("database = ", "self.database = ")
    host = 'environment={"DB_HOST": first.database.db_instance_endpoint_address}'
    assert "leads to the VPC" in reason(two_stacks(first, function(host), CONNECT))


def test_a_database_of_another_stack_that_only_the_driver_tells(tmp_path: Path) -> None:
    first = (
        (VPC + "\n" + POSTGRES).replace("vpc = ", "self.vpc = ").replace("vpc=vpc", "vpc=self.vpc")
    )
    handler = CONNECT.replace('os.environ["DB_HOST"]', "event['host']")
    templates = network.mended(RULE, two_stacks(first, function(), handler), tmp_path)
    placed(templates["Second"], "Worker")


def test_a_database_in_a_stack_that_waits_for_the_functions() -> None:
    second = POSTGRES.replace("vpc=vpc", "vpc=self.vpc") + (
        'CfnOutput(self, "Worker", value=first.worker.function_arn)\n'
        "first.worker.add_environment('HOST', database.db_instance_endpoint_address)\n"
    )
    files = two_stacks(function(name="self.worker = "), f"self.{VPC}\n{second}", IDLE)
    files["app.py"] = files["app.py"].replace("import App,", "import App, CfnOutput,")
    assert "leads to the VPC" in reason(files)


@pytest.mark.parametrize(
    "subnets, words",
    [
        ("", "does not tell"),
        ("vpc_subnets=ec2.SubnetSelection(subnet_group_name='data')", "does not tell"),
        ("vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)", "NAT"),
    ],
)
def test_an_imported_vpc_of_which_little_is_known(subnets: str, words: str) -> None:
    vpc = 'vpc = ec2.Vpc.from_lookup(self, "Network", is_default=False)'
    database = POSTGRES.replace(
        "    vpc=vpc,\n", f"    vpc=vpc,\n    {subnets},\n" if subnets else "    vpc=vpc,\n"
    )
    secret = 'environment={"DB_SECRET": database.secret.secret_arn}'
    assert words in reason(app(vpc, database, function(secret), handler=BY_SECRET))


def test_an_imported_vpc_whose_private_subnets_the_database_uses() -> None:
    vpc = 'vpc = ec2.Vpc.from_lookup(self, "Network", is_default=False)'
    database = POSTGRES.replace(
        "    vpc=vpc,\n",
        "    vpc=vpc,\n    vpc_subnets=ec2.SubnetSelection(\n"
        "        subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS\n    ),\n",
    )
    assert finding(app(vpc, database, function(HOST), handler=CONNECT)).fix is not None


@pytest.mark.parametrize(
    "setting",
    [
        "worker.node.default_child.vpc_config = given",
        'worker.node.default_child.add_property_override("VpcConfig", given)',
    ],
)
def test_a_function_that_is_put_into_the_vpc_afterwards(setting: str) -> None:
    place = 'given = self.node.try_get_context("network")\n'
    files = app(VPC, POSTGRES, function(HOST), place + setting, handler=CONNECT)
    assert not run_example(RULE, Example("", files)).first


def test_an_address_that_a_user_of_the_data_api_never_reads() -> None:
    handler = """\
import boto3


def handler(event, context):
    boto3.client("rds-data").execute_statement(resourceArn="", secretArn="", sql="")
"""
    files = app(VPC, POSTGRES, function(HOST), handler=handler)
    assert not run_example(RULE, Example("", files)).first
    files = app(VPC, POSTGRES, function(HOST), handler=CONNECT)
    assert run_example(RULE, Example("", files)).first


def test_code_that_cannot_be_read_is_not_moved_where_it_may_lose_its_way_out() -> None:
    made = function(HOST).replace("PYTHON_3_12", "NODEJS_22_X")
    database = POSTGRES.replace(
        "    vpc=vpc,\n",
        "    vpc=vpc,\n    vpc_subnets=ec2.SubnetSelection(\n"
        "        subnet_type=ec2.SubnetType.PRIVATE_ISOLATED\n    ),\n",
    )
    assert "cannot be read" in reason(app(ISOLATED, database, made, handler=IDLE))


@pytest.mark.parametrize(
    "network_arguments, kind",
    [
        ("max_azs=2, nat_gateways=0", "PRIVATE_ISOLATED"),
        ("max_azs=2, nat_gateways=1", "PRIVATE_WITH_EGRESS"),
    ],
)
def test_the_kind_of_subnets_follows_the_gateways(network_arguments: str, kind: str) -> None:
    vpc = f'vpc = ec2.Vpc(self, "Network", {network_arguments})'
    files = app(vpc, POSTGRES, function(HOST), handler=CONNECT)
    (fix,) = (one.fix for one in run_example(RULE, Example("", files)).first)
    assert fix is not None
    assert kind in str(fix.edits)


def test_functions_of_a_loop_get_groups_of_their_own(tmp_path: Path) -> None:
    made = function(HOST).replace('"Worker"', 'f"Worker{size}"').replace("\n", "\n    ")
    loop = f'for size in ("Small", "Large"):\n    {made}'
    files = app(VPC, POSTGRES, loop, handler=CONNECT)
    (template,) = network.mended(RULE, files, tmp_path).values()
    groups = {str(placed(template, f"Worker{size}")) for size in ("Small", "Large")}
    assert len(groups) == 2


def test_two_caches_of_one_kind_are_one_too_many() -> None:
    other = REDIS.replace('"Cache', '"Other').replace("cache =", "other =")
    handler = "import redis\n\n\ndef handler(event, context):\n    redis.Redis(event['host'])\n"
    files = app(VPC, REDIS, other, function(), handler=handler)
    assert run_example(RULE, Example("", files)).first == ()
