import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct


class LibraryStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        vpc = ec2.Vpc(self, "LibraryVpc", max_azs=2)
        secret = secretsmanager.Secret(
            self,
            "DbSecret",
            secret_name="library-db",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template='{"username": "librarian"}',
                generate_string_key="password",
                exclude_punctuation=True,
            ),
        )
        db_sg = ec2.SecurityGroup(self, "DbSg", vpc=vpc)
        db = rds.DatabaseInstance(
            self,
            "Books",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_15
            ),
            credentials=rds.Credentials.from_secret(secret),
            database_name="books",
            vpc=vpc,
            security_groups=[db_sg],
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
        )
        stream = kinesis.Stream(self, "Loans", stream_name="loans-stream")
        exports = s3.Bucket(self, "Exports", bucket_name="library-exports")

        code = lambda_.Code.from_asset("src")
        environment = {
            "DB_HOST": db.db_instance_endpoint_address,
            "DB_PORT": db.db_instance_endpoint_port,
            "DB_SECRET_ARN": secret.secret_arn,
        }
        intake = lambda_.Function(
            self,
            "Intake",
            function_name="loan-intake",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="intake.handler.handler",
            code=code,
            environment=environment,
            timeout=cdk.Duration.seconds(30),
        )
        intake.add_event_source_mapping(
            "LoansMapping",
            event_source_arn=stream.stream_arn,
            starting_position=lambda_.StartingPosition.LATEST,
            batch_size=100,
        )
        export = lambda_.Function(
            self,
            "Export",
            function_name="loan-export",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="export.handler.handler",
            code=code,
            environment={**environment, "EXPORT_BUCKET": exports.bucket_name},
        )
