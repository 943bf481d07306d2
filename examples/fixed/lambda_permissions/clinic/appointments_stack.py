import aws_cdk as cdk
from aws_cdk import aws_iam as iam, aws_lambda as lambda_
from constructs import Construct

from clinic.data_stack import DataStack


class AppointmentsStack(cdk.Stack):
    def __init__(
        self, scope: Construct, id: str, *, stage: str, data: DataStack, **kwargs
    ) -> None:
        super().__init__(scope, id, **kwargs)

        role = iam.Role(
            self,
            "BookingRole",
            role_name=f"clinic-booking-{stage}",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        role.add_managed_policy(
            iam.ManagedPolicy.from_aws_managed_policy_name(
                "service-role/AWSLambdaBasicExecutionRole"
            )
        )
        booking = lambda_.Function(
            self,
            "Booking",
            function_name=f"clinic-booking-{stage}",
            runtime=lambda_.Runtime.PYTHON_3_13,
            code=lambda_.Code.from_asset("src/booking"),
            handler="booking.handler",
            role=role,
            environment={
                "TABLE": data.appointments.table_name,
                "LETTERS": data.letters.bucket_name,
            },
        )
        data.appointments.grant_write_data(role)
        data.letters.grant_put(role)
        cdk.CfnOutput(self, "BookingArn", value=booking.function_arn)
