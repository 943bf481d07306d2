"""What there is in an account, as its services say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.rehearsal.cloud import Cloud, client

Thing = tuple[str, str]
"""A kind and a name."""


def inventory(cloud: Cloud) -> frozenset[Thing]:
    """Everything that costs, keeps data or occupies a name.

    A key that waits for its deletion is gone; a secret that does is not, since its name is taken.
    """
    found = {(kind, name) for kind, names in _SERVICES.items() for name in names()}
    exports = {("export", name) for name in cloud.exports}
    stacks = {("stack", name) for name in cloud.stacks}
    return frozenset(found | cloud.ledger | exports | stacks)


def _listed(
    service: str, operation: str, key: str, name: str, **arguments: object
) -> Callable[[], Iterator[str]]:
    """The names under which an operation lists things."""

    def names() -> Iterator[str]:
        api = client(service)
        if api.can_paginate(operation):
            pages = api.get_paginator(operation).paginate(**arguments)
        else:
            pages = [getattr(api, operation)(**arguments)]
        for page in pages:
            for thing in page.get(key, ()):
                yield thing if isinstance(thing, str) else thing[name]

    return names


def _streams() -> Iterator[str]:
    """The streams in one page: moto's pages of streams have no token of the next one."""
    names: list[str] = client("kinesis").list_streams(Limit=1000)["StreamNames"]
    return iter(names)


def _nat_gateways() -> Iterator[str]:
    for gateway in client("ec2").describe_nat_gateways()["NatGateways"]:
        if gateway["State"] not in ("deleting", "deleted"):
            yield gateway["NatGatewayId"]


def _keys() -> Iterator[str]:
    """The keys that nobody has asked to delete, but those that AWS makes for a service."""
    kms = client("kms")
    aliases = kms.list_aliases()["Aliases"]
    of_aws = {one["TargetKeyId"] for one in aliases if one["AliasName"].startswith("alias/aws/")}
    for key in kms.list_keys()["Keys"]:
        state = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
        if state != "PendingDeletion" and key["KeyId"] not in of_aws:
            yield key["KeyId"]


_SERVICES: dict[str, Callable[[], Iterator[str]]] = {
    "bucket": _listed("s3", "list_buckets", "Buckets", "Name"),
    "stream": _streams,
    "table": _listed("dynamodb", "list_tables", "TableNames", ""),
    "repository": _listed("ecr", "describe_repositories", "repositories", "repositoryName"),
    "key": _keys,
    "queue": _listed("sqs", "list_queues", "QueueUrls", ""),
    "log group": _listed("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "database": _listed("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
    "database cluster": _listed("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
    "snapshot": _listed("rds", "describe_db_snapshots", "DBSnapshots", "DBSnapshotIdentifier"),
    "cluster snapshot": _listed(
        "rds", "describe_db_cluster_snapshots", "DBClusterSnapshots", "DBClusterSnapshotIdentifier"
    ),
    "automated backup": _listed(
        "rds",
        "describe_db_instance_automated_backups",
        "DBInstanceAutomatedBackups",
        "DBInstanceIdentifier",
    ),
    "database subnet group": _listed(
        "rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"
    ),
    "cache": _listed("elasticache", "describe_cache_clusters", "CacheClusters", "CacheClusterId"),
    "replication group": _listed(
        "elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"
    ),
    "cache snapshot": _listed("elasticache", "describe_snapshots", "Snapshots", "SnapshotName"),
    "secret": _listed(
        "secretsmanager", "list_secrets", "SecretList", "Name", IncludePlannedDeletion=True
    ),
    "role": _listed("iam", "list_roles", "Roles", "RoleName"),
    "function": _listed("lambda", "list_functions", "Functions", "FunctionName"),
    "layer": _listed("lambda", "list_layers", "Layers", "LayerName"),
    "mapping": _listed("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
    "rule": _listed("events", "list_rules", "Rules", "Name"),
    "event bus": _listed("events", "list_event_buses", "EventBuses", "Name"),
    "user pool": _listed("cognito-idp", "list_user_pools", "UserPools", "Id", MaxResults=60),
    "load balancer": _listed(
        "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"
    ),
    "network": _listed("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "subnet": _listed("ec2", "describe_subnets", "Subnets", "SubnetId"),
    "route table": _listed("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    "security group": _listed("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    "internet gateway": _listed(
        "ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    "nat gateway": _nat_gateways,
    "address": _listed("ec2", "describe_addresses", "Addresses", "PublicIp"),
    "endpoint": _listed("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "network interface": _listed(
        "ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"
    ),
}
