"""The deployer does what CloudFormation and the services do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from tests.rehearsal.assembly import App, synthesised
from tests.rehearsal.cloud import Cloud, account, client
from tests.rehearsal.deployer import bootstrap, deploy, destroy
from tests.rehearsal.kinds import Unsupported
from tests.rehearsal.remains import inventory
from tests.rehearsal.stack import DeployFailed, Stack
from tests.rehearsal.use import own_functions, provider_functions, use

Resource = dict[str, Any]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with account(managed_policies=False) as cloud:
        bootstrap()
        yield cloud


def app(name: str = "one", outputs: Mapping[str, Any] = {}, /, **resources: Resource) -> App:
    """An app of one stack."""
    return App({name: {"Resources": resources, "Outputs": outputs}}, {}, {})


def resource(kind: str, policy: str = "", /, **properties: Any) -> Resource:
    return {
        "Type": f"AWS::{kind}",
        "Properties": properties,
        **({"DeletionPolicy": policy} if policy else {}),
    }


def refused(cloud: Cloud, what: App, prefix: str = "") -> str:
    """Why an app cannot be deployed."""
    with pytest.raises(DeployFailed) as failed:
        deploy(cloud, what, prefix=prefix)
    assert failed.value.left == []
    return str(failed.value)


ALLOWED: Resource = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}
SUBNETS = {
    "vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16"),
    "a": resource(
        "EC2::Subnet",
        VpcId={"Ref": "vpc"},
        CidrBlock="10.0.0.0/24",
        AvailabilityZone={"Fn::Select": [0, {"Fn::GetAZs": ""}]},
    ),
    "b": resource(
        "EC2::Subnet",
        VpcId={"Ref": "vpc"},
        CidrBlock="10.0.1.0/24",
        AvailabilityZone={"Fn::Select": ["1", {"Fn::GetAZs": ""}]},
    ),
}
PLACES = [{"Ref": "a"}, {"Ref": "b"}]
FUNCTION = {
    "role": resource("IAM::Role", **ALLOWED),
    "function": resource(
        "Lambda::Function",
        FunctionName="worker",
        Role={"Fn::GetAtt": ["role", "Arn"]},
        Runtime="python3.12",
        Handler="index.handler",
        Code={"ZipFile": "def handler(event, context): pass"},
    ),
}


def database(policy: str = "", /, **more: Any) -> Resource:
    properties = {
        "DBInstanceIdentifier": "orders",
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "AllocatedStorage": "20",
        "MasterUsername": "admin",
        "MasterUserPassword": "not-a-secret",
        **more,
    }
    return resource("RDS::DBInstance", policy, **properties)


KEY = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
CACHE = {"Engine": "redis", "CacheNodeType": "cache.t3.micro", "NumCacheNodes": 1}
GROUPS = {"DBSubnetGroupDescription": "x", "SubnetIds": PLACES}
NAMED: dict[str, dict[str, Resource]] = {
    "my-bucket": {"x": resource("S3::Bucket", BucketName="my-bucket")},
    "my-stream": {"x": resource("Kinesis::Stream", Name="my-stream", ShardCount=1)},
    "my-table": {"x": resource("DynamoDB::Table", TableName="my-table", **KEY)},
    "my-repository": {"x": resource("ECR::Repository", RepositoryName="my-repository")},
    "my-queue": {"x": resource("SQS::Queue", QueueName="my-queue")},
    "my-group": {"x": resource("Logs::LogGroup", LogGroupName="my-group")},
    "my-secret": {"x": resource("SecretsManager::Secret", Name="my-secret", SecretString="x")},
    "my-role": {"x": resource("IAM::Role", RoleName="my-role", **ALLOWED)},
    "worker": FUNCTION,
    "my-rule": {"x": resource("Events::Rule", Name="my-rule", ScheduleExpression="rate(1 day)")},
    "my-bus": {"x": resource("Events::EventBus", Name="my-bus")},
    "orders": {"x": database("Delete")},
    "my-cluster": {
        "x": resource(
            "RDS::DBCluster",
            "Delete",
            DBClusterIdentifier="my-cluster",
            Engine="aurora-postgresql",
            MasterUsername="admin",
            MasterUserPassword="not-a-secret",
        )
    },
    "my-subnets": {
        **SUBNETS,
        "x": resource("RDS::DBSubnetGroup", DBSubnetGroupName="my-subnets", **GROUPS),
    },
    "my-cache-subnets": {
        **SUBNETS,
        "x": resource(
            "ElastiCache::SubnetGroup",
            CacheSubnetGroupName="my-cache-subnets",
            Description="x",
            SubnetIds=PLACES,
        ),
    },
    "my-cache": {"x": resource("ElastiCache::CacheCluster", ClusterName="my-cache", **CACHE)},
    "my-caches": {
        "x": resource(
            "ElastiCache::ReplicationGroup",
            ReplicationGroupId="my-caches",
            ReplicationGroupDescription="x",
            CacheNodeType="cache.t3.micro",
            Engine="valkey",
        )
    },
    "my-serverless": {
        "x": resource(
            "ElastiCache::ServerlessCache", ServerlessCacheName="my-serverless", Engine="valkey"
        )
    },
    "my-balancer": {
        **SUBNETS,
        "gateway": resource("EC2::InternetGateway"),
        "x": resource("ElasticLoadBalancingV2::LoadBalancer", Name="my-balancer", Subnets=PLACES),
    },
}


@pytest.mark.parametrize("name", NAMED)
def test_a_name_is_taken_until_its_stack_is_gone(cloud: Cloud, name: str) -> None:
    before = inventory(cloud)
    first = deploy(cloud, app(**NAMED[name]))
    used = inventory(cloud)
    with pytest.raises(DeployFailed) as failed:
        deploy(cloud, app(**NAMED[name]), prefix="other-")
    assert [one.name for one in failed.value.failures] == [name]
    assert inventory(cloud) == used
    assert destroy(first) == []
    assert inventory(cloud) == before
    assert destroy(deploy(cloud, app(**NAMED[name]), prefix="other-")) == []


def test_security_groups_have_names_of_their_own_in_each_network(cloud: Cloud) -> None:
    group = resource("EC2::SecurityGroup", GroupName="g", GroupDescription="x")
    group["Properties"]["VpcId"] = {"Ref": "vpc"}
    one = app(vpc=SUBNETS["vpc"], g=group)
    assert destroy(deploy(cloud, one) + deploy(cloud, one, prefix="other-")) == []
    assert "'g' already exists" in refused(cloud, app(vpc=SUBNETS["vpc"], g=group, h=group))


def test_a_failed_stack_is_rolled_back_and_says_all_that_was_in_the_way(cloud: Cloud) -> None:
    taken = {**NAMED["my-bucket"], "y": NAMED["my-queue"]["x"]}
    deploy(cloud, app(**taken))
    used = inventory(cloud)
    mine = resource("SQS::Queue", QueueName="mine")
    later = resource("Logs::LogGroup", LogGroupName={"Ref": "x"})  # is not begun
    more = {"z": mine, "later": later, **taken}
    with pytest.raises(DeployFailed) as failed:
        deploy(cloud, app("two", **more))
    assert {one.name for one in failed.value.failures} == {"my-bucket", "my-queue"}
    assert inventory(cloud) == used
    more["z"]["DeletionPolicy"] = "RetainExceptOnCreate"
    refused(cloud, app("two", **more))
    assert inventory(cloud) == used
    more["z"]["DeletionPolicy"] = "Retain"
    refused(cloud, app("two", **more))
    assert {kind for kind, _ in inventory(cloud) - used} == {"queue"}


def test_a_bucket_in_use_stays_unless_something_empties_it(cloud: Cloud) -> None:
    stacks = deploy(cloud, app(bucket=NAMED["my-bucket"]["x"]))
    use(stacks)
    (failure,) = destroy(stacks)
    assert (failure.name, "BucketNotEmpty" in failure.reason) == ("my-bucket", True)
    assert "one" in cloud.stacks
    client("s3").delete_object(Bucket="my-bucket", Key="an/object")
    assert destroy(stacks) == []
    assert "one" not in cloud.stacks


@pytest.mark.parametrize("tagged", [True, False])
def test_the_custom_resource_empties_the_bucket_that_says_so(cloud: Cloud, tagged: bool) -> None:
    tags = [{"Key": "aws-cdk:auto-delete-objects", "Value": "true"}] if tagged else []
    tags += [{"Key": "of", "Value": "us"}]
    versions = {"Status": "Enabled"}
    bucket = resource("S3::Bucket", Tags=tags, VersioningConfiguration=versions)
    token = {"Fn::GetAtt": ["function", "Arn"]}
    emptied = {
        "Type": "Custom::S3AutoDeleteObjects",
        "Properties": {"BucketName": {"Ref": "bucket"}, "ServiceToken": token},
    }
    stacks = deploy(cloud, app(bucket=bucket, emptied=emptied, **FUNCTION))
    assert (provider_functions(stacks[0]), own_functions(stacks[0])) == ({"worker"}, [])
    use(stacks)
    assert len(destroy(stacks)) == (0 if tagged else 1)
    assert cloud.runs == ["worker", "worker"]
    assert ("log group", "/aws/lambda/worker") in inventory(cloud)


@pytest.mark.parametrize(
    ("policy", "left"),
    [("", "snapshot"), ("Snapshot", "snapshot"), ("Delete", None), ("Retain", "database")],
)
def test_a_database_goes_by_its_policy(cloud: Cloud, policy: str, left: str | None) -> None:
    before = inventory(cloud)
    assert destroy(deploy(cloud, app(x=database(policy, BackupRetentionPeriod=0)))) == []
    kinds = {kind for kind, _ in inventory(cloud) - before}
    assert {left} <= kinds if left else not kinds
    assert ("database" in kinds) == (left == "database")


@pytest.mark.parametrize("kept", [True, False])
def test_automated_backups_stay_only_if_they_are_to(cloud: Cloud, kept: bool) -> None:
    one = database("Delete", BackupRetentionPeriod=7)
    if kept:
        one["Properties"]["DeleteAutomatedBackups"] = False
    assert destroy(deploy(cloud, app(x=one))) == []
    assert (("automated backup", "orders") in inventory(cloud)) == kept


def test_a_member_of_a_cluster_has_no_snapshot_of_its_own(cloud: Cloud) -> None:
    before = inventory(cloud)
    cluster = NAMED["my-cluster"]["x"] | {"DeletionPolicy": "Snapshot"}
    member = resource(
        "RDS::DBInstance",
        DBClusterIdentifier={"Ref": "cluster"},
        Engine="aurora-postgresql",
        DBInstanceClass="db.serverless",
    )
    assert destroy(deploy(cloud, app(cluster=cluster, member=member))) == []
    assert [kind for kind, _ in inventory(cloud) - before] == ["cluster snapshot"]


@pytest.mark.parametrize("kind", ["CacheCluster", "ReplicationGroup"])
def test_a_cache_may_leave_a_snapshot(cloud: Cloud, kind: str) -> None:
    before = inventory(cloud)
    name = {"CacheCluster": "my-cache", "ReplicationGroup": "my-caches"}[kind]
    cache = NAMED[name]["x"] | {"DeletionPolicy": "Snapshot"}
    assert destroy(deploy(cloud, app(x=cache))) == []
    assert [found for found, _ in inventory(cloud) - before] == ["cache snapshot"]


def test_a_serverless_cache_may_leave_a_snapshot(cloud: Cloud) -> None:
    cache = resource(
        "ElastiCache::ServerlessCache",
        ServerlessCacheName="s",
        Engine="valkey",
        FinalSnapshotName="last",
    )
    assert destroy(deploy(cloud, app(x=cache))) == []
    assert ("serverless cache snapshot", "last") in inventory(cloud)


def test_a_protected_database_keeps_what_it_needs(cloud: Cloud) -> None:
    groups = resource("RDS::DBSubnetGroup", DBSubnetGroupName="places", **GROUPS)
    name = {"Ref": "groups"}
    one = database("Delete", DeletionProtection=True, DBSubnetGroupName=name)
    queue = resource("SQS::Queue", QueueName="q")
    stacks = deploy(cloud, app(x=one, groups=groups, queue=queue, **SUBNETS))
    (failure,) = destroy(stacks)
    assert (failure.name, "Cannot delete protected" in failure.reason) == ("orders", True)
    assert list(stacks[0].made) == [*SUBNETS, "groups", "x"]
    client("rds").modify_db_instance(DBInstanceIdentifier="orders", DeletionProtection=False)
    assert destroy(stacks) == []


def test_a_retained_database_holds_its_subnets(cloud: Cloud) -> None:
    groups = resource("RDS::DBSubnetGroup", DBSubnetGroupName="places", **GROUPS)
    kept = database("Retain", DBSubnetGroupName={"Ref": "groups"})
    (failure,) = destroy(deploy(cloud, app(x=kept, groups=groups, **SUBNETS)))
    assert failure.reason == "database subnet group places is in use by orders"
    groups["DeletionPolicy"] = "Retain"
    client("rds").delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)
    client("rds").delete_db_subnet_group(DBSubnetGroupName="places")
    failures = destroy(deploy(cloud, app(x=kept, groups=groups, **SUBNETS), prefix="other-"))
    assert len(failures) == 2
    assert all("has a dependent object: database orders" in one.reason for one in failures)


PROTECTED = {
    "DeletionProtectionEnabled": resource(
        "DynamoDB::Table", DeletionProtectionEnabled=True, TableName="x", **KEY
    ),
    "protected": resource("Cognito::UserPool", DeletionProtection="ACTIVE", UserPoolName="x"),
}


@pytest.mark.parametrize("reason", PROTECTED)
def test_what_is_protected_stays(cloud: Cloud, reason: str) -> None:
    (failure,) = destroy(deploy(cloud, app(x=PROTECTED[reason])))
    assert failure.name == "x"
    assert reason in failure.reason


def test_a_secret_deleted_by_hand_blocks_its_name_for_days(cloud: Cloud) -> None:
    client("secretsmanager").create_secret(Name="my-secret", SecretString="x")
    client("secretsmanager").delete_secret(SecretId="my-secret", RecoveryWindowInDays=7)
    assert ("secret", "my-secret") in inventory(cloud)
    assert "my-secret already exists" in refused(cloud, app(**NAMED["my-secret"]))


def test_secrets_are_made_and_read(cloud: Cloud) -> None:
    template = '{"username": "ann"}'
    how = {"SecretStringTemplate": template, "GenerateStringKey": "password", "PasswordLength": 30}
    secret = resource("SecretsManager::Secret", GenerateSecretString=how)
    text = ["{{resolve:secretsmanager:", {"Ref": "s"}, ":SecretString:username::}}"]
    queue = resource("SQS::Queue", QueueName={"Fn::Join": ["", text]})
    (stack,) = deploy(cloud, app(s=secret, queue=queue))
    assert stack.made["queue"].attributes["QueueName"] == "ann"


def test_exports_belong_to_the_account(cloud: Cloud) -> None:
    output = {"Value": {"Ref": "queue"}, "Export": {"Name": "the-queue"}}
    exporter = app("one", {"o": output}, queue=resource("SQS::Queue"))
    url = {"Fn::ImportValue": "the-queue"}
    importer = app("two", copy=resource("Logs::LogGroup", LogGroupName=url))
    assert "no export named the-queue found" in refused(cloud, importer)
    first = deploy(cloud, exporter)
    assert "export the-queue exists already" in refused(cloud, exporter, prefix="other-")
    second = deploy(cloud, importer)
    (failure,) = destroy(first)
    assert failure.reason == "export the-queue is in use by two"
    assert destroy(first + second) == []
    assert cloud.exports == {}


def test_a_stack_exists_once(cloud: Cloud) -> None:
    deploy(cloud, app(x=resource("SQS::Queue")))
    assert "the stack exists already" in refused(cloud, app(x=resource("SQS::Queue")))


def test_what_is_not_known_is_an_error(cloud: Cloud) -> None:
    with pytest.raises(Unsupported, match="AWS::Fancy::Thing"):
        deploy(cloud, app(x=resource("Fancy::Thing")), prefix="1")
    with pytest.raises(Unsupported, match="Accelerated"):
        deploy(cloud, app(x=resource("S3::Bucket", Accelerated=True)), prefix="2")
    with pytest.raises(ParamValidationError, match="Shiny"):
        deploy(cloud, app(x=database(Shiny=True)), prefix="3")
    with pytest.raises(Unsupported, match=r"x\.Colour"):
        name = {"Fn::GetAtt": ["x", "Colour"]}
        y = resource("SQS::Queue", QueueName=name)
        deploy(cloud, app(x=resource("SQS::Queue"), y=y), prefix="4")
    with pytest.raises(Unsupported, match="a snapshot of AWS::SQS::Queue"):
        destroy(deploy(cloud, app(x=resource("SQS::Queue", "Snapshot")), prefix="5"))
    with pytest.raises(Unsupported, match="Fn::Length"):
        size = resource("SQS::Queue", DelaySeconds={"Fn::Length": [1]})
        deploy(cloud, app(x=size), prefix="6")


@pytest.mark.parametrize("managed", [True, False])
def test_a_function_makes_the_log_group_that_nobody_made(cloud: Cloud, managed: bool) -> None:
    before = inventory(cloud)
    parts = dict(FUNCTION)
    if managed:
        name = {"Fn::Sub": "/aws/lambda/${function}"}
        parts["logs"] = resource("Logs::LogGroup", LogGroupName=name)
    stacks = deploy(cloud, app(**parts))
    use(stacks)
    assert destroy(stacks) == []
    left = set() if managed else {("log group", "/aws/lambda/worker")}
    assert inventory(cloud) - before == left


def test_a_record_makes_its_function_run(cloud: Cloud) -> None:
    mapping = resource(
        "Lambda::EventSourceMapping",
        EventSourceArn={"Fn::GetAtt": ["source", "Arn"]},
        FunctionName={"Ref": "function"},
        StartingPosition="LATEST",
    )
    stream = resource("Kinesis::Stream", Name="records")
    deploy(cloud, app(source=stream, mapping=mapping, **FUNCTION))
    client("kinesis").put_record(StreamName="records", Data=b"{}", PartitionKey="1")
    assert cloud.runs == ["worker"]


TRIGGERED = """\
from aws_cdk import App, Duration, RemovalPolicy, Stack, aws_ec2, aws_lambda, aws_logs, triggers

app = App()
stack = Stack(app, "Schema")
layer = aws_lambda.LayerVersion(stack, "Layer", code=aws_lambda.Code.from_asset("code"))
vpc = aws_ec2.Vpc(stack, "Vpc", max_azs=2, restrict_default_security_group=True)
store = aws_ec2.SecurityGroup(stack, "Store", vpc=vpc)
own = aws_ec2.SecurityGroup(stack, "Own", vpc=vpc, allow_all_outbound=False)
store.add_ingress_rule(own, aws_ec2.Port.tcp(5432), "from the schema function")
triggers.TriggerFunction(
    stack,
    "Create",
    function_name="create-schema",
    runtime=aws_lambda.Runtime.PYTHON_3_12,
    handler="index.handler",
    code=aws_lambda.Code.from_asset("code"),
    layers=[layer],
    vpc=vpc,
    security_groups=[own],
    timeout=Duration.minutes(5),
    log_group=LOG_GROUP,
)
aws_lambda.Function(
    stack,
    "Kept",
    runtime=aws_lambda.Runtime.PYTHON_3_12,
    handler="index.handler",
    code=aws_lambda.Code.from_asset("code"),
    log_retention=aws_logs.RetentionDays.ONE_DAY,
    log_removal_policy=RemovalPolicy.DESTROY,
)
app.synth()
"""
MANAGED = 'aws_logs.LogGroup(stack, "Logs", removal_policy=RemovalPolicy.DESTROY)'


@pytest.mark.parametrize("managed", [True, False])
def test_a_trigger_runs_its_function_while_the_stack_comes(tmp_path: Path, managed: bool) -> None:
    text = TRIGGERED.replace("LOG_GROUP", MANAGED if managed else "None")
    (tmp_path / "cdk.json").write_text('{"app": "python3 app.py"}')
    (tmp_path / "app.py").write_text(text)
    (tmp_path / "code").mkdir()
    (tmp_path / "code/index.py").write_text("def handler(event, context): pass\n")
    with account() as cloud:
        bootstrap()
        before = inventory(cloud)
        stacks: tuple[Stack, ...] = deploy(cloud, synthesised(tmp_path, "dev"))
        assert cloud.runs.count("create-schema") == 1
        of_cdk = {("log group", f"/aws/lambda/{name}") for name in provider_functions(stacks[0])}
        use(stacks)
        assert destroy(stacks) == []
        schema = set() if managed else {("log group", "/aws/lambda/create-schema")}
        assert inventory(cloud) - before == of_cdk | schema
