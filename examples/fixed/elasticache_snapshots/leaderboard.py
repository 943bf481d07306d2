from aws_cdk import CfnOutput, NestedStack, Stack
from aws_cdk.aws_ec2 import SecurityGroup, Vpc
from aws_cdk.aws_elasticache import (
  CfnReplicationGroup,
  CfnServerlessCache,
  CfnSubnetGroup,
)
from constructs import Construct


class CacheStack(NestedStack):
  """Scores and sessions of the running games."""

  def __init__(self, scope: Construct, id: str, stage: str, vpc: Vpc) -> None:
    super().__init__(scope, id)
    subnet_ids = [subnet.subnet_id for subnet in vpc.private_subnets]
    group = SecurityGroup(self, "Group", vpc=vpc, allow_all_outbound=False)
    subnets = CfnSubnetGroup(
      self, "Subnets", description="Leaderboard caches", subnet_ids=subnet_ids
    )

    self.scores = CfnReplicationGroup(
      self,
      "Scores",
      replication_group_id=f"scores-{stage}",
      replication_group_description="Scores of the running games",
      engine="valkey",
      cache_node_type="cache.t4g.small",
      num_node_groups=1,
      replicas_per_node_group=1,
      automatic_failover_enabled=True,
      at_rest_encryption_enabled=True,
      cache_subnet_group_name=subnets.ref,
      security_group_ids=[group.security_group_id],
      snapshot_retention_limit=0,
    )

    self.sessions = CfnServerlessCache(
      self, "Sessions",
      engine="valkey", serverless_cache_name=f"sessions-{stage}",
      subnet_ids=subnet_ids, security_group_ids=[group.security_group_id],
      snapshot_retention_limit=0)


class LeaderboardStack(Stack):
  def __init__(self, scope: Construct, id: str, stage: str, **kwargs) -> None:
    super().__init__(scope, id, **kwargs)
    vpc = Vpc(self, "Vpc", vpc_name=f"leaderboard-{stage}", max_azs=2)
    caches = CacheStack(self, "Caches", stage, vpc)
    CfnOutput(
      self, "ScoresEndpoint", value=caches.scores.attr_primary_end_point_address
    )
    CfnOutput(
      self, "SessionsEndpoint", value=caches.sessions.attr_endpoint_address
    )
