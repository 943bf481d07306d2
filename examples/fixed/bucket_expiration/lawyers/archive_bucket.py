from aws_cdk import Duration, RemovalPolicy
from aws_cdk.aws_s3 import (
    BlockPublicAccess,
    Bucket,
    BucketEncryption,
    LifecycleRule,
    StorageClass,
    Transition,
)
from constructs import Construct


class ArchiveBucket(Bucket):
    """A bucket for closed cases: rarely read, never public."""

    def __init__(self, scope: Construct, id: str, *, bucket_name: str) -> None:
        super().__init__(
            scope,
            id,
            bucket_name=bucket_name,
            encryption=BucketEncryption.S3_MANAGED,
            block_public_access=BlockPublicAccess.BLOCK_ALL,
            lifecycle_rules=[
                LifecycleRule(
                    transitions=[
                        Transition(
                            storage_class=StorageClass.INFREQUENT_ACCESS,
                            transition_after=Duration.days(30),
                        ),
                        Transition(
                            storage_class=StorageClass.DEEP_ARCHIVE,
                            transition_after=Duration.days(180),
                        ),
                    ],
                    expiration=Duration.days(1095),
                )
            ],
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
