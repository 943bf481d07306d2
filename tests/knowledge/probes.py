"""An app of constructs that need few arguments, to see what the real library does with them.

Each class stands in ``PROBES`` with the source of the arguments it cannot do without. It is made
once, called ``Probe``, in a stack of its own, with ``NAME`` as its physical name and without a
removal policy; those in ``SETTINGS`` again with one argument more. What several need (``vpc``,
``key``) is made once, in the prelude.
"""

from __future__ import annotations

import re

from tapfix.knowledge.catalogue import load

NAME = "probe-name"

_PRELUDE = """
env = aws_cdk.Environment(account="123456789012", region="us-east-1")
app = aws_cdk.App()
shared = aws_cdk.Stack(app, "shared", env=env)
vpc = aws_ec2.Vpc(shared, "Vpc", max_azs=2)
key = aws_kms.Key(shared, "Key")
bucket = aws_s3.Bucket(shared, "Bucket")
role = aws_iam.Role(shared, "Role", assumed_by=aws_iam.ServicePrincipal("lambda.amazonaws.com"))
stream = aws_kinesis.Stream(shared, "Stream")
logs = aws_logs.LogGroup(shared, "Logs")
function = aws_lambda.Function(
    shared, "Function", runtime=aws_lambda.Runtime.PYTHON_3_13, handler="index.handler",
    code=aws_lambda.Code.from_inline("def handler(event, context): ..."))
metric = aws_cloudwatch.Metric(namespace="probe", metric_name="probe")
postgres = aws_rds.DatabaseInstanceEngine.postgres(version=aws_rds.PostgresEngineVersion.VER_16)
aurora = aws_rds.DatabaseClusterEngine.aurora_postgres(
    version=aws_rds.AuroraPostgresEngineVersion.VER_16_1)
small = aws_ec2.InstanceType("t3.medium")
database = aws_rds.DatabaseInstance(shared, "Database", engine=postgres, vpc=vpc)
documents = aws_docdb.DatabaseCluster(
    shared, "Documents", instance_type=small, vpc=vpc,
    master_user=aws_docdb.Login(username="root1"))
cluster = aws_ecs.Cluster(shared, "Cluster", vpc=vpc)
task = aws_ecs.FargateTaskDefinition(shared, "Task")
task.add_container("main", image=aws_ecs.ContainerImage.from_registry("public/probe"))
alarm = metric.create_alarm(shared, "Alarm", threshold=1, evaluation_periods=1)
chain = aws_stepfunctions.DefinitionBody.from_string("{}")
hour = aws_cdk.Duration.hours(1)
"""

_TABLE = "partition_key=aws_dynamodb.Attribute(name='id', type=aws_dynamodb.AttributeType.STRING)"
_FUNCTION = (
    "runtime=aws_lambda.Runtime.PYTHON_3_13, handler='index.handler', "
    "code=aws_lambda.Code.from_inline('def handler(event, context): ...')"
)
_WRITER = "writer=aws_rds.ClusterInstance.serverless_v2('writer')"

PROBES = {
    "aws_apigateway.LambdaRestApi": "handler=function",
    "aws_apigatewayv2.HttpApi": "",
    "aws_autoscaling.AutoScalingGroup": (
        "vpc=vpc, instance_type=small, machine_image=aws_ec2.MachineImage.latest_amazon_linux2023()"
    ),
    "aws_backup.BackupVault": "",
    "aws_cloudfront.CachePolicy": "",
    "aws_cloudwatch.Alarm": "metric=metric, threshold=1, evaluation_periods=1",
    "aws_cloudwatch.CompositeAlarm": (
        "alarm_rule=aws_cloudwatch.AlarmRule.from_alarm(alarm, aws_cloudwatch.AlarmState.ALARM)"
    ),
    "aws_cloudwatch.Dashboard": "",
    "aws_codebuild.Project": "build_spec=aws_codebuild.BuildSpec.from_object({'version': '0.2'})",
    "aws_codebuild.ReportGroup": "",
    "aws_cognito.UserPool": "",
    "aws_docdb.DatabaseCluster": (
        "instance_type=small, vpc=vpc, master_user=aws_docdb.Login(username='root1')"
    ),
    "aws_docdb.DatabaseInstance": "cluster=documents, instance_type=small",
    "aws_dynamodb.Table": _TABLE,
    "aws_dynamodb.TableV2": _TABLE,
    "aws_ec2.Instance": (
        "vpc=vpc, instance_type=small, machine_image=aws_ec2.MachineImage.latest_amazon_linux2023()"
    ),
    "aws_ec2.KeyPair": "",
    "aws_ec2.LaunchTemplate": "",
    "aws_ec2.SecurityGroup": "vpc=vpc",
    "aws_ec2.Volume": "availability_zone='us-east-1a', size=aws_cdk.Size.gibibytes(1)",
    "aws_ec2.Vpc": "max_azs=1",
    "aws_ecr.Repository": "",
    "aws_ecs.Cluster": "vpc=vpc",
    "aws_ecs.FargateService": "cluster=cluster, task_definition=task",
    "aws_ecs.FargateTaskDefinition": "",
    "aws_efs.FileSystem": "vpc=vpc",
    "aws_elasticloadbalancingv2.ApplicationLoadBalancer": "vpc=vpc",
    "aws_elasticloadbalancingv2.ApplicationTargetGroup": "vpc=vpc, port=80",
    "aws_elasticloadbalancingv2.NetworkLoadBalancer": "vpc=vpc",
    "aws_elasticsearch.Domain": "version=aws_elasticsearch.ElasticsearchVersion.V7_10",
    "aws_events.EventBus": "",
    "aws_events.Rule": "schedule=aws_events.Schedule.rate(hour)",
    "aws_fsx.LustreFileSystem": (
        "vpc=vpc, vpc_subnet=vpc.private_subnets[0], storage_capacity_gib=1200, "
        "lustre_configuration=aws_fsx.LustreConfiguration("
        "deployment_type=aws_fsx.LustreDeploymentType.SCRATCH_2)"
    ),
    "aws_glue.Database": "",
    "aws_glue.SecurityConfiguration": (
        "cloud_watch_encryption=aws_glue.CloudWatchEncryption.kms(key)"
    ),
    "aws_iam.Group": "",
    "aws_iam.InstanceProfile": "",
    "aws_iam.ManagedPolicy": (
        "statements=[aws_iam.PolicyStatement(actions=['s3:ListAllMyBuckets'], resources=['*'])]"
    ),
    "aws_iam.Role": "assumed_by=aws_iam.ServicePrincipal('lambda.amazonaws.com')",
    "aws_iam.User": "",
    "aws_kinesis.Stream": "",
    "aws_kinesisfirehose.DeliveryStream": "destination=aws_kinesisfirehose.S3Bucket(bucket)",
    "aws_kms.Key": "",
    "aws_lambda.Alias": "version=function.current_version",
    "aws_lambda.Function": _FUNCTION,
    "aws_lambda.LayerVersion": "code=aws_lambda.Code.from_bucket(bucket, 'layer.zip')",
    "aws_logs.LogGroup": "",
    "aws_logs.LogStream": "log_group=logs",
    "aws_opensearchservice.Domain": "version=aws_opensearchservice.EngineVersion.OPENSEARCH_2_5",
    "aws_rds.DatabaseCluster": f"engine=aurora, vpc=vpc, {_WRITER}",
    "aws_rds.DatabaseClusterFromSnapshot": (
        f"engine=aurora, vpc=vpc, snapshot_identifier='snapshot', {_WRITER}"
    ),
    "aws_rds.DatabaseInstance": "engine=postgres, vpc=vpc",
    "aws_rds.DatabaseInstanceFromSnapshot": (
        "engine=postgres, vpc=vpc, snapshot_identifier='snapshot'"
    ),
    "aws_rds.DatabaseInstanceReadReplica": (
        "source_database_instance=database, instance_type=small, vpc=vpc"
    ),
    "aws_rds.OptionGroup": (
        "engine=aws_rds.DatabaseInstanceEngine.mysql(version=aws_rds.MysqlEngineVersion.VER_8_0), "
        "configurations=[]"
    ),
    "aws_rds.ServerlessCluster": "engine=aurora, vpc=vpc",
    "aws_rds.ServerlessClusterFromSnapshot": (
        "engine=aurora, vpc=vpc, snapshot_identifier='snapshot'"
    ),
    "aws_rds.SubnetGroup": "description='probe', vpc=vpc",
    "aws_s3.Bucket": "",
    "aws_s3.BucketPolicy": (
        "bucket=bucket, document=aws_iam.PolicyDocument(statements=[aws_iam.PolicyStatement("
        "actions=['s3:GetObject'], resources=['*'], principals=[aws_iam.AnyPrincipal()])])"
    ),
    "aws_scheduler.ScheduleGroup": "",
    "aws_secretsmanager.Secret": "",
    "aws_sns.Topic": "",
    "aws_sqs.Queue": "",
    "aws_ssm.StringParameter": "string_value='value'",
    "aws_stepfunctions.Activity": "",
    "aws_stepfunctions.StateMachine": "definition_body=chain",
    "aws_dynamodb.CfnTable": (
        "key_schema=[aws_dynamodb.CfnTable.KeySchemaProperty(attribute_name='id', key_type='HASH')]"
    ),
    "aws_elasticache.CfnCacheCluster": (
        "cache_node_type='cache.t3.micro', engine='redis', num_cache_nodes=1"
    ),
    "aws_elasticache.CfnReplicationGroup": "replication_group_description='probe'",
    "aws_elasticache.CfnSubnetGroup": "description='probe', subnet_ids=['subnet-1']",
    "aws_rds.CfnDBCluster": "engine='aurora-postgresql'",
    "aws_rds.CfnDBInstance": "db_instance_class='db.t3.micro'",
    "aws_s3.CfnBucket": "",
    "aws_sns.CfnTopic": "",
    "aws_wafv2.CfnWebACL": (
        "scope='REGIONAL', default_action={'allow': {}}, visibility_config={"
        "'cloudWatchMetricsEnabled': True, 'metricName': 'probe', 'sampledRequestsEnabled': True}"
    ),
}

SETTINGS = {
    "aws_cognito.UserPool": {"deletion_protection": "True"},
    "aws_dynamodb.Table": {"deletion_protection": "True"},
    "aws_ec2.SecurityGroup": {"description": "'what for'"},
    "aws_ecr.Repository": {"image_scan_on_push": "True"},
    "aws_kinesis.Stream": {"retention_period": "aws_cdk.Duration.days(3)", "shard_count": "3"},
    "aws_kms.Key": {"enable_key_rotation": "True"},
    "aws_lambda.Function": {"memory_size": "512", "timeout": "aws_cdk.Duration.minutes(1)"},
    "aws_logs.LogGroup": {"encryption_key": "key", "retention": "aws_logs.RetentionDays.ONE_DAY"},
    "aws_rds.DatabaseCluster": {
        "default_database_name": "'probe'",
        "deletion_protection": "True",
        "storage_encrypted": "True",
        "storage_encryption_key": "key",
    },
    "aws_rds.DatabaseInstance": {
        "backup_retention": "aws_cdk.Duration.days(3)",
        "database_name": "'probe'",
        "delete_automated_backups": "True",
        "deletion_protection": "True",
        "multi_az": "True",
        "storage_encrypted": "True",
        "storage_encryption_key": "key",
    },
    "aws_s3.Bucket": {"transfer_acceleration": "True", "versioned": "True"},
    "aws_secretsmanager.Secret": {"description": "'what for'", "encryption_key": "key"},
    "aws_sns.Topic": {"display_name": "'Probe'", "master_key": "key"},
    "aws_sqs.Queue": {"retention_period": "aws_cdk.Duration.days(3)"},
}
"""Arguments, with values that are not their defaults, each tried in a stack of its own."""


def stack_of(name: str, setting: str = "") -> str:
    """The name of the stack in which a class is tried, perhaps with one argument more."""
    return re.sub(r"\W|_", "-", f"{name}-with-{setting}" if setting else name)


def app() -> str:
    """The source of the app."""
    plain = [_probe(name, arguments) for name, arguments in PROBES.items()]
    set_ = [
        _probe(name, f"{setting}={value}, {PROBES[name]}", setting)
        for name, settings in SETTINGS.items()
        for setting, value in settings.items()
    ]
    probes = "\n".join([*plain, *set_])
    modules = sorted({*re.findall(r"\baws_(?!cdk)\w+(?=\.)", _PRELUDE + probes)})
    imports = f"import aws_cdk\nfrom aws_cdk import {', '.join(modules)}\n"
    return f"{imports}{_PRELUDE}{probes}\napp.synth()\n"


def _probe(name: str, arguments: str, setting: str = "") -> str:
    cls = load().construct(name)
    assert cls is not None, name
    named = f"{cls.name_argument}={NAME!r}, " if cls.name_argument else ""
    stack = f"aws_cdk.Stack(app, {stack_of(name, setting)!r}, env=env)"
    return f"{name}({stack}, 'Probe', {named}{arguments})"
