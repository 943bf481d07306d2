from aws_cdk import App, CfnOutput, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct


class AlertStack(Stack):

    def __init__(self, scope: Construct, id: str, stage: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)
        vpc = ec2.Vpc(self, "Network", max_azs=2, nat_gateways=1)
        cache_sg = ec2.SecurityGroup(self, "CacheSg", vpc=vpc)
        subnets = elasticache.CfnSubnetGroup(
            self, "CacheSubnets", description="cache", subnet_ids=vpc.select_subnets(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS).subnet_ids)
        cache = elasticache.CfnCacheCluster(
            self, "Dedupe", engine="redis", cache_node_type="cache.t4g.micro", num_cache_nodes=1,
            cache_subnet_group_name=subnets.ref, vpc_security_group_ids=[cache_sg.security_group_id],
            snapshot_retention_limit=3)

        topic = sns.Topic(self, "Alerts", topic_name="alerts", display_name="Alerts")

        fn = lambda_.Function(self, "Notifier", function_name="notifier", runtime=lambda_.Runtime.PYTHON_3_12,
                              handler="notifier.handler", code=lambda_.Code.from_asset("notify"),
                              timeout=Duration.seconds(10),
                              environment={"CACHE_HOST": cache.attr_redis_endpoint_address,
                                           "WEBHOOK": "https://hooks.example.com/alerts"})
        topic.add_subscription(subscriptions.LambdaSubscription(fn))


app = App()
AlertStack(app, "alerts-dev", "dev")
AlertStack(app, "alerts-prod", "prod")
app.synth()
