import aws_cdk as cdk
import aws_cdk.aws_lambda as lambda_
import aws_cdk.aws_s3 as s3
import aws_cdk.aws_s3_notifications as s3n
from aws_cdk import aws_iam as iam
from constructs import Construct


class MediaStack(cdk.Stack):
  def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
    super().__init__(scope, construct_id, **kwargs)

    uploads = s3.Bucket(self, "Uploads", bucket_name="media-uploads", versioned=True)
    thumbs = s3.Bucket(self, "Thumbnails", bucket_name="media-thumbnails")
    role = iam.Role(
      self,
      "ThumbnailerRole",
      role_name="thumbnailer",
      assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
    )
    role.add_managed_policy(
      iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaBasicExecutionRole")
    )
    thumbnailer = lambda_.Function(
      self,
      "Thumbnailer",
      runtime=lambda_.Runtime.PYTHON_3_13,
      architecture=lambda_.Architecture.ARM_64,
      code=lambda_.Code.from_asset("functions/thumbnailer"),
      handler="main.on_upload",
      memory_size=1024,
      timeout=cdk.Duration.minutes(1),
      role=role,
      environment=dict(THUMBS_BUCKET=thumbs.bucket_name, UPLOADS_BUCKET=uploads.bucket_name),
    )
    uploads.add_event_notification(s3.EventType.OBJECT_CREATED, s3n.LambdaDestination(thumbnailer))
