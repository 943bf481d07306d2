"""Which data stores a function reaches, where they lie, and whether it needs more than its VPC."""

from __future__ import annotations

import pytest

from tapfix.codemods.examples.functions import app as example
from tapfix.codemods.examples.functions import function
from tapfix.codemods.examples.tap010_lambda_vpc import AURORA, IDLE, POSTGRES, REDIS, VPC
from tapfix.model.access.connections import connections, needs_way_out
from tapfix.model.access.datastores import DataStore, data_stores, subnet_types, types_of_network
from tapfix.model.app import App
from tests.model.apps import read_tree


def app(*parts: str, handler: str = IDLE) -> App:
    return read_tree(example(*parts, handler=handler))


def reached(read: App) -> list[str]:
    (worker,) = read.of("aws_lambda.Function")
    return [one.store.construct.name for one in connections(read, worker)]


def store(text: str) -> DataStore:
    (found,) = data_stores(app(VPC, text, function()))
    return found


def handler(line: str) -> str:
    modules = ["psycopg2", "pymysql", "redis", "pymongo", "sqlalchemy", "os", "boto3", "requests"]
    imports = "\n".join(f"import {name}" for name in modules)
    return f"{imports}\nimport psycopg\n\n\ndef handler(event, context):\n    {line}\n"


@pytest.mark.parametrize(
    "text, family, port",
    [
        (POSTGRES, "postgres", 5432),
        (POSTGRES.replace("    vpc=vpc", "    port=6000,\n    vpc=vpc"), "postgres", 6000),
        (POSTGRES.replace("    vpc=vpc", "    port=self.port,\n    vpc=vpc"), "postgres", None),
        (AURORA, "mysql", 3306),
        (REDIS, "redis", 6379),
        (REDIS.replace('"redis"', '"valkey"'), "redis", 6379),
        (REDIS.replace('engine="redis"', "engine=self.engine"), "", None),
    ],
)
def test_protocol_and_port(text: str, family: str, port: int | None) -> None:
    found = store(text)
    assert (found.family, found.port) == (family, port)


def test_the_vpc_of_a_cache_is_that_of_its_groups_or_subnets() -> None:
    for text in (REDIS, REDIS.replace("security_group_ids=[group.security_group_id],", "")):
        network = store(text).network
        assert network is not None
        assert network.cdk == "aws_ec2.Vpc"


def test_the_kinds_of_subnets_that_a_data_store_uses() -> None:
    assert subnet_types(store(REDIS).subnets) == {"PRIVATE_WITH_EGRESS"}
    assert subnet_types(store(POSTGRES).subnets) == frozenset()


@pytest.mark.parametrize(
    "argument, public",
    [
        ("publicly_accessible=True", True),
        ("publicly_accessible=False", False),
        ("publicly_accessible=self.open", True),
        ("vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)", True),
        ("vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)", False),
        ("vpc_subnets=self.subnets", True),
    ],
)
def test_what_may_be_reached_from_outside(argument: str, public: bool) -> None:
    found = store(POSTGRES.replace("    vpc=vpc", f"    {argument},\n    vpc=vpc"))
    assert found.is_public is public


@pytest.mark.parametrize(
    "arguments, kinds",
    [
        ("", {"PUBLIC", "PRIVATE_WITH_EGRESS"}),
        (", nat_gateways=0", {"PUBLIC", "PRIVATE_ISOLATED"}),
        (", nat_gateways=self.gateways", None),
        (", subnet_configuration=self.subnets", None),
        (
            ", subnet_configuration=[ec2.SubnetConfiguration(name='a',"
            " subnet_type=ec2.SubnetType.PRIVATE_WITH_NAT)]",
            {"PRIVATE_WITH_EGRESS"},
        ),
        (", **self.settings", None),
    ],
)
def test_the_kinds_of_subnets_of_a_vpc(arguments: str, kinds: set[str] | None) -> None:
    (network,) = app(f'vpc = ec2.Vpc(self, "N"{arguments})', function()).of("aws_ec2.Vpc")
    assert types_of_network(network) == kinds


@pytest.mark.parametrize(
    "line, found",
    [
        ("psycopg2.connect(host='localhost')", True),
        ("psycopg2.connect('dbname=x')", True),
        ("psycopg.connect(host=event['host'])", True),
        ("sqlalchemy.create_engine(f'postgresql+psycopg://{event}')", True),
        ("psycopg2.connect(host='db.example.com')", False),
        ("sqlalchemy.create_engine('mysql://localhost')", False),
        ("pymysql.connect(host='localhost')", False),
        ("redis.Redis()", False),
        ("psycopg2.extras", False),
    ],
)
def test_drivers(line: str, found: bool) -> None:
    assert bool(reached(app(VPC, POSTGRES, function(), handler=handler(line)))) is found


def test_the_database_whose_secret_the_function_is_given() -> None:
    other = POSTGRES.replace('"Database"', '"Other"').replace("database =", "other =")
    secret = 'environment={"SECRET": other.secret.secret_arn}'
    line = handler("psycopg2.connect(host=event['host'])")
    read = app(VPC, POSTGRES, other, function(secret), handler=line)
    (worker,) = read.of("aws_lambda.Function")
    (found,) = connections(read, worker)
    assert found.store.construct.label == 'DatabaseInstance "Other"'


@pytest.mark.parametrize(
    "line, words",
    [
        ("print(event)", None),
        ("psycopg2.connect(host=event['host'])", None),
        ("psycopg2.connect(password='guess')", "Secrets Manager"),
        ("boto3.client('s3')", "AWS"),
        ("requests.get('https://example.com')", "requests.get"),
    ],
)
def test_what_needs_a_way_out(line: str, words: str | None) -> None:
    read = app(VPC, function(), handler=handler(line))
    (worker,) = read.of("aws_lambda.Function")
    found = needs_way_out(read, worker)
    assert found is None if words is None else words in str(found)
