import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs


class WeatherStack(cdk.Stack):
    def __init__(self, scope, construct_id, environment="dev", **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        stream = kinesis.Stream(self, "Readings", stream_name="weather-readings")
        queue = sqs.Queue(self, "Corrections", queue_name="weather-corrections")
        table = dynamodb.Table(
            self,
            "Latest",
            table_name="weather-latest",
            partition_key=dynamodb.Attribute(name="station", type=dynamodb.AttributeType.STRING),
        )
        archive = s3.Bucket(self, "Archive", bucket_name="weather-archive")
        token = secretsmanager.Secret(self, "Token")

        role = iam.Role(
            self,
            "LambdaRole",
            role_name="weather-lambda",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSLambdaBasicExecutionRole"
                )
            ],
        )
        env = {
            "TABLE": table.table_name,
            "ARCHIVE": archive.bucket_name,
            "TOKEN_SECRET": token.secret_name,
        }
        self.latest = lambda_.Function(
            self,
            "LatestFn",
            function_name="weather-latest",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="latest.handler",
            code=lambda_.Code.from_asset("fn"),
            role=role,
            environment=env,
        )
        self.correct = lambda_.Function(
            self,
            "CorrectFn",
            function_name="weather-correct",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="correct.handler",
            code=lambda_.Code.from_asset("fn"),
            role=role,
            environment=env,
        )
        lambda_.EventSourceMapping(
            self,
            "StreamMapping",
            target=self.latest,
            event_source_arn=stream.stream_arn,
            starting_position=lambda_.StartingPosition.LATEST,
            batch_size=10,
        )
        lambda_.CfnEventSourceMapping(
            self,
            "QueueMapping",
            function_name=self.correct.function_name,
            event_source_arn=queue.queue_arn,
            batch_size=10,
        )


app = cdk.App()
WeatherStack(app, "WeatherStack", env=cdk.Environment(account="123456789012", region="us-east-1"))
app.synth()
