from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from charity.config import Config


class DonationStack(Stack):
    def __init__(self, scope: Construct, id: str, config: Config, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)

        pledges = sqs.Queue(
            self,
            "Pledges",
            queue_name=config.name("pledges"),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
        )
        donors = dynamodb.TableV2(
            self,
            "Donors",
            table_name=config.name("donors"),
            partition_key=dynamodb.Attribute(
                name="mail", type=dynamodb.AttributeType.STRING
            ),
            encryption=dynamodb.TableEncryptionV2.aws_managed_key(),
            removal_policy=RemovalPolicy.DESTROY,
        )
        receipts = s3.Bucket(
            self,
            "Receipts",
            bucket_name=config.name("receipts"),
            encryption=s3.BucketEncryption.S3_MANAGED,
            lifecycle_rules=[
                s3.LifecycleRule(expiration=Duration.days(365 * config.receipt_years))
            ],
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        donate = lambda_.Function(
            self,
            "Donate",
            function_name=config.name("donate"),
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="donate.handler",
            code=lambda_.Code.from_asset("src"),
            environment={
                "DONORS": donors.table_name,
                "PLEDGES": pledges.queue_url,
                "RECEIPTS": receipts.bucket_name,
            },
        )
        donors.grant_write_data(donate)
        pledges.grant_send_messages(donate)
        receipts.grant_put(donate)
        donate.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)

        CfnOutput(self, "PledgesQueueUrl", value=pledges.queue_url)
        CfnOutput(self, "DonorsTableName", value=donors.table_name)
        CfnOutput(self, "ReceiptsBucketName", value=receipts.bucket_name)
        CfnOutput(self, "DonateFunctionArn", value=donate.function_arn)
