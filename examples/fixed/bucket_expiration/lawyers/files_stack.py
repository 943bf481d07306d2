import aws_cdk
from aws_cdk import aws_s3
from constructs import Construct

from lawyers.archive_bucket import ArchiveBucket


class FilesStack(aws_cdk.Stack):
    def __init__(self, scope: Construct, id: str, env_name: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)

        closed = ArchiveBucket(
            self, "ClosedCases", bucket_name=f"closed-cases-{env_name}"
        )
        # Every draft of a letter is a version of its object
        letters = aws_s3.Bucket(
            self, "Letters", bucket_name=f"letters-{env_name}", versioned=True,
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            removal_policy=aws_cdk.RemovalPolicy.DESTROY, auto_delete_objects=True,
            lifecycle_rules=[
                aws_s3.LifecycleRule(
                    expiration=aws_cdk.Duration.days(1095),
                    noncurrent_version_expiration=aws_cdk.Duration.days(1095),
                )
            ])

        scans = aws_s3.Bucket(
            self,
            "Scans",
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            removal_policy=aws_cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        scans.add_lifecycle_rule(
            abort_incomplete_multipart_upload_after=aws_cdk.Duration.days(7),
            expiration=aws_cdk.Duration.days(1095),
        )

        aws_cdk.CfnOutput(self, "ClosedCasesBucket", value=closed.bucket_name)
        aws_cdk.CfnOutput(self, "LettersBucket", value=letters.bucket_name)
        aws_cdk.CfnOutput(self, "ScansBucket", value=scans.bucket_name)
