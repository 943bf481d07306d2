import aws_cdk as cdk
from aws_cdk import aws_apigateway as apigw, aws_ec2 as ec2, aws_lambda as lambda_, aws_rds as rds
from constructs import Construct

DB_NAME = "booking"
DB_USER = "admin"


class BookingStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=2,
            nat_gateways=1,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC),
                ec2.SubnetConfiguration(name="app", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
                ec2.SubnetConfiguration(name="data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            ],
        )
        database = rds.DatabaseInstance(
            self,
            "Bookings",
            engine=rds.DatabaseInstanceEngine.mysql(version=rds.MysqlEngineVersion.VER_8_0),
            instance_type=ec2.InstanceType.of(ec2.InstanceClass.BURSTABLE3, ec2.InstanceSize.SMALL),
            credentials=rds.Credentials.from_generated_secret(DB_USER),
            database_name=DB_NAME,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        )
        handler = lambda_.Function(
            self,
            "BookFunction",
            function_name="book",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="book.handler",
            code=lambda_.Code.from_asset("lambda"),
            environment={
                "DB_HOST": database.instance_endpoint.hostname,
                "DB_NAME": DB_NAME,
            },
        )
        api = apigw.LambdaRestApi(self, "BookingApi", handler=handler, rest_api_name="booking")
        cdk.CfnOutput(self, "Url", value=api.url, export_name="BookingUrl")
