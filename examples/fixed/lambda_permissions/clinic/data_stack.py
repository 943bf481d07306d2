import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb, aws_s3 as s3
from constructs import Construct


class DataStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str, *, stage: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)
        self.appointments = dynamodb.Table(
            self,
            "Appointments",
            table_name=f"clinic-appointments-{stage}",
            partition_key=dynamodb.Attribute(
                name="patient", type=dynamodb.AttributeType.STRING
            ),
            sort_key=dynamodb.Attribute(name="at", type=dynamodb.AttributeType.STRING),
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.letters = s3.Bucket(
            self,
            "Letters",
            encryption=s3.BucketEncryption.S3_MANAGED,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(365))],
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        cdk.CfnOutput(self, "TableName", value=self.appointments.table_name)
        cdk.CfnOutput(self, "LettersBucket", value=self.letters.bucket_name)
