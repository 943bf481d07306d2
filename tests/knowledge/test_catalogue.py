"""Look-ups in the catalogue, and facts that a CDK engineer knows by heart."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from importlib import metadata

import pytest

from tapfix.knowledge.catalogue import Catalogue, ConstructClass, load


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def construct(name: str) -> ConstructClass:
    found = load().construct(name)
    assert found is not None, name
    return found


def test_versions_are_those_of_the_installed_packages(catalogue: Catalogue) -> None:
    for package in ("aws-cdk-lib", "aws-cdk.aws-lambda-python-alpha", "cfn-lint"):
        assert catalogue.versions[package] == metadata.version(package)
    assert catalogue.versions["schemas"] > "2026"


@pytest.mark.parametrize("name", ["aws_s3.Bucket", "aws_cdk.aws_s3.Bucket"])
def test_a_class_is_found_with_and_without_its_package(catalogue: Catalogue, name: str) -> None:
    bucket = catalogue.construct(name)
    assert bucket is not None
    assert bucket.name == "aws_s3.Bucket"
    assert bucket.level == 2
    assert bucket.base == "aws_s3.BucketBase"
    assert bucket.ancestors == ("aws_s3.BucketBase", "Resource")
    assert bucket.resource == "AWS::S3::Bucket"
    assert bucket.props == "aws_s3.BucketProps"
    assert bucket.positional == ("scope", "id")


@pytest.mark.parametrize(
    "name",
    ["", "Bucket", "aws_s3", "aws_s3.", "aws_s3.Bucked", "aws_s3.BucketProps", "other.Bucket", "."],
)
def test_what_is_no_class_is_none(catalogue: Catalogue, name: str) -> None:
    assert catalogue.construct(name) is None
    assert catalogue.callee(name) is None
    assert not catalogue.is_a(name, "Resource")


def test_names_without_a_service(catalogue: Catalogue) -> None:
    assert construct("aws_cdk.Stack").name == "Stack"
    assert "stack_name" in construct("Stack").arguments
    assert construct("NestedStack").is_a("aws_cdk.Stack")
    assert construct("CfnOutput").level == 2
    assert "export_name" in construct("CfnOutput").arguments
    assert catalogue.struct("Environment") is not None


def test_a_generated_class() -> None:
    table = construct("aws_dynamodb.CfnTable")
    assert (table.level, table.base, table.resource) == (1, "CfnResource", "AWS::DynamoDB::Table")
    assert table.arguments["sse_specification"].property == "SSESpecification"
    assert table.arguments["key_schema"].required
    assert table.arguments["key_schema"].type == "list[aws_dynamodb.CfnTable.KeySchemaProperty]"


def test_classes_that_are_no_constructs_are_told_apart(catalogue: Catalogue) -> None:
    source = catalogue.callee("aws_lambda_event_sources.KinesisEventSource")
    assert source is not None
    assert not source.is_construct
    assert source.positional == ("stream",)
    assert {"retry_attempts", "bisect_batch_on_error", "on_failure"} <= source.arguments.keys()
    assert source.arguments["starting_position"].required
    assert catalogue.construct("aws_lambda_event_sources.KinesisEventSource") is None
    assert (
        "bisect_batch_on_error"
        not in (catalogue.callee("aws_lambda_event_sources.SqsEventSource") or source).arguments
    )


def test_arguments_come_in_the_order_of_the_signature() -> None:
    function = list(construct("aws_lambda.Function").arguments)
    assert function[:4] == ["code", "handler", "runtime", "adot_instrumentation"]
    assert function[-1] == "retry_attempts"


def test_a_positional_parameter_that_meets_a_keyword_gives_way() -> None:
    assert construct("aws_wafv2.CfnWebACL").positional == ("scope_", "id")
    assert construct("aws_apigateway.CfnBasePathMapping").positional == ("scope", "id_")


def test_types_required_and_deprecated() -> None:
    arguments = construct("aws_rds.DatabaseInstance").arguments
    assert arguments["engine"].required
    assert arguments["engine"].type == "aws_rds.IInstanceEngine"
    assert arguments["backup_retention"].type == "aws_cdk.Duration"
    assert arguments["removal_policy"].type == "aws_cdk.RemovalPolicy"
    assert arguments["multi_az"].type == "bool"
    assert arguments["vpc"].type == "aws_ec2.IVpc"
    assert construct("aws_lambda.Function").arguments["log_retention"].deprecated
    assert construct("aws_s3.Bucket").arguments["versioned"].default == (
        "false (unless object lock is enabled, then true)"
    )


def test_structs(catalogue: Catalogue) -> None:
    backup = catalogue.struct("aws_rds.BackupProps")
    assert backup is not None
    assert list(backup) == ["retention", "preferred_window"]
    assert backup["retention"].required
    rule = catalogue.struct("aws_s3.CfnBucket.RuleProperty")
    assert rule is not None
    assert rule["transition"].type == "aws_s3.CfnBucket.TransitionProperty"
    assert rule["transitions"].type == "list[aws_s3.CfnBucket.TransitionProperty]"
    assert rule["expiration_in_days"].type == "number"
    assert rule["id"].type == "str"
    assert catalogue.struct("aws_s3.CfnBucket.NoProperty") is None
    assert catalogue.struct("aws_s3.Bucket") is None


def test_from_a_struct_to_its_classes(catalogue: Catalogue) -> None:
    assert catalogue.class_of_props("aws_s3.BucketProps") == ("aws_s3.Bucket",)
    assert catalogue.class_of_props("aws_s3.CfnBucketProps") == ("aws_s3.CfnBucket",)
    assert "aws_config.ManagedRule" in catalogue.class_of_props("aws_config.ManagedRuleProps")
    assert catalogue.class_of_props("aws_rds.BackupProps") == ()
    assert catalogue.class_of_props("aws_s3.NoProps") == ()


def test_members_of_enums_and_constants_of_classes(catalogue: Catalogue) -> None:
    assert {"DESTROY", "RETAIN", "SNAPSHOT"} < {*catalogue.members("RemovalPolicy")}
    assert "S3_MANAGED" in catalogue.members("aws_s3.BucketEncryption")
    assert "PYTHON_3_13" in catalogue.members("aws_lambda.Runtime")
    assert catalogue.members("aws_s3.Bucket") == ()
    assert catalogue.members("nothing.AtAll") == ()


def test_what_a_star_import_brings(catalogue: Catalogue) -> None:
    exported = catalogue.exports("aws_s3")
    assert {"Bucket", "BucketProps", "BucketEncryption", "IBucket", "CfnBucket"} <= exported
    assert "CfnBucket.RuleProperty" not in exported
    assert "RuleProperty" not in exported
    assert {"Stack", "RemovalPolicy", "aws_s3", "Duration"} <= catalogue.exports("aws_cdk")
    assert "aws_lambda_python_alpha" not in catalogue.exports("aws_cdk")
    assert catalogue.exports("requests") == frozenset()


def test_which_classes_take_an_argument(catalogue: Catalogue) -> None:
    protected = catalogue.taking("deletion_protection")
    assert {"aws_rds.DatabaseInstance", "aws_rds.CfnDBCluster", "aws_dynamodb.TableV2"} <= {
        *protected
    }
    assert "aws_s3.Bucket" not in protected
    assert list(protected) == sorted(protected)
    assert "NestedStack" in catalogue.taking("removal_policy")
    assert catalogue.taking("removal") == ()


@pytest.mark.parametrize(
    ("name", "argument", "unique"),
    [
        ("aws_apigateway.RestApi", "rest_api_name", False),
        ("aws_cognito.UserPool", "user_pool_name", False),
        ("aws_ecs.FargateTaskDefinition", "family", True),
        ("aws_elasticache.CfnCacheCluster", "cluster_name", True),
        ("aws_elasticache.CfnReplicationGroup", "replication_group_id", True),
        ("aws_elasticache.CfnSubnetGroup", "cache_subnet_group_name", True),
        ("aws_events.EventBus", "event_bus_name", True),
        ("aws_iam.ManagedPolicy", "managed_policy_name", True),
        ("aws_iam.Role", "role_name", True),
        ("aws_lambda.Function", "function_name", True),
        ("aws_lambda.SingletonFunction", "function_name", True),
        ("aws_lambda_python_alpha.PythonFunction", "function_name", True),
        ("aws_logs.CfnLogGroup", "log_group_name", True),
        ("aws_rds.CfnDBInstance", "db_instance_identifier", True),
        ("aws_rds.DatabaseCluster", "cluster_identifier", True),
        ("aws_rds.DatabaseInstance", "instance_identifier", True),
        ("aws_ssm.StringParameter", "parameter_name", True),
        ("aws_ec2.Vpc", "vpc_name", False),
    ],
)
def test_physical_names(name: str, argument: str, unique: bool) -> None:
    found = construct(name)
    assert (found.name_argument, found.name_unique) == (argument, unique)


@pytest.mark.parametrize(
    "name",
    [
        "aws_ec2.CfnVPC",
        "aws_kms.Key",
        "aws_lambda.EventSourceMapping",
        "aws_lambda.CfnPermission",
        "aws_route53.ARecord",
        "aws_route53.CfnHostedZone",
        "aws_route53.CfnRecordSet",
        "aws_route53.HostedZone",
        "aws_certificatemanager.CfnCertificate",
        "aws_servicediscovery.PrivateDnsNamespace",
        "aws_apigateway.DomainName",
        "aws_eks.ServiceAccount",
    ],
)
def test_classes_without_a_physical_name(name: str) -> None:
    assert construct(name).name_argument is None


def test_names_that_belong_below_a_parent() -> None:
    assert construct("aws_lambda.Alias").name_within == "FunctionName"
    assert construct("aws_apigateway.Stage").name_within == "RestApiId"
    assert construct("aws_logs.LogStream").name_within == "LogGroupName"
    assert not construct("aws_lambda.Alias").name_unique
    assert construct("aws_s3.CfnAccessPoint").name_within is None


def test_names_of_what_a_pattern_makes() -> None:
    pattern = construct("aws_ecs_patterns.ApplicationLoadBalancedFargateService")
    assert pattern.name_argument is None
    assert pattern.other_names == ("service_name", "load_balancer_name")
    assert pattern.arguments["load_balancer_name"].max_length == 32


def test_name_tags_made_of_the_path() -> None:
    tagged = ("aws_ec2.Vpc", "aws_ec2.Instance", "aws_autoscaling.AutoScalingGroup")
    assert all(construct(name).tagged_by_id for name in tagged)
    assert not construct("aws_s3.Bucket").tagged_by_id


@pytest.mark.parametrize(
    ("name", "argument", "length"),
    [
        ("aws_s3.Bucket", "bucket_name", 63),
        ("aws_lambda.Function", "function_name", 64),
        ("aws_lambda.CfnFunction", "function_name", 64),
        ("aws_iam.Role", "role_name", 64),
        ("aws_rds.DatabaseInstance", "instance_identifier", 63),
        ("aws_elasticache.CfnReplicationGroup", "replication_group_id", 40),
        ("aws_elasticloadbalancingv2.ApplicationLoadBalancer", "load_balancer_name", 32),
        ("aws_elasticloadbalancingv2.CfnTargetGroup", "name", 32),
        ("aws_opensearchservice.Domain", "domain_name", 28),
        ("aws_stepfunctions.StateMachine", "state_machine_name", 80),
        ("aws_kinesis.Stream", "stream_name", 128),
        ("aws_events.Rule", "rule_name", 64),
    ],
)
def test_lengths_of_names(name: str, argument: str, length: int) -> None:
    assert construct(name).arguments[argument].max_length == length


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("aws_s3.Bucket", "bucket_name"),
        ("aws_kinesis.Stream", "stream_name"),
        ("aws_rds.DatabaseInstance", "storage_encrypted"),
        ("aws_rds.DatabaseInstance", "database_name"),
        ("aws_rds.CfnDBCluster", "storage_encrypted"),
        ("aws_ec2.SecurityGroup", "description"),
        ("aws_efs.FileSystem", "encrypted"),
        ("aws_dynamodb.CfnTable", "table_name"),
        ("aws_elasticache.CfnReplicationGroup", "at_rest_encryption_enabled"),
    ],
)
def test_changes_that_replace(name: str, argument: str) -> None:
    found = construct(name).arguments[argument]
    assert found.replaces
    assert not found.replaces_sometimes


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("aws_s3.Bucket", "versioned"),
        ("aws_kinesis.Stream", "shard_count"),
        ("aws_rds.DatabaseInstance", "deletion_protection"),
        ("aws_rds.DatabaseInstance", "removal_policy"),
        ("aws_lambda.Function", "memory_size"),
        ("aws_lambda.Function", "runtime"),
        ("aws_elasticache.CfnReplicationGroup", "snapshot_retention_limit"),
        ("aws_cognito.UserPool", "user_pool_name"),
    ],
)
def test_changes_in_place(name: str, argument: str) -> None:
    assert not construct(name).arguments[argument].replaces


def test_changes_that_replace_only_sometimes() -> None:
    retention = construct("aws_rds.DatabaseInstance").arguments["backup_retention"]
    assert retention.replaces
    assert retention.replaces_sometimes


@pytest.mark.parametrize(
    ("name", "policy", "stateful"),
    [
        ("aws_s3.Bucket", "RETAIN", True),
        ("aws_sqs.Queue", "DESTROY", True),
        ("aws_secretsmanager.Secret", "DESTROY", True),
        ("aws_rds.DatabaseCluster", "SNAPSHOT", True),
        ("aws_rds.CfnDBInstance", "SNAPSHOT", True),
        ("aws_s3.CfnBucket", None, True),
        ("aws_elasticache.CfnReplicationGroup", None, True),
        ("aws_sns.Topic", None, False),
        ("aws_iam.Role", None, False),
        ("aws_lambda.Function", None, False),
        ("aws_stepfunctions.StateMachine", "DESTROY", False),
        ("aws_rds.ParameterGroup", "DESTROY", False),
        ("aws_eks.Cluster", "DESTROY", False),
    ],
)
def test_removal_policies_and_state(name: str, policy: str | None, stateful: bool) -> None:
    found = construct(name)
    assert (found.default_removal, found.stateful) == (policy, stateful)


def test_every_class_that_takes_a_removal_policy_has_a_default(catalogue: Catalogue) -> None:
    without = {
        name
        for name in catalogue.taking("removal_policy")
        if (cls := catalogue.construct(name)) and cls.default_removal is None
    }
    assert without == set()


def test_every_entry_can_be_read(catalogue: Catalogue) -> None:
    from tapfix.knowledge.shelves import ROOT, shelf

    classes = 0
    for module in catalogue.modules:
        prefix = "" if module == ROOT else f"{module}."
        raw = shelf(module)
        for local in raw.classes:
            cls = catalogue.callee(prefix + local)
            assert cls is not None
            assert {cls.name_argument, *cls.other_names} - {None} <= cls.arguments.keys()
            assert all(catalogue.callee(base) is not None for base in cls.ancestors)
            classes += 1
        nested = (f"{o}.{n}Property" for o, names in raw.nested.items() for n in names)
        assert all(catalogue.struct(prefix + name) is not None for name in (*raw.structs, *nested))
    assert classes > 3000


def test_entries_are_values() -> None:
    bucket = construct("aws_s3.Bucket")
    assert pickle.loads(pickle.dumps(bucket)) == bucket
    assert len({bucket, construct("aws_cdk.aws_s3.Bucket"), construct("aws_s3.CfnBucket")}) == 2


def test_loading_starts_no_other_library() -> None:
    program = (
        "import sys; from tapfix.knowledge.catalogue import load;"
        "load().construct('aws_s3.Bucket');"
        "print(sorted({'aws_cdk', 'jsii', 'libcst', 'typer', 'black', 'cfnlint'} & {*sys.modules}))"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", program]
    result = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True, env=environment
    )
    assert result.stdout == "[]\n"
