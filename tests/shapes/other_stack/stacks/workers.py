from aws_cdk import Duration, Stack, aws_ec2 as ec2, aws_elasticache as elasticache
from aws_cdk import aws_iam as iam, aws_lambda as lambda_, aws_rds as rds, aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from constructs import Construct


class WorkersStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        vpc: ec2.IVpc,
        database: rds.DatabaseInstance,
        cache: elasticache.CfnReplicationGroup,
        bucket: s3.IBucket,
        **kwargs,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)

        queue = sqs.Queue(self, "Contacts", queue_name="contacts")
        role = iam.Role(
            self,
            "SyncRole",
            role_name="crm-sync",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSLambdaBasicExecutionRole"
                )
            ],
        )
        sync = lambda_.Function(
            self,
            "Sync",
            function_name="crm-sync",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="sync.handler",
            code=lambda_.Code.from_asset("lambda/sync"),
            role=role,
            timeout=Duration.seconds(30),
            environment={
                "DB_SECRET_ARN": database.secret.secret_arn,
                "REDIS_HOST": cache.attr_primary_end_point_address,
                "REDIS_PORT": cache.attr_primary_end_point_port,
                "BUCKET": bucket.bucket_name,
            },
        )
        sync.add_event_source(SqsEventSource(queue, batch_size=10))
