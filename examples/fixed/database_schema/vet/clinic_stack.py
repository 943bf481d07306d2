import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds
from constructs import Construct


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
        record_visit = lambda_.DockerImageFunction(
            self,
            "RecordVisit",
            function_name=f"vet-record-visit-{stage}",
            code=lambda_.DockerImageCode.from_image_asset("record_visit"),
            vpc=vpc,
            timeout=cdk.Duration.seconds(30),
            environment={"DB_SECRET_ARN": visits.secret.secret_arn},
        )
        visits.secret.grant_read(record_visit)
        visits.connections.allow_default_port_from(record_visit)

        cdk.CfnOutput(self, "VisitsEndpoint", value=visits.cluster_endpoint.hostname)
        cdk.CfnOutput(self, "RecordVisitArn", value=record_visit.function_arn)
