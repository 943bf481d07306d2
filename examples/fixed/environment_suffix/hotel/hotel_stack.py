import aws_cdk as cdk
from constructs import Construct

from hotel.documents import GuestDocuments

QUEUE_NAME = "reservation-requests"


class HotelStack(cdk.Stack):
    def __init__(
        self, scope: Construct, id: str, *, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, id, **kwargs)

        requests = cdk.aws_sqs.Queue(
            self,
            "Requests",
            queue_name=f"{QUEUE_NAME}-{environment_suffix}",
            encryption=cdk.aws_sqs.QueueEncryption.SQS_MANAGED,
        )
        reservations = cdk.aws_dynamodb.Table(
            self,
            "Reservations",
            table_name="{}-reservations-{}".format("hotel", environment_suffix),
            partition_key=cdk.aws_dynamodb.Attribute(
                name="number", type=cdk.aws_dynamodb.AttributeType.STRING
            ),
            encryption=cdk.aws_dynamodb.TableEncryption.AWS_MANAGED,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        documents = GuestDocuments(
            self, "Documents", environment_suffix=environment_suffix
        )

        confirm = cdk.aws_lambda.Function(
            self,
            "Confirm",
            function_name="hotel-" + f"confirm-reservation-{environment_suffix}",
            runtime=cdk.aws_lambda.Runtime.PYTHON_3_12,
            handler="confirm.handler",
            code=cdk.aws_lambda.Code.from_asset("hotel/handlers"),
            environment={
                "TABLE_NAME": reservations.table_name,
                "REQUESTS_URL": requests.queue_url,
                "HOTEL_GUEST_DOCUMENTS_BUCKET": f"hotel-guest-documents-{environment_suffix}",
            },
        )
        reservations.grant_write_data(confirm)
        requests.grant_send_messages(confirm)
        confirm.add_to_role_policy(
            cdk.aws_iam.PolicyStatement(
                actions=["s3:PutObject"],
                resources=[
                    f"arn:aws:s3:::hotel-guest-documents-{environment_suffix}/*"
                ],
            )
        )

        cdk.CfnOutput(
            self,
            "RequestsUrl",
            value=requests.queue_url,
            export_name=f"HotelRequestsUrl-{environment_suffix}",
        )
        cdk.CfnOutput(self, "ReservationsTable", value=reservations.table_name)
        cdk.CfnOutput(self, "DocumentsBucket", value=documents.bucket.bucket_name)
        cdk.CfnOutput(self, "ConfirmArn", value=confirm.function_arn)
