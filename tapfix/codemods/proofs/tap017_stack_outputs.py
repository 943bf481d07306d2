"""Resources that people look for and that no output of their stack refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tapfix.proof import Claim, Flaw, Proof, Template, Templates, referred, resources, said

_LOOKED_FOR = (
    "AWS::ApiGatewayV2::Api",
    "AWS::CloudFront::Distribution",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
)
_SERVING = ("RedrivePolicy", "DestinationConfig", "LoggingConfiguration")
"""Properties that name what is there for another resource only: failed messages, access logs."""


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, resource in resources(templates, *_LOOKED_FOR):
        if logical_id not in _told(templates[stack]) and not _is_inner(resource):
            yield Flaw(stack, logical_id, "has no output")


def _told(template: Template) -> set[str]:
    parts = [said(part) for part in template.get("Resources", {}).values()]
    serving = [part.get(name, {}) for part in parts for name in _SERVING]
    return referred([template.get("Outputs", {}), serving]) | _run_in_deploys(template)


def _run_in_deploys(template: Template) -> set[str]:
    """The functions of triggers, which these know by a version."""
    made = template.get("Resources", {})
    triggers = [said(one) for one in made.values() if one["Type"] == "Custom::Trigger"]
    versions = referred([own.get("HandlerArn", {}) for own in triggers]) & made.keys()
    return referred([said(made[name]) for name in versions])


def _is_inner(resource: Mapping[str, Any]) -> bool:
    """An instance of a cluster, or a function that only CDK knows of."""
    own = said(resource)
    is_of_cdk = resource["Type"] == "AWS::Lambda::Function" and "nodejs" in str(own.get("Runtime"))
    return is_of_cdk or "DBClusterIdentifier" in own


PROOF = Proof(_flaws, (Claim(kinds="Outputs/.*", own=False, whole=True),))
