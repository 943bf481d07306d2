import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import triggers
from constructs import Construct

from lib.layers.bundling import python_layer_code


class ClinicStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str, *, stage: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)

        vpc = ec2.Vpc(self, "Vpc", vpc_name=f"vet-{stage}", max_azs=2)
        visits = rds.DatabaseCluster(
            self,
            "Visits",
            engine=rds.DatabaseClusterEngine.aurora_postgres(
                version=rds.AuroraPostgresEngineVersion.VER_16_6
            ),
            credentials=rds.Credentials.from_generated_secret("vet"),
            default_database_name="vet",
            writer=rds.ClusterInstance.serverless_v2("writer"),
            vpc=vpc,
            storage_encrypted=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        record_visit_security_group = ec2.SecurityGroup(
            self,
            "RecordVisitSecurityGroup",
            vpc=vpc,
            description="Network access of RecordVisit",
        )
        record_visit = lambda_.DockerImageFunction(
            self,
            "RecordVisit",
            function_name=f"vet-record-visit-{stage}",
            code=lambda_.DockerImageCode.from_image_asset("record_visit"),
            vpc=vpc,
            timeout=cdk.Duration.seconds(30),
            environment={"DB_SECRET_ARN": visits.secret.secret_arn},
            security_groups=[record_visit_security_group],
        )
        visits.secret.grant_read(record_visit)
        visits.connections.allow_default_port_from(record_visit)

        dependencies_layer = lambda_.LayerVersion(
            self,
            "DependenciesLayer",
            code=python_layer_code(
                "dependencies", lambda_.Runtime.PYTHON_3_12, lambda_.Architecture.X86_64
            ),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_12],
            compatible_architectures=[lambda_.Architecture.X86_64],
        )

        visits_schema_security_group = ec2.SecurityGroup(
            self,
            "VisitsSchemaSecurityGroup",
            vpc=vpc,
            description="Network access of VisitsSchema",
        )
        visits.connections.allow_default_port_from(
            visits_schema_security_group, "PostgreSQL from VisitsSchema"
        )
        visits_schema = triggers.TriggerFunction(
            self,
            "VisitsSchema",
            function_name=f"visits-schema-{stage}",
            code=lambda_.Code.from_asset("vet/schema"),
            handler="create_schema.handler",
            runtime=lambda_.Runtime.PYTHON_3_12,
            timeout=cdk.Duration.seconds(60),
            environment={"DB_SECRET_ARN": visits.secret.secret_arn},
            vpc=vpc,
            security_groups=[visits_schema_security_group],
            layers=[dependencies_layer],
            log_group=logs.LogGroup(
                self,
                "VisitsSchemaLogs",
                retention=logs.RetentionDays.ONE_WEEK,
                removal_policy=cdk.RemovalPolicy.DESTROY,
            ),
            execute_after=[visits, vpc],
            execute_before=[record_visit],
        )
        visits.secret.grant_read(visits_schema)

        cdk.CfnOutput(self, "VisitsEndpoint", value=visits.cluster_endpoint.hostname)
        cdk.CfnOutput(self, "RecordVisitArn", value=record_visit.function_arn)
