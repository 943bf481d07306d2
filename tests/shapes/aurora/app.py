from aws_cdk import App, Duration, RemovalPolicy, Stack, aws_ec2 as ec2, aws_lambda as lambda_
from aws_cdk import aws_rds as rds, aws_sqs as sqs, aws_lambda_event_sources as event_sources


class BillingStack(Stack):
    def __init__(self, scope, id, *, env_name, **kwargs):
        super().__init__(scope, id, **kwargs)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2)
        cluster = rds.DatabaseCluster(
            self,
            "Billing",
            cluster_identifier="billing",
            engine=rds.DatabaseClusterEngine.aurora_mysql(
                version=rds.AuroraMysqlEngineVersion.VER_3_08_0
            ),
            writer=rds.ClusterInstance.provisioned(
                "writer", instance_type=ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM)
            ),
            readers=[rds.ClusterInstance.serverless_v2("reader")],
            credentials=rds.Credentials.from_generated_secret("billing"),
            default_database_name="billing",
            vpc=vpc,
            backup=rds.BackupProps(retention=Duration.days(14)),
            deletion_protection=True,
        )
        queue = sqs.Queue(self, "Invoices", queue_name="invoices")
        fn = lambda_.Function(
            self,
            "Biller",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="biller.handler",
            code=lambda_.Code.from_asset("handlers"),
            environment={
                "DB_HOST": cluster.cluster_endpoint.hostname,
                "DB_SECRET_ARN": cluster.secret.secret_arn,
            },
        )
        fn.add_event_source(event_sources.SqsEventSource(queue))


app = App()
env_name = app.node.try_get_context("env") or "dev"
BillingStack(app, f"billing-{env_name}", env_name=env_name)
app.synth()
