from aws_cdk import (
    Duration,
    RemovalPolicy,
    Stack,
    aws_ec2 as ec2,
    aws_elasticache as elasticache,
    aws_rds as rds,
    aws_s3 as s3,
)
from constructs import Construct


class DataStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, vpc: ec2.IVpc, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        self.db_sg = ec2.SecurityGroup(self, "DbSg", vpc=vpc)
        self.cache_sg = ec2.SecurityGroup(self, "CacheSg", vpc=vpc)
        self.database = rds.DatabaseInstance(
            self,
            "Crm",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_15
            ),
            vpc=vpc,
            security_groups=[self.db_sg],
            database_name="crm",
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        subnets = elasticache.CfnSubnetGroup(
            self,
            "CacheSubnets",
            description="private",
            subnet_ids=[s.subnet_id for s in vpc.private_subnets],
        )
        self.cache = elasticache.CfnReplicationGroup(
            self,
            "Cache",
            replication_group_description="CRM cache",
            engine="redis",
            cache_node_type="cache.t4g.small",
            num_cache_clusters=2,
            automatic_failover_enabled=True,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[self.cache_sg.security_group_id],
            snapshot_retention_limit=7,
        )
        self.bucket = s3.Bucket(self, "Exports", bucket_name="crm-exports")
