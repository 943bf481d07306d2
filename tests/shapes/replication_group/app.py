import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_

STREAM_NAME = "votes-stream"


class VotesStack(cdk.Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.vpc = ec2.Vpc(self, "VotesVpc", max_azs=2)
        self._cache()
        self._stream()
        self._function()

    def _cache(self):
        self.cache_sg = ec2.SecurityGroup(
            self, "RedisSg", vpc=self.vpc, security_group_name="votes-redis", description="Redis"
        )
        group = elasticache.CfnSubnetGroup(
            self,
            "RedisSubnets",
            cache_subnet_group_name="votes-redis",
            description="Redis",
            subnet_ids=self.vpc.select_subnets(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
            ).subnet_ids,
        )
        self.redis = elasticache.CfnReplicationGroup(
            self,
            "Redis",
            replication_group_id="votes",
            replication_group_description="Votes",
            cache_node_type="cache.t3.small",
            engine="redis",
            num_node_groups=1,
            replicas_per_node_group=1,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            cache_subnet_group_name="votes-redis",
            security_group_ids=[self.cache_sg.security_group_id],
            snapshot_retention_limit=1,
            snapshot_window="03:00-04:00",
        )
        self.redis.add_dependency(group)

    def _stream(self):
        self.stream = kinesis.Stream(self, "Votes", stream_name=STREAM_NAME)

    def _function(self):
        role = iam.Role(
            self,
            "CounterRole",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSLambdaBasicExecutionRole"
                )
            ],
        )
        fn = lambda_.Function(
            self,
            "Counter",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="counter.handler",
            code=lambda_.Code.from_asset("lambda"),
            role=role,
            environment={"REDIS_HOST": self.redis.attr_primary_end_point_address},
        )
        lambda_.EventSourceMapping(
            self,
            "VotesMapping",
            target=fn,
            event_source_arn=self.stream.stream_arn,
            starting_position=lambda_.StartingPosition.LATEST,
        )


app = cdk.App()
VotesStack(app, "VotesStack")
app.synth()
