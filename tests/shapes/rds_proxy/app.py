import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigwv2, aws_ec2 as ec2, aws_lambda as lambda_, aws_rds as rds
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct


class MembersStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, environment_suffix: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2, nat_gateways=1)
        db_sg = ec2.SecurityGroup(self, "DatabaseSg", vpc=vpc)
        proxy_sg = ec2.SecurityGroup(self, "ProxySg", vpc=vpc)
        database = rds.DatabaseInstance(
            self,
            "Members",
            engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_15),
            vpc=vpc,
            security_groups=[db_sg],
            database_name="members",
        )
        proxy = rds.DatabaseProxy(
            self,
            "Proxy",
            proxy_target=rds.ProxyTarget.from_instance(database),
            secrets=[database.secret],
            vpc=vpc,
            security_groups=[proxy_sg],
            require_tls=True,
            db_proxy_name="members-proxy",
        )
        db_sg.add_ingress_rule(proxy_sg, ec2.Port.tcp(5432))
        fn = lambda_.Function(
            self,
            "MembersFn",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="members.handler",
            code=lambda_.Code.from_asset("src"),
            environment={
                "PROXY_ENDPOINT": proxy.endpoint,
                "SECRET_ARN": database.secret.secret_arn,
            },
        )
        api = apigwv2.HttpApi(self, "MembersApi")
        api.add_routes(path="/members", integration=HttpLambdaIntegration("Members", fn))


app = cdk.App()
suffix = app.node.try_get_context("environmentSuffix") or "dev"
MembersStack(app, f"Members-{suffix}", suffix)
app.synth()
