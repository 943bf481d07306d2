from aws_cdk import Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_rds as rds
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class ShopStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, environment_suffix: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)

        vpc = ec2.Vpc(self, "ShopVpc", max_azs=2, nat_gateways=1)
        db_sg = ec2.SecurityGroup(self, "DbSecurityGroup", vpc=vpc, allow_all_outbound=False)
        cache_sg = ec2.SecurityGroup(self, "CacheSecurityGroup", vpc=vpc, allow_all_outbound=False)
        db = rds.DatabaseInstance(
            self,
            "Db",
            engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_15),
            vpc=vpc,
            security_groups=[db_sg],
            database_name="shop",
            backup_retention=Duration.days(7),
        )
        subnet_group = elasticache.CfnSubnetGroup(
            self,
            "CacheSubnets",
            description="Subnets of the cache",
            subnet_ids=[s.subnet_id for s in vpc.private_subnets],
        )
        cache = elasticache.CfnCacheCluster(
            self,
            "Cache",
            engine="redis",
            cache_node_type="cache.t3.micro",
            num_cache_nodes=1,
            cache_subnet_group_name=subnet_group.ref,
            vpc_security_group_ids=[cache_sg.security_group_id],
        )
        stream = kinesis.Stream(self, "Stock", stream_name=f"stock-{environment_suffix}")
        queue = sqs.Queue(self, "Orders", visibility_timeout=Duration.seconds(180))

        handlers = lambda_.Code.from_asset("handlers")
        database = {"DB_SECRET_ARN": db.secret.secret_arn, "DB_HOST": db.instance_endpoint.hostname}
        stock = lambda_.Function(
            self,
            "StockHandler",
            function_name=f"stock-{environment_suffix}",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="stock.handler",
            code=handlers,
            environment={**database, "CACHE_HOST": cache.attr_redis_endpoint_address},
            timeout=Duration.seconds(30),
        )
        stock.add_event_source(
            sources.KinesisEventSource(stream, starting_position=lambda_.StartingPosition.LATEST)
        )
        orders = lambda_.Function(
            self,
            "OrdersHandler",
            function_name=f"orders-{environment_suffix}",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="orders.handler",
            code=handlers,
            environment=database,
            timeout=Duration.seconds(30),
        )
        orders.add_event_source(sources.SqsEventSource(queue))
        report = lambda_.Function(
            self,
            "Report",
            function_name=f"report-{environment_suffix}",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="report.handler",
            code=handlers,
            environment=database,
        )
