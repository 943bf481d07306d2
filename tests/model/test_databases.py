"""Engines, instance classes, and what is fed from which database."""

from __future__ import annotations

import pytest

from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.databases import engine, feeds, instance_class, is_member
from tests.model.apps import read

HEAD = (
    "from aws_cdk import Stack, aws_ec2 as ec2, aws_rds as rds\n"
    "from aws_cdk.aws_rds import DatabaseInstanceEngine as Engine\nstack = Stack()\n"
)


def database(call: str) -> Construct:
    return read(f"{HEAD}rds.{call}\n").of("aws_rds.DatabaseInstance", "aws_rds.CfnDBInstance")[0]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("DatabaseInstance(stack, 'D', engine=Engine.POSTGRES)", "postgres"),
        ("DatabaseInstance(stack, 'D', engine=Engine.sql_server_ex(version=v))", "sqlserverex"),
        ("DatabaseInstance(stack, 'D', engine=rds.DatabaseInstanceEngine.MARIADB)", "mariadb"),
        ("CfnDBInstance(stack, 'D', engine='sqlserver-ex')", "sqlserverex"),
        ("CfnDBInstance(stack, 'D', engine='custom-oracle-ee')", "customoracleee"),
        ("CfnDBInstance(stack, 'D', engine=e)", ""),
        ("CfnDBInstance(stack, 'D')", ""),
    ],
)
def test_engine(written: str, name: str) -> None:
    assert engine(database(written)) == name


@pytest.mark.parametrize(
    ("argument", "name"),
    [
        ("instance_type=ec2.InstanceType('t4g.micro')", "t4g.micro"),
        (
            "instance_type=ec2.InstanceType.of(ec2.InstanceClass.M5, ec2.InstanceSize.XLARGE)",
            "m5.xlarge",
        ),
        (
            "instance_type=ec2.InstanceType.of("
            "ec2.InstanceClass.BURSTABLE2, ec2.InstanceSize.MICRO)",
            "t2.micro",
        ),
        ("instance_type=ec2.InstanceType.of(kind, ec2.InstanceSize.MICRO)", None),
        ("instance_type=kind", None),
        ("**given", None),
        ("multi_az=True", ""),
    ],
)
def test_instance_class(argument: str, name: str | None) -> None:
    assert instance_class(database(f"DatabaseInstance(stack, 'D', {argument})")) == name


def test_instance_class_of_l1() -> None:
    made = database("CfnDBInstance(stack, 'D', db_instance_class='db.r5.large')")
    assert instance_class(made) == "r5.large"


@pytest.mark.parametrize(
    ("written", "member"),
    [
        ("CfnDBInstance(stack, 'D', engine='aurora-mysql')", True),
        ("CfnDBInstance(stack, 'D', engine='mysql', db_cluster_identifier='c')", True),
        ("CfnDBInstance(stack, 'D', engine='mysql')", False),
        ("DatabaseInstance(stack, 'D', engine=Engine.MYSQL)", False),
    ],
)
def test_is_member(written: str, member: bool) -> None:
    assert is_member(database(written)) is member


def test_a_replica_is_fed_from_its_source_and_from_no_other() -> None:
    app = read(
        HEAD
        + "a = rds.DatabaseInstance(stack, 'A')\nb = rds.DatabaseInstance(stack, 'B')\n"
        + "rds.DatabaseInstanceReadReplica(stack, 'R', source_database_instance=a)\n"
    )
    found = feeds(app)
    fed = {made.label: found.of(made) for made in app.constructs if made.name[-8:] == "Instance"}
    replica = fed['DatabaseInstance "A"']
    assert replica is not None
    assert replica.label == 'DatabaseInstanceReadReplica "R"'
    assert fed['DatabaseInstance "B"'] is None


def test_an_imported_source_is_none_of_the_app_s() -> None:
    app = read(
        HEAD
        + "a = rds.DatabaseInstance(stack, 'A')\n"
        + "far = rds.DatabaseInstance.from_database_instance_attributes(stack, 'F')\n"
        + "rds.DatabaseInstanceReadReplica(stack, 'R', source_database_instance=far)\n"
    )
    assert feeds(app).unknown is None
    assert feeds(app).of(app.of("aws_rds.DatabaseInstance")[0]) is None


def test_a_source_behind_a_parameter_is_followed() -> None:
    app = read(
        HEAD
        + "def replicate(source):\n"
        + "    rds.DatabaseInstanceReadReplica(stack, 'R', source_database_instance=source)\n"
        + "a = rds.DatabaseInstance(stack, 'A')\nb = rds.DatabaseInstance(stack, 'B')\n"
        + "replicate(b)\n"
    )
    a, b = app.of("aws_rds.DatabaseInstance")
    assert feeds(app).of(a) is None
    assert feeds(app).of(b) is not None
