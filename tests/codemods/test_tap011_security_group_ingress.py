"""TAP011 beyond its examples: real templates, two stacks, rules in other words."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tapfix.codemods.examples.functions import app, function
from tapfix.codemods.examples.tap011_security_group_ingress import (
    DATABASE_GROUP,
    GROUPED,
    HOST,
    IDLE,
    IN_VPC,
    POSTGRES,
    REDIS,
    VPC,
    WORKER_GROUP,
)
from tapfix.codemods.tap011_security_group_ingress import RULE
from tapfix.edits import Finding
from tapfix.rule import Example
from tapfix.testing import run_example
from tests import network
from tests.stacks import two_stacks

IN_FIRST = ("vpc=first.vpc", HOST.replace("database.", "first.database."))


def findings(files: dict[str, str]) -> tuple[Finding, ...]:
    return run_example(RULE, Example("", files)).first


def test_the_broken_app(tmp_path: Path) -> None:
    templates = network.mended(RULE, network.BROKEN / "security_group_ingress", tmp_path)
    ((group, port),) = network.ports_let_in(templates)
    assert group.startswith("ProbeGroup")
    assert port == 5432


@pytest.mark.parametrize("own_group", [True, False], ids=["own group", "CDK's group"])
@pytest.mark.parametrize("store_group", [True, False], ids=["store's own", "store's CDK's"])
def test_two_stacks(own_group: bool, store_group: bool, tmp_path: Path) -> None:
    first = "self.vpc = ec2.Vpc(self, 'Network', max_azs=2)\n"
    database = POSTGRES.replace("database = ", "self.database = ").replace(
        "vpc=vpc", "vpc=self.vpc"
    )
    if store_group:
        first += "self.group = ec2.SecurityGroup(self, 'Group', vpc=self.vpc)\n"
        database = database.replace("vpc,\n", "vpc,\n    security_groups=[self.group],\n")
    second = "group = ec2.SecurityGroup(self, 'Mine', vpc=first.vpc)\n" if own_group else ""
    second += function(*IN_FIRST, *(["security_groups=[group]"] if own_group else []))
    templates = network.mended(RULE, two_stacks(first + database, second, IDLE), tmp_path)
    assert not network.rules({"First": templates["First"]})
    assert len(network.rules({"Second": templates["Second"]})) == 1


THREE_STACKS = """\
from aws_cdk import App, Stack, aws_ec2 as ec2, aws_lambda as lambda_, aws_rds as rds


class Network(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.vpc = ec2.Vpc(self, "Network", max_azs=2)
        self.jobs_group = ec2.SecurityGroup(self, "Jobs", vpc=self.vpc{closed})


class Data(Stack):
    def __init__(self, scope, construct_id, network: Network):
        super().__init__(scope, construct_id)
        self.group = ec2.SecurityGroup(self, "Group", vpc=network.vpc)
        self.database = rds.DatabaseInstance(
            self,
            "Database",
            engine=rds.DatabaseInstanceEngine.POSTGRES,
            vpc=network.vpc,{groups}
        )


class Jobs(Stack):
    def __init__(self, scope, construct_id, network: Network, data: Data):
        super().__init__(scope, construct_id)
        lambda_.Function(
            self,
            "Worker",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("worker"),
            vpc=network.vpc,
            security_groups=[network.jobs_group],
            environment={{"DB_HOST": data.database.db_instance_endpoint_address}},
        )


app = App()
network = Network(app, "Network")
data = Data(app, "Data", network)
Jobs(app, "Jobs", network, data)
app.synth()
"""


@pytest.mark.parametrize("groups", ["", "\n            security_groups=[self.group],"])
@pytest.mark.parametrize("closed", ["", ", allow_all_outbound=False"])
def test_a_group_of_a_stack_that_the_data_store_s_waits_for(
    groups: str, closed: str, tmp_path: Path
) -> None:
    """A rule beside that group would make each of the two stacks wait for the other."""
    source = THREE_STACKS.format(groups=groups, closed=closed)
    templates = network.mended(RULE, {"app.py": source, "worker/worker.py": IDLE}, tmp_path)
    assert len(network.rules({"Data": templates["Data"]})) == 1
    assert not network.rules({"Network": templates["Network"]})


def cached_elsewhere(made: str) -> dict[str, str]:
    """A function in one stack, the cache that it asks in another that keeps its group to itself."""
    first = "self.vpc = vpc = ec2.Vpc(self, 'Network', max_azs=2)\n"
    first += "database_group = ec2.SecurityGroup(self, 'Closed', vpc=vpc)\n"
    first += REDIS.replace("cache = ", "self.cache = ").replace("vpc.", "self.vpc.")
    return two_stacks(first, made, IDLE)


ASKING = (
    "vpc=first.vpc",
    'environment={"CACHE_HOST": first.cache.attr_primary_end_point_address}',
)


def test_a_cache_elsewhere_tells_the_id_of_its_group(tmp_path: Path) -> None:
    files = cached_elsewhere(function(*ASKING))
    templates = network.mended(RULE, files, tmp_path)
    assert not network.rules({"First": templates["First"]})
    assert len(network.rules({"Second": templates["Second"]})) == 1
    ((_, port),) = network.ports_let_in(templates)
    assert port == 6379


def test_an_id_cannot_be_had_for_each_turn_of_a_loop() -> None:
    made = function(*ASKING).replace('"Worker"', 'f"Worker{number}"')
    loop = "for number in range(2):\n" + textwrap.indent(made, "    ")
    (found,) = findings(cached_elsewhere(loop))
    assert found.fix is None
    assert "nothing beside the function leads to" in str(found.reason)


def test_stacks_that_would_wait_for_each_other() -> None:
    first = "self.vpc = ec2.Vpc(self, 'Network', max_azs=2)\n" + function(
        "vpc=self.vpc", name="self.worker = "
    )
    second = POSTGRES.replace("vpc=vpc", "vpc=first.vpc")
    handler = "import psycopg2\n\n\ndef handler(event, context):\n    psycopg2.connect(event)\n"
    (found,) = findings(two_stacks(first, second, handler))
    assert found.fix is None
    assert "wait for" in str(found.reason)


def test_a_helper_method_that_opens_the_way() -> None:
    made = app(VPC, DATABASE_GROUP, WORKER_GROUP, GROUPED, function(*IN_VPC), handler=IDLE)
    helper = """\


def open_way(target, caller):
    target.add_ingress_rule(caller, ec2.Port.tcp(5432))


class"""
    text = made["app.py"].replace("\n\n\nclass", helper, 1)
    call = "        open_way(database_group, worker_group)\n\n\napp = App()"
    made["app.py"] = text.replace("\n\n\napp = App()", f"\n{call}")
    assert findings(made) == ()


def test_a_database_and_a_cache_get_a_rule_each(tmp_path: Path) -> None:
    environment = (
        'environment={\n    "DB_HOST": database.db_instance_endpoint_address,\n'
        '    "CACHE": cache.attr_primary_end_point_address,\n}'
    )
    made = function("vpc=vpc", "security_groups=[worker_group]", environment)
    files = app(VPC, DATABASE_GROUP, WORKER_GROUP, GROUPED, REDIS, made, handler=IDLE)
    assert len(findings(files)) == 2
    found = network.ports_let_in(network.mended(RULE, files, tmp_path))
    assert {port for _, port in found} == {5432, 6379}


def test_a_function_that_a_helper_returns(tmp_path: Path) -> None:
    made = function(*IN_VPC, name="return ").replace("vpc=vpc", "vpc=self.vpc")
    made = made.replace("[worker", "[self.worker").replace("database.db", "self.database.db")
    first = f"{VPC}\n{DATABASE_GROUP}\n{WORKER_GROUP}\n{GROUPED}"
    for name in ("vpc", "database_group", "worker_group", "database"):
        first = first.replace(f"{name} = ", f"self.{name} = ")
    first = first.replace("vpc=vpc", "vpc=self.vpc").replace(
        "[database_group", "[self.database_group"
    )
    files = app(f"{first}\nself.worker()", handler=IDLE)
    body = "\n".join(f"        {line}" if line else "" for line in made.splitlines())
    method = f"\n\n    def worker(self):\n{body}\n\n\napp = App()"
    files["app.py"] = files["app.py"].replace("\n\n\napp = App()", method)
    ((_, port),) = network.ports_let_in(network.mended(RULE, files, tmp_path))
    assert port == 5432


def test_a_function_that_waits_for_the_database_needs_a_group_of_its_own() -> None:
    made = (VPC, POSTGRES, function("vpc=vpc", HOST), "worker.node.add_dependency(database)")
    (found,) = findings(app(*made, handler=IDLE))
    assert found.fix is None
    assert "group of its own" in str(found.reason)


def test_what_a_trigger_runs_before_is_let_in_by_nothing() -> None:
    trigger = """\
from aws_cdk import triggers
triggers.TriggerFunction(
    self,
    "Schema",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="worker.handler",
    code=lambda_.Code.from_asset("worker"),
    execute_after=[database],
    execute_before=[worker],
)
"""
    made = (VPC, WORKER_GROUP, POSTGRES, function(*IN_VPC), trigger)
    found = [one for one in findings(app(*made, handler=IDLE)) if '"Worker"' in one.message]
    assert [one.fix is not None for one in found] == [True]


def test_with_a_group_of_its_own_it_may_wait(tmp_path: Path) -> None:
    made = (VPC, WORKER_GROUP, POSTGRES, function(*IN_VPC), "worker.node.add_dependency(database)")
    network.mended(RULE, app(*made, handler=IDLE), tmp_path)
