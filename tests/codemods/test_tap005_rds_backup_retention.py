"""TAP005 beyond its examples: what needs backups, and what cannot be edited."""

from __future__ import annotations

import pytest

from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.tap005_rds_backup_retention import RULE
from tapfix.edits import Finding, Impact
from tapfix.rule import Example, Profile, Source
from tapfix.testing import Result, run_example

IMPORTS = "from aws_cdk import aws_ec2 as ec2, aws_rds as rds"
PRIMARY = """\
vpc = ec2.Vpc(self, "Vpc")
database = rds.DatabaseInstance(
    self,
    "Database",
    engine={engine},
    vpc=vpc,
    backup_retention=Duration.days(7),
    {more}
)
"""


def run(source: Source) -> Result:
    return run_example(RULE, Example("", source))


def primary(more: str = "", engine: str = "rds.DatabaseInstanceEngine.MYSQL") -> str:
    return PRIMARY.format(more=more, engine=engine)


def only(source: Source) -> Finding:
    first = run(source).first
    assert len(first) == 1, first
    return first[0]


def reason(body: str, imports: str = IMPORTS) -> str | None:
    finding = only(stack(body, imports))
    assert finding.fix is None
    return finding.reason


@pytest.mark.parametrize(
    "fed",
    [
        "rds.DatabaseInstanceReadReplica(self, 'R', source_database_instance=database,"
        " instance_type=ec2.InstanceType('t4g.micro'), vpc=vpc)",
        "rds.CfnDBInstance(self, 'R', source_db_instance_identifier=database.instance_identifier)",
        "arn = database.instance_arn\n"
        "rds.CfnDBCluster(self, 'R', engine='aurora-mysql', replication_source_identifier=arn)",
        "rds.CfnIntegration(self, 'R', source_arn=database.instance_arn, target_arn='arn')",
    ],
    ids=["replica", "L1 replica", "cluster", "integration"],
)
def test_what_feeds_others_keeps_its_backups(fed: str) -> None:
    said = reason(f"{primary()}{fed}\n")
    assert said is not None
    assert "is fed from it" in said


def test_a_source_named_by_its_identifier_keeps_its_backups() -> None:
    replica = "rds.CfnDBInstance(self, 'R', source_db_instance_identifier='orders')\n"
    assert "fed from it" in str(reason(primary("instance_identifier='orders',") + replica))
    assert only(stack(primary("instance_identifier='other',") + replica, IMPORTS)).fix is not None


def test_a_source_that_cannot_be_traced_may_be_any_instance() -> None:
    body = primary() + (
        "source = self.node.try_get_context('primary')\n"
        "rds.DatabaseInstanceReadReplica(self, 'R', source_database_instance=source,"
        " instance_type=ec2.InstanceType('t4g.micro'), vpc=vpc)\n"
    )
    assert "or may be" in str(reason(body))


@pytest.mark.parametrize(
    ("more", "engine", "word"),
    [
        ("multi_az=True,", "rds.DatabaseInstanceEngine.SQL_SERVER_SE", "Multi-AZ"),
        ("multi_az=self.multi,", "rds.DatabaseInstanceEngine.SQL_SERVER_SE", "Multi-AZ"),
        ("parameters={'binlog_format': 'ROW'},", "rds.DatabaseInstanceEngine.MYSQL", "binary log"),
    ],
)
def test_what_cannot_go_without_backups_is_reported(more: str, engine: str, word: str) -> None:
    assert word in str(reason(primary(more, engine)))


def test_a_parameter_group_with_a_binary_log_is_seen() -> None:
    group = (
        "group = rds.ParameterGroup(self, 'G', engine=rds.DatabaseInstanceEngine.MYSQL,"
        " parameters={'binlog_format': 'ROW'})\n"
    )
    assert "binary log" in str(reason(group + primary("parameter_group=group,")))


@pytest.mark.parametrize(
    ("argument", "word"),
    [
        ("engine='custom-oracle-ee'", "Custom"),
        ("engine='postgres', automatic_backup_replication_region='eu-west-1'", "another region"),
    ],
)
def test_l1_instances_that_cannot_go_without_backups(argument: str, word: str) -> None:
    body = f"rds.CfnDBInstance(self, 'D', backup_retention_period=7, {argument})\n"
    assert word in str(reason(body))


def test_sql_server_in_one_zone_is_mended() -> None:
    body = primary("multi_az=False,", "rds.DatabaseInstanceEngine.SQL_SERVER_SE")
    assert only(stack(body, IMPORTS)).fix is not None


def test_a_dict_used_twice_is_reported() -> None:
    body = (
        "vpc = ec2.Vpc(self, 'Vpc')\n"
        "common = dict(engine=rds.DatabaseInstanceEngine.MYSQL, vpc=vpc,"
        " backup_retention=Duration.days(7))\n"
        "rds.DatabaseInstance(self, 'A', **common)\n"
        "rds.DatabaseInstance(self, 'B', **common)\n"
    )
    found = run(stack(body, IMPORTS)).first
    assert [f.reason for f in found] == [
        "the dict that holds it is used in more than one place"
    ] * 2


def test_backup_settings_of_two_clusters_are_reported() -> None:
    body = (
        "backup = rds.BackupProps(retention=Duration.days(7))\n"
        "rds.DatabaseCluster(self, 'A', engine=rds.DatabaseClusterEngine.AURORA, backup=backup)\n"
        "rds.DatabaseCluster(self, 'B', engine=rds.DatabaseClusterEngine.AURORA, backup=backup)\n"
    )
    found = run(stack(body, IMPORTS)).first
    assert len(found) == 2
    assert all(f.fix is None and "more than one place" in str(f.reason) for f in found)


def test_an_argument_that_the_caller_may_give_is_not_added() -> None:
    source = """\
from aws_cdk import Duration, aws_rds as rds


def database(scope, **kwargs):
    return rds.DatabaseInstance(scope, "D", backup_retention=Duration.days(7), **kwargs)
"""
    result = run(source)
    assert result.files["app.py"] == source.replace("days(7)", "days(0)")


def test_a_decision_about_the_deletion_of_backups_stays() -> None:
    body = primary("delete_automated_backups=self.node.try_get_context('tidy'),")
    text = run(stack(body, IMPORTS)).files["app.py"]
    assert "delete_automated_backups=self.node" in text
    assert "Duration.days(0)" in text


def test_backups_that_stay_are_no_matter_where_there_are_none() -> None:
    body = primary("delete_automated_backups=False,").replace("days(7)", "days(0)")
    assert not run(stack(body, IMPORTS)).first


def test_a_cluster_of_instances_elsewhere_named_alike_is_its_own() -> None:
    # `db_cluster_identifier` of a cluster is its own name, of an instance its membership.
    body = (
        "rds.CfnDBCluster(self, 'C', engine='aurora-mysql', db_cluster_identifier='orders',"
        " backup_retention_period=7)\n"
    )
    text = run(stack(body, IMPORTS)).files["app.py"]
    assert "backup_retention_period=1" in text


def test_the_fix_says_what_it_does_to_the_backups() -> None:
    fix = only(stack(primary(), IMPORTS)).fix
    assert fix is not None
    assert fix.impact is Impact.DATA_DIES_WITH_STACK
    assert "existing ones go" in fix.title
    assert not fix.stateful


def test_it_holds_for_ephemeral_environments_only() -> None:
    assert RULE.profiles == {Profile.EPHEMERAL}


BASE = """\
from aws_cdk import Duration, Stack


class Base(Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        self.days = 7
        self.keep = Duration.days(7)
"""


@pytest.mark.parametrize("value", ["Duration.days(self.days)", "self.keep"])
def test_what_a_base_class_of_another_file_says_is_its_decision(value: str) -> None:
    body = primary().replace("Duration.days(7)", value)
    app = stack(body, f"{IMPORTS}\nfrom base import Base").replace("Stack(Stack)", "Stack(Base)")
    app = app.replace("construct_id, **kwargs)\n\n", "construct_id)\n\n")
    assert not run({"app.py": app, "base.py": BASE}).first
    # In the same file it is mended.
    both = app.replace("from base import Base", BASE.replace("from aws_cdk import", "# "))
    assert run(both).first
