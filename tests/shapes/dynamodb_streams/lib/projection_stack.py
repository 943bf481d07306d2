from aws_cdk import (
    Duration,
    RemovalPolicy,
    Stack,
    aws_dynamodb as dynamodb,
    aws_ec2 as ec2,
    aws_iam as iam,
    aws_lambda as lambda_,
    aws_lambda_event_sources as event_sources,
    aws_rds as rds,
)
from constructs import Construct


class ProjectionStack(Stack):
    def __init__(
        self, scope: Construct, construct_id: str, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)

        vpc = ec2.Vpc(self, "Vpc", max_azs=2)
        events = dynamodb.Table(
            self,
            "Events",
            table_name=f"events-{environment_suffix}",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            removal_policy=RemovalPolicy.RETAIN,
        )
        db = rds.DatabaseInstance(
            self,
            "ReadModel",
            engine=rds.DatabaseInstanceEngine.POSTGRES,
            vpc=vpc,
            credentials=rds.Credentials.from_generated_secret("reader"),
            database_name="readmodel",
            multi_az=False,
        )
        role = iam.Role(
            self,
            "ProjectorRole",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSLambdaBasicExecutionRole"
                ),
            ],
        )
        projector = lambda_.Function(
            self,
            "Projector",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="projector.lambda_handler",
            code=lambda_.Code.from_asset("lambda/projector"),
            timeout=Duration.seconds(30),
            role=role,
            environment={"DB_SECRET": db.secret.secret_arn},
        )
        lambda_.EventSourceMapping(
            self,
            "EventsMapping",
            target=projector,
            event_source_arn=events.table_stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=50,
        )
