"""Caches of ElastiCache."""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend

from tests.rehearsal.cloud import ACCOUNT, REGION, client
from tests.rehearsal.kinds import Kind, Made, Order, Refused, final_name, take

CACHE_SUBNETS = "cache subnet group"
SERVERLESS_CACHE, SERVERLESS_SNAPSHOT = "serverless cache", "serverless cache snapshot"
"""What the ledger holds, see the package."""


def _enter(order: Order, kind: str, name: str) -> None:
    take((kind, name) in order.cloud.ledger, kind, name)
    order.cloud.ledger.add((kind, name))


def _create_cache_subnets(order: Order) -> Made:
    name = order.name("CacheSubnetGroupName").lower()
    _enter(order, CACHE_SUBNETS, name)
    return Made(name)


def _delete_cache_subnets(order: Order, made: Made) -> None:
    order.cloud.ledger.remove((CACHE_SUBNETS, made.ref))


def _check_subnets(order: Order) -> None:
    group = order.properties.get("CacheSubnetGroupName")
    if group and (CACHE_SUBNETS, group) not in order.cloud.ledger:
        raise Refused(f"there is no cache subnet group {group}")


def _create_cache(order: Order) -> Made:
    _check_subnets(order)
    name = order.name("ClusterName", limit=50).lower()
    rename = {"VpcSecurityGroupIds": "SecurityGroupIds"}
    order.call(
        "elasticache",
        "create_cache_cluster",
        rename=rename,
        without="ClusterName",
        CacheClusterId=name,
    )
    host, port = f"{name}.cache.amazonaws.com", str(order.properties.get("Port", 6379))
    return Made(
        name,
        {
            "RedisEndpoint.Address": host,
            "RedisEndpoint.Port": port,
            "ConfigurationEndpoint.Address": host,
            "ConfigurationEndpoint.Port": port,
        },
    )


def _caches() -> Any:
    """Where moto keeps caches. There it would keep them for ever as being deleted."""
    return get_backend("elasticache")[ACCOUNT][REGION]


def _delete_cache(_: Order, made: Made) -> None:
    client("elasticache").delete_cache_cluster(CacheClusterId=made.ref)
    del _caches().cache_clusters[made.ref]


def _snapshot_cache(order: Order, made: Made) -> None:
    name = final_name(order)
    client("elasticache").create_snapshot(CacheClusterId=made.ref, SnapshotName=name)
    _delete_cache(order, made)


def _create_replication_group(order: Order) -> Made:
    _check_subnets(order)
    name = order.name("ReplicationGroupId", limit=40).lower()
    order.call("elasticache", "create_replication_group", ReplicationGroupId=name)
    ends = ("PrimaryEndPoint", "ReaderEndPoint", "ConfigurationEndPoint")
    hosts = {f"{end}.Address": f"{end.lower()}.{name}.cache.amazonaws.com" for end in ends}
    port = str(order.properties.get("Port", 6379))
    return Made(name, {**hosts, **{f"{end}.Port": port for end in ends}})


def _delete_replication_group(_: Order, made: Made) -> None:
    client("elasticache").delete_replication_group(ReplicationGroupId=made.ref)
    del _caches().replication_groups[made.ref]


def _snapshot_replication_group(order: Order, made: Made) -> None:
    client("elasticache").create_snapshot(
        ReplicationGroupId=made.ref, SnapshotName=final_name(order)
    )
    _delete_replication_group(order, made)


def _create_serverless_cache(order: Order) -> Made:
    name = order.name("ServerlessCacheName", limit=40).lower()
    _enter(order, SERVERLESS_CACHE, name)
    host = {"Endpoint.Address": f"{name}.serverless.cache.amazonaws.com", "Endpoint.Port": "6379"}
    return Made(name, host)


def _delete_serverless_cache(order: Order, made: Made) -> None:
    if snapshot := order.properties.get("FinalSnapshotName"):
        _enter(order, SERVERLESS_SNAPSHOT, snapshot)
    order.cloud.ledger.remove((SERVERLESS_CACHE, made.ref))


KINDS = {
    "AWS::ElastiCache::SubnetGroup": Kind(
        _create_cache_subnets,
        _delete_cache_subnets,
        "CacheSubnetGroupName",
        "Description SubnetIds",
    ),
    "AWS::ElastiCache::CacheCluster": Kind(
        _create_cache, _delete_cache, "ClusterName", snapshot=_snapshot_cache
    ),
    "AWS::ElastiCache::ReplicationGroup": Kind(
        _create_replication_group,
        _delete_replication_group,
        "ReplicationGroupId",
        snapshot=_snapshot_replication_group,
    ),
    "AWS::ElastiCache::ServerlessCache": Kind(
        _create_serverless_cache,
        _delete_serverless_cache,
        "ServerlessCacheName",
        "Engine FinalSnapshotName SecurityGroupIds SnapshotRetentionLimit SubnetIds",
    ),
}
"""By type."""
