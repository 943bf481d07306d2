import aws_cdk as cdk
from aws_cdk import aws_docdb as docdb, aws_ec2 as ec2, aws_events as events
from aws_cdk import aws_events_targets as targets, aws_lambda as lambda_
from constructs import Construct


class CatalogueStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2)
        cluster = docdb.DatabaseCluster(
            self,
            "Catalogue",
            db_cluster_name="catalogue",
            master_user=docdb.Login(username="catalogue"),
            instance_type=ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MEDIUM),
            vpc=vpc,
            deletion_protection=True,
        )
        loader = lambda_.Function(
            self,
            "Loader",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="loader.handler",
            code=lambda_.Code.from_asset("lambda"),
            timeout=cdk.Duration.minutes(2),
            environment={"MONGO_HOST": cluster.cluster_endpoint.hostname},
        )
        events.Rule(
            self,
            "Hourly",
            schedule=events.Schedule.rate(cdk.Duration.hours(1)),
            targets=[targets.LambdaFunction(loader)],
        )


app = cdk.App()
CatalogueStack(app, "CatalogueStack")
app.synth()
