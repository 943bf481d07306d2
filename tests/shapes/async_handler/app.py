from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2, aws_kinesis as kinesis, aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources, aws_rds as rds
from constructs import Construct


class GeoStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        vpc = ec2.Vpc(self, "GeoVpc", vpc_name="geo", max_azs=2)
        cluster = rds.DatabaseCluster(
            self,
            "Geo",
            engine=rds.DatabaseClusterEngine.aurora_postgres(
                version=rds.AuroraPostgresEngineVersion.VER_15_4
            ),
            writer=rds.ClusterInstance.serverless_v2("writer"),
            vpc=vpc,
            default_database_name="geo",
            storage_encrypted=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        positions = kinesis.Stream(self, "Positions", stream_name="positions")
        tracker = lambda_.Function(
            self,
            "Tracker",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="tracker.handler",
            code=lambda_.Code.from_asset("lambda"),
            timeout=Duration.seconds(30),
            environment={"SECRET_ARN": cluster.secret.secret_arn},
        )
        tracker.add_event_source(
            sources.KinesisEventSource(
                positions, starting_position=lambda_.StartingPosition.LATEST, batch_size=20
            )
        )


app = App()
GeoStack(app, "GeoStack")
app.synth()
