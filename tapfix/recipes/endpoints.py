"""What people look for after a deploy, and the attribute of each class that tells it.

Which resources these are is a choice; that the attributes exist is checked against the library by a
test. What CDK gives an output by itself (``RestApi``, the load-balanced services of ECS patterns)
is not among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.databases import engine, is_member
from tapfix.recipes.arguments import Obstacle

_WORD = re.compile(r"[A-Z][a-z]+")
_SHORT = ("api", "arn", "dns", "url")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to find one kind of resource.

    ``attribute`` is read of the construct; ``nouns`` say what it is, the first one is put into an
    output's id unless the construct's own id ends with one of them, in whatever letters; ``tail``
    says what is told.
    """

    attribute: str
    nouns: tuple[str, ...]
    tail: str

    @property
    def words(self) -> str:
        """How to call it in a message: ``bucket name``, ``API URL``."""
        words = (word.lower() for word in _WORD.findall(self.nouns[0] + self.tail))
        return " ".join(word.upper() if word in _SHORT else word for word in words)


_BUCKET = ("Bucket",)
_TABLE = ("Table",)
_STREAM = ("Stream",)
_FUNCTION = ("Function", "Lambda")
_QUEUE = ("Queue",)
_TOPIC = ("Topic",)
_DATABASE = ("Database", "Db", "Cluster", "Instance", "Replica")
_CACHE = ("Cache", "Redis", "Cluster", "Memcached", "Group")
_BALANCER = ("LoadBalancer", "Alb", "Nlb", "Balancer")
_API = ("Api",)
_POOL = ("UserPool", "Pool")
_CLIENT = ("Client",)
_CDN = ("Distribution", "Cdn")

_HOST = Endpoint("cluster_endpoint.hostname", _DATABASE, "Endpoint")
_INSTANCE = Endpoint("db_instance_endpoint_address", _DATABASE, "Endpoint")
_L1_HOST = Endpoint("attr_endpoint", _DATABASE, "Endpoint")
_L1_ADDRESS = Endpoint("attr_endpoint_address", _DATABASE, "Endpoint")

ENDPOINTS: Mapping[str, Endpoint] = {
    "aws_s3.Bucket": Endpoint("bucket_name", _BUCKET, "Name"),
    "aws_s3.CfnBucket": Endpoint("ref", _BUCKET, "Name"),
    "aws_dynamodb.Table": Endpoint("table_name", _TABLE, "Name"),
    "aws_dynamodb.TableV2": Endpoint("table_name", _TABLE, "Name"),
    "aws_dynamodb.CfnTable": Endpoint("ref", _TABLE, "Name"),
    "aws_dynamodb.CfnGlobalTable": Endpoint("ref", _TABLE, "Name"),
    "aws_kinesis.Stream": Endpoint("stream_name", _STREAM, "Name"),
    "aws_kinesis.CfnStream": Endpoint("ref", _STREAM, "Name"),
    "aws_sqs.Queue": Endpoint("queue_url", _QUEUE, "Url"),
    "aws_sqs.CfnQueue": Endpoint("ref", _QUEUE, "Url"),
    "aws_sns.Topic": Endpoint("topic_arn", _TOPIC, "Arn"),
    "aws_sns.CfnTopic": Endpoint("ref", _TOPIC, "Arn"),
    "aws_lambda.Function": Endpoint("function_arn", _FUNCTION, "Arn"),
    "aws_lambda.CfnFunction": Endpoint("attr_arn", _FUNCTION, "Arn"),
    "aws_lambda.FunctionUrl": Endpoint("url", ("Function",), "Url"),
    "aws_rds.DatabaseInstance": _INSTANCE,
    "aws_rds.DatabaseInstanceFromSnapshot": _INSTANCE,
    "aws_rds.DatabaseInstanceReadReplica": _INSTANCE,
    "aws_rds.DatabaseCluster": _HOST,
    "aws_rds.DatabaseClusterFromSnapshot": _HOST,
    "aws_rds.ServerlessCluster": _HOST,
    "aws_rds.ServerlessClusterFromSnapshot": _HOST,
    "aws_rds.DatabaseProxy": Endpoint("endpoint", ("Proxy",), "Endpoint"),
    "aws_rds.CfnDBInstance": _L1_ADDRESS,
    "aws_rds.CfnDBCluster": _L1_ADDRESS,
    "aws_docdb.DatabaseCluster": _HOST,
    "aws_docdb.CfnDBCluster": _L1_HOST,
    "aws_neptune.CfnDBCluster": _L1_HOST,
    "aws_redshift.CfnCluster": _L1_ADDRESS,
    "aws_opensearchservice.Domain": Endpoint("domain_endpoint", ("Domain",), "Endpoint"),
    "aws_opensearchservice.CfnDomain": Endpoint("attr_domain_endpoint", ("Domain",), "Endpoint"),
    "aws_elasticache.CfnServerlessCache": Endpoint("attr_endpoint_address", _CACHE, "Endpoint"),
    "aws_apigatewayv2.HttpApi": Endpoint("api_endpoint", _API, "Url"),
    "aws_apigatewayv2.WebSocketApi": Endpoint("api_endpoint", _API, "Url"),
    "aws_apigatewayv2.CfnApi": Endpoint("attr_api_endpoint", _API, "Url"),
    "aws_appsync.GraphqlApi": Endpoint("graphql_url", _API, "Url"),
    "aws_elasticloadbalancingv2.BaseLoadBalancer": Endpoint(
        "load_balancer_dns_name", _BALANCER, "DnsName"
    ),
    "aws_elasticloadbalancingv2.CfnLoadBalancer": Endpoint("attr_dns_name", _BALANCER, "DnsName"),
    "aws_elasticloadbalancing.LoadBalancer": Endpoint(
        "load_balancer_dns_name", _BALANCER, "DnsName"
    ),
    "aws_cognito.UserPool": Endpoint("user_pool_id", _POOL, "Id"),
    "aws_cognito.CfnUserPool": Endpoint("ref", _POOL, "Id"),
    "aws_cognito.UserPoolClient": Endpoint("user_pool_client_id", _CLIENT, "Id"),
    "aws_cognito.CfnUserPoolClient": Endpoint("ref", _CLIENT, "Id"),
    "aws_cloudfront.Distribution": Endpoint("distribution_domain_name", _CDN, "DomainName"),
    "aws_cloudfront.CloudFrontWebDistribution": Endpoint(
        "distribution_domain_name", _CDN, "DomainName"
    ),
    "aws_cloudfront.CfnDistribution": Endpoint("attr_domain_name", _CDN, "DomainName"),
}
"""By the class's name in the catalogue; classes derived from one are found by it too."""

_NOBODY_LOOKS_FOR = (
    "aws_lambda.SingletonFunction",
    "triggers.TriggerFunction",
    "aws_cloudfront.experimental.EdgeFunction",
)
"""Functions that CloudFormation or CloudFront runs, and nobody else."""

_MEMCACHED = Endpoint("attr_configuration_endpoint_address", _CACHE, "Endpoint")
_REDIS = Endpoint("attr_redis_endpoint_address", _CACHE, "Endpoint")
_SHARDED = Endpoint("attr_configuration_end_point_address", _CACHE, "Endpoint")
_PRIMARY = Endpoint("attr_primary_end_point_address", _CACHE, "Endpoint")


def endpoint(construct: Construct) -> Endpoint | Obstacle | None:
    """How to find a resource; None if nobody looks for one of its kind.

    An obstacle where it has one of several attributes and the source does not tell which.
    """
    if construct.is_a(*_NOBODY_LOOKS_FOR) or is_member(construct):
        return None
    names = (construct.cls.name, *construct.cls.ancestors)
    for name in names:
        if name in ENDPOINTS:
            return ENDPOINTS[name]
        if name in CACHES:
            return CACHES[name](construct)
    return None


def _node(cache: Construct) -> Endpoint | Obstacle | None:
    if cache.argument("replication_group_id") is not None:
        return None
    known = {"memcached": _MEMCACHED, "redis": _REDIS}.get(engine(cache))
    return known or Obstacle("which endpoint it has depends on an engine that is not in the source")


def _group(cache: Construct) -> Endpoint | Obstacle:
    """With cluster mode on a group has one endpoint for all its shards, and no primary one."""
    mode, shards = cache.value("cluster_mode"), cache.value("num_node_groups")
    parameters = cache.value("cache_parameter_group_name")
    shape = cache.value("node_group_configuration")
    if mode is not None and mode.constant == "enabled":
        return _SHARDED
    if shards is not None and isinstance(shards.constant, int) and shards.constant > 1:
        return _SHARDED
    named = parameters.constant if parameters is not None else ""
    if isinstance(named, str) and "cluster.on" in named:
        return _SHARDED
    single = shards is None or shards.constant == 1
    off = mode is None or mode.constant == "disabled"
    known = isinstance(named, str) and shape is None and not cache.open
    if known and single and off:
        return _PRIMARY
    return Obstacle("which endpoint it has depends on a cluster mode that is not in the source")


CACHES: Mapping[str, Callable[[Construct], Endpoint | Obstacle | None]] = {
    "aws_elasticache.CfnCacheCluster": _node,
    "aws_elasticache.CfnReplicationGroup": _group,
}
"""Classes of which it depends on the arguments what they have."""
