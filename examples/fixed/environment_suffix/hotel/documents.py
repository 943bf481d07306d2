import aws_cdk as cdk
from constructs import Construct


class GuestDocuments(Construct):
    """Invoices and registration forms, kept for as long as the tax office wants them."""

    def __init__(self, scope: Construct, id: str, *, environment_suffix: str) -> None:
        super().__init__(scope, id)

        self.bucket = cdk.aws_s3.Bucket(
            self,
            "Bucket",
            bucket_name=f"hotel-guest-documents-{environment_suffix}",
            encryption=cdk.aws_s3.BucketEncryption.S3_MANAGED,
            lifecycle_rules=[
                cdk.aws_s3.LifecycleRule(expiration=cdk.Duration.days(3650))
            ],
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
