import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_


class TelemetryStack(cdk.Stack):
    def __init__(self, scope, construct_id, *, stage, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.stage = stage
        stream = kinesis.Stream(self, "Telemetry", stream_name="telemetry-stream", shard_count=1)
        table = dynamodb.Table(
            self,
            "Readings",
            partition_key=dynamodb.Attribute(name="device", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="at", type=dynamodb.AttributeType.STRING),
        )
        role = iam.Role(
            self,
            "IngestRole",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaBasicExecutionRole")
            ],
        )
        ingest = lambda_.Function(
            self,
            "Ingest",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="ingest.handler",
            code=lambda_.Code.from_asset("src/ingest"),
            role=role,
            environment={"TABLE": table.table_name},
        )
        lambda_.EventSourceMapping(
            self,
            "TelemetryMapping",
            target=ingest,
            event_source_arn=stream.stream_arn,
            starting_position=lambda_.StartingPosition.LATEST,
        )


app = cdk.App()
stage = app.node.try_get_context("stage") or "dev"
TelemetryStack(app, f"Telemetry-{stage}", stage=stage)
app.synth()
