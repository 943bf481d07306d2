import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds
from constructs import Construct


class CinemaStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str, suffix: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)

        vpc = ec2.Vpc(self, "Vpc", vpc_name=f"cinema-{suffix}", max_azs=2)
        database = rds.DatabaseInstance(
            self,
            "Bookings",
            instance_identifier=f"cinema-bookings-{suffix}",
            engine=rds.DatabaseInstanceEngine.mysql(
                version=rds.MysqlEngineVersion.VER_8_0_39
            ),
            credentials=rds.Credentials.from_generated_secret("cinema"),
            database_name="cinema",
            vpc=vpc,
            storage_encrypted=True,
            backup_retention=cdk.Duration.days(0),
            delete_automated_backups=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

        booking = lambda_.DockerImageFunction(
            self,
            "Booking",
            function_name=f"cinema-booking-{suffix}",
            code=lambda_.DockerImageCode.from_image_asset("booking"),
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
            ),
            timeout=cdk.Duration.seconds(20),
            environment={"DB_SECRET_ARN": database.secret.secret_arn},
        )
        database.secret.grant_read(booking)
        database.connections.allow_default_port_from(booking)

        cdk.CfnOutput(self, "BookingArn", value=booking.function_arn)
        cdk.CfnOutput(self, "Endpoint", value=database.db_instance_endpoint_address)
