"""Resources that people look for and that no output of their stack refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tapfix.codemods.proofs.between import is_of_cdk
from tapfix.proof import Claim, Flaw, Proof, Template, Templates, referred, resources, said

_LOOKED_FOR = (
    "AWS::ApiGatewayV2::Api",
    "AWS::AppSync::GraphQLApi",
    "AWS::CloudFront::Distribution",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::DocDB::DBCluster",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::ElasticLoadBalancing::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::Neptune::DBCluster",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBProxy",
    "AWS::Redshift::Cluster",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
)
_IMPORTED = "ExportsOutput"
_SERVING = ("RedrivePolicy", "DestinationConfig", "LoggingConfiguration")
"""Properties that name what is there for another resource only: failed messages, access logs."""


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, resource in resources(templates, *_LOOKED_FOR):
        if logical_id not in _told(templates[stack]) and not _is_inner(resource):
            yield Flaw(stack, logical_id, "has no output")


def _told(template: Template) -> set[str]:
    parts = [said(part) for part in template.get("Resources", {}).values()]
    serving = [part.get(name, {}) for part in parts for name in _SERVING]
    outputs = template.get("Outputs", {}).items()
    # What another stack imports is called by a hash: nobody finds it by that.
    written = [output for name, output in outputs if not name.startswith(_IMPORTED)]
    return referred([written, serving]) | _run_in_deploys(template)


def _run_in_deploys(template: Template) -> set[str]:
    """The functions of triggers, which these know by a version."""
    made = template.get("Resources", {})
    triggers = [said(one) for one in made.values() if one["Type"] == "Custom::Trigger"]
    versions = referred([own.get("HandlerArn", {}) for own in triggers]) & made.keys()
    return referred([said(made[name]) for name in versions])


def _is_inner(resource: Mapping[str, Any]) -> bool:
    """An instance of a cluster, or a function that only CDK knows of."""
    return is_of_cdk(resource) or "DBClusterIdentifier" in said(resource)


PROOF = Proof(_flaws, (Claim(kinds="Outputs/.*", own=False, whole=True),))
