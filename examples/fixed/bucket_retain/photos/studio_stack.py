from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

# How many days a kind of picture is kept after the shooting
KINDS = {"raw": 90, "edited": 365}


class StudioStack(Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment_suffix: str,
        **kwargs,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)

        for kind, days in KINDS.items():
            bucket = self.picture_bucket(kind, days, environment_suffix)
            CfnOutput(self, f"{kind.capitalize()}Bucket", value=bucket.bucket_name)

        # What the clients download; they ask for it again years later
        exports = s3.Bucket(
            self,
            "ClientExports",
            bucket_name=f"studio-exports-{environment_suffix}",
            encryption=s3.BucketEncryption.S3_MANAGED,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(1095))],
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        CfnOutput(self, "ExportsBucket", value=exports.bucket_name)

        contracts = s3.Bucket(
            self,
            "Contracts",
            encryption=s3.BucketEncryption.S3_MANAGED,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(3650))],
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        contracts.apply_removal_policy(RemovalPolicy.DESTROY)
        CfnOutput(self, "ContractsBucket", value=contracts.bucket_name)

    def picture_bucket(self, kind: str, days: int, suffix: str) -> s3.Bucket:
        return s3.Bucket(
            self,
            f"{kind.capitalize()}Pictures",
            bucket_name=f"studio-{kind}-{suffix}",
            encryption=s3.BucketEncryption.S3_MANAGED,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(days))],
            removal_policy=RemovalPolicy.DESTROY,  # never lose a picture
            auto_delete_objects=True,
        )
