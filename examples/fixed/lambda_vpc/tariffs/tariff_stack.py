from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_ec2, aws_elasticache, aws_lambda
from constructs import Construct


class TariffStack(Stack):
    """Answers what electricity costs at a meter, from a cache."""

    def __init__(self, scope: Construct, id: str, env_name: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)
        self.env_name = env_name

        self.vpc = aws_ec2.Vpc(self, "Vpc", vpc_name=f"tariffs-{env_name}", max_azs=2)
        self.cache_group = aws_ec2.SecurityGroup(
            self, "CacheGroup", vpc=self.vpc, description="Tariff cache"
        )
        self.cache_group.add_ingress_rule(
            aws_ec2.Peer.ipv4(self.vpc.vpc_cidr_block),
            aws_ec2.Port.tcp(11211),
            "Memcached from the VPC",
        )
        self.cache = self._cache()
        self.lookup = self._lookup()

        CfnOutput(self, "LookupArn", value=self.lookup.function_arn)
        CfnOutput(
            self,
            "CacheEndpoint",
            value=self.cache.attr_configuration_endpoint_address,
        )

    def _cache(self) -> aws_elasticache.CfnCacheCluster:
        subnets = aws_elasticache.CfnSubnetGroup(
            self,
            "CacheSubnets",
            description="Tariff cache",
            subnet_ids=self.vpc.select_subnets(
                subnet_type=aws_ec2.SubnetType.PRIVATE_WITH_EGRESS
            ).subnet_ids,
        )
        return aws_elasticache.CfnCacheCluster(
            self,
            "Cache",
            engine="memcached",
            cache_node_type="cache.t4g.micro",
            num_cache_nodes=2,
            cache_subnet_group_name=subnets.ref,
            vpc_security_group_ids=[self.cache_group.security_group_id],
        )

    def _lookup(self) -> aws_lambda.Function:
        lookup_security_group = aws_ec2.SecurityGroup(
            self,
            "LookupSecurityGroup",
            vpc=self.vpc,
            description="Network access of Lookup",
        )
        return aws_lambda.Function(
            self,
            "Lookup",
            function_name=f"tariff-lookup-{self.env_name}",
            runtime=aws_lambda.Runtime.PYTHON_3_12,
            handler="lookup.handler",
            code=aws_lambda.Code.from_asset("functions"),
            timeout=Duration.seconds(10),
            environment={
                "CACHE_HOST": self.cache.attr_configuration_endpoint_address,
                "CACHE_PORT": self.cache.attr_configuration_endpoint_port,
            },
            vpc=self.vpc,
            vpc_subnets=aws_ec2.SubnetSelection(
                subnet_type=aws_ec2.SubnetType.PRIVATE_WITH_EGRESS
            ),
            security_groups=[lookup_security_group],
        )
