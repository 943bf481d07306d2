"""TAP018 beyond its examples: every choice, its impact, and what cannot be encrypted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.tap018_encryption import RULE
from tapfix.edits import Finding, Impact
from tapfix.knowledge.catalogue import load
from tapfix.recipes.keeping.encryption import CHOICES
from tapfix.rule import Example, Profile, Source
from tapfix.testing import Result, run_example
from tests.synthesis import normalised, synthesise

RDS = "from aws_cdk import aws_ec2 as ec2, aws_rds as rds"
CACHE = "from aws_cdk import aws_elasticache as elasticache"
SEARCH = "from aws_cdk import aws_opensearchservice as opensearch"


def run(source: Source) -> Result:
    return run_example(RULE, Example("", source))


def only(body: str, imports: str) -> Finding:
    (finding,) = run(stack(body, imports)).first
    return finding


def instance(arguments: str) -> str:
    return (
        "rds.DatabaseInstance(self, 'D', vpc=ec2.Vpc(self, 'V'),"
        f" engine=rds.DatabaseInstanceEngine.MYSQL, {arguments})\n"
    )


@pytest.mark.parametrize("name", CHOICES)
def test_each_choice_is_an_argument_of_its_class(name: str) -> None:
    catalogue = load()
    found = catalogue.construct(name)
    assert found is not None
    choice = CHOICES[name]
    assert choice.argument in found.arguments
    known = found.arguments[choice.argument].property
    assert known is None or known.lower() == choice.prop.lower()
    decided_by = {word for word in choice.decided_by if word in found.arguments}
    assert decided_by or not choice.decided_by


L1 = {
    "docdb.CfnDBCluster(self, 'R')": ("StorageEncrypted", True),
    "neptune.CfnDBCluster(self, 'R')": ("StorageEncrypted", True),
    "rds.CfnDBCluster(self, 'R', engine='aurora-mysql')": ("StorageEncrypted", True),
    "rds.CfnDBInstance(self, 'R', engine='mysql', db_instance_class='db.t4g.micro')": (
        "StorageEncrypted",
        True,
    ),
    "efs.CfnFileSystem(self, 'R')": ("Encrypted", True),
    "dynamodb.CfnTable(self, 'R', key_schema=[])": ("SSESpecification", {"SSEEnabled": True}),
    "dynamodb.CfnGlobalTable(self, 'R', key_schema=[], attribute_definitions=[], replicas=[])": (
        "SSESpecification",
        {"SSEEnabled": True},
    ),
    "opensearch.CfnDomain(self, 'R')": ("EncryptionAtRestOptions", {"Enabled": True}),
    "firehose.CfnDeliveryStream(self, 'R')": (
        "DeliveryStreamEncryptionConfigurationInput",
        {"KeyType": "AWS_OWNED_CMK"},
    ),
}


def test_l1_resources_come_out_encrypted(tmp_path: Path) -> None:
    imports = (
        "from aws_cdk import aws_docdb as docdb, aws_neptune as neptune, aws_rds as rds\n"
        "from aws_cdk import aws_efs as efs, aws_dynamodb as dynamodb\n"
        "from aws_cdk import aws_opensearchservice as opensearch\n"
        "from aws_cdk import aws_kinesisfirehose as firehose"
    )
    body = "\n".join(made.replace("'R'", f"'R{i}'") for i, made in enumerate(L1))
    text = run(stack(body, imports)).files["app.py"]
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    (tmp_path / "cdk.json").write_text('{"app": "python3 app.py"}', encoding="utf-8")
    assembly = synthesise(tmp_path)
    assert assembly.error is None
    resources = normalised(assembly.templates["Example"])["Resources"]
    for index, (prop, value) in enumerate(L1.values()):
        assert resources[f"Example/R{index}"]["Properties"][prop] == value


@pytest.mark.parametrize(
    ("body", "imports", "impact", "stateful"),
    [
        (instance(""), RDS, Impact.REPLACES, True),
        (
            instance("removal_policy=RemovalPolicy.DESTROY"),
            RDS,
            Impact.DATA_DIES_AT_NEXT_DEPLOY,
            True,
        ),
        (
            "rds.CfnDBInstance(self, 'D', engine='mysql')\n",
            RDS,
            Impact.DATA_DIES_AT_NEXT_DEPLOY,
            True,
        ),
        (
            "elasticache.CfnReplicationGroup(self, 'G', replication_group_description='G')\n",
            CACHE,
            Impact.DATA_DIES_AT_NEXT_DEPLOY,
            True,
        ),
        (
            "sqs.Queue(self, 'Q')\n",
            "from aws_cdk import aws_sqs as sqs",
            Impact.IN_PLACE,
            False,
        ),
        (
            "efs.FileSystem(self, 'F', vpc=ec2.Vpc(self, 'V'))\n",
            "from aws_cdk import aws_ec2 as ec2, aws_efs as efs",
            Impact.NONE,
            False,
        ),
    ],
)
def test_impact(body: str, imports: str, impact: Impact, stateful: bool) -> None:
    fix = only(body, imports).fix
    assert fix is not None
    assert (fix.impact, fix.stateful) == (impact, stateful)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("instance_type=ec2.InstanceType('t2.micro')", "t2.micro"),
        (
            "instance_type=ec2.InstanceType.of(ec2.InstanceClass.BURSTABLE2,"
            " ec2.InstanceSize.MICRO)",
            "t2.micro",
        ),
        ("instance_type=ec2.InstanceType('m1.small')", "m1.small"),
        ("instance_type=ec2.InstanceType(self.node.try_get_context('t'))", "not in the source"),
        ("instance_type=self.size", "not in the source"),
    ],
)
def test_instances_that_cannot_be_encrypted_are_reported(arguments: str, words: str) -> None:
    finding = only(instance(arguments), RDS)
    assert finding.fix is None
    assert words in str(finding.reason)


@pytest.mark.parametrize("kind", ["t2.small", "t3.micro", "r5.large"])
def test_other_instances_are_encrypted(kind: str) -> None:
    assert only(instance(f"instance_type=ec2.InstanceType('{kind}')"), RDS).fix is not None


def test_sql_server_express_is_reported() -> None:
    body = instance("").replace("Engine.MYSQL", "Engine.SQL_SERVER_EX")
    assert "Express" in str(only(body, RDS).reason)


def test_the_source_of_a_read_replica_is_reported() -> None:
    body = (
        f"vpc = ec2.Vpc(self, 'V')\nprimary = {instance('')}".replace("ec2.Vpc(self, 'V'),", "vpc,")
        + "rds.DatabaseInstanceReadReplica(self, 'R', source_database_instance=primary,"
        " instance_type=ec2.InstanceType('t4g.micro'), vpc=vpc)\n"
    )
    assert "together" in str(only(body, RDS).reason)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("cache_node_type='cache.m1.small'", "cache.m1.small"),
        ("engine_version='2.8.24'", "2.8.24"),
        ("engine_version='3.2.10'", "3.2.10"),
        ("engine_version='3.2.6'", None),
        ("engine_version='7.1'", None),
    ],
)
def test_replication_groups(arguments: str, words: str | None) -> None:
    body = (
        "elasticache.CfnReplicationGroup(self, 'G', replication_group_description='G',"
        f" {arguments})\n"
    )
    finding = only(body, CACHE)
    assert (finding.fix is None) is (words is not None)
    assert words is None or words in str(finding.reason)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("version=opensearch.EngineVersion.ELASTICSEARCH_5_6", "version"),
        ("version=opensearch.EngineVersion.ELASTICSEARCH_7_10", None),
        ("version=opensearch.EngineVersion.open_search('2.19')", None),
        ("version=self.version", "version"),
        (
            "version=opensearch.EngineVersion.OPENSEARCH_2_19,"
            " capacity=opensearch.CapacityConfig(data_node_instance_type='t2.small.search')",
            "instance type",
        ),
        (
            "version=opensearch.EngineVersion.OPENSEARCH_2_19,"
            " capacity={'data_node_instance_type': 'r6g.large.search', 'data_nodes': 2}",
            None,
        ),
        (
            "version=opensearch.EngineVersion.OPENSEARCH_2_19,"
            " capacity=opensearch.CapacityConfig(warm_nodes=2)",
            "warm",
        ),
        (
            "version=opensearch.EngineVersion.OPENSEARCH_2_19, capacity=self.capacity",
            "instance types",
        ),
        ("version=opensearch.EngineVersion.OPENSEARCH_2_19, cold_storage_enabled=True", "cold"),
    ],
)
def test_domains(arguments: str, words: str | None) -> None:
    finding = only(f"opensearch.Domain(self, 'D', {arguments})\n", SEARCH)
    assert (finding.fix is None) is (words is not None)
    assert words is None or words in str(finding.reason)


def test_an_l1_domain_with_dicts() -> None:
    body = "opensearch.CfnDomain(self, 'D', cluster_config={'instanceType': 't2.small.search'})\n"
    assert "instance type" in str(only(body, SEARCH).reason)


def test_volumes_are_reported() -> None:
    body = "ec2.CfnVolume(self, 'V', availability_zone='eu-west-1a', size=8)\n"
    finding = only(body, "from aws_cdk import aws_ec2 as ec2")
    assert finding.fix is None
    assert "CloudFormation" in str(finding.reason)


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        ("sns.CfnTopic(self, 'T')\n", "from aws_cdk import aws_sns as sns"),
        (
            "cloudtrail.CfnTrail(self, 'T', is_logging=True, s3_bucket_name='b')\n",
            "from aws_cdk import aws_cloudtrail as cloudtrail",
        ),
        ("elasticache.CfnCacheCluster(self, 'C', engine='redis')\n", CACHE),
    ],
)
def test_what_takes_only_keys_is_noted(body: str, imports: str) -> None:
    finding = only(body, imports)
    assert finding.note
    assert finding.fix is None


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        ("elasticache.CfnCacheCluster(self, 'C', engine='memcached')\n", CACHE),
        (
            "sns.Topic(self, 'T', master_key=self.key)\n",
            "from aws_cdk import aws_sns as sns",
        ),
        (
            "q = sqs.Queue(self, 'Q')\nq.node.default_child.kms_master_key_id = 'alias/aws/sqs'\n",
            "from aws_cdk import aws_sqs as sqs",
        ),
        (
            "table = dynamodb.TableV2(self, 'T', partition_key=self.key)\n"
            "dynamodb.TableV2MultiAccountReplica(self, 'R', replica_source_table=table)\n",
            "from aws_cdk import aws_dynamodb as dynamodb",
        ),
        (
            "rds.CfnDBCluster(self, 'C', engine='aurora-mysql', snapshot_identifier='s')\n",
            RDS,
        ),
        (
            "opensearch.Domain(self, 'D', version=opensearch.EngineVersion.OPENSEARCH_2_19,"
            " use_unsigned_basic_auth=True)\n",
            SEARCH,
        ),
    ],
)
def test_silent(body: str, imports: str) -> None:
    assert not run(stack(body, imports)).first


def test_it_holds_for_every_environment() -> None:
    assert RULE.profiles == set(Profile)
