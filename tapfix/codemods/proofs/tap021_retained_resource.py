"""Resources of other services that stay or refuse to be deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tapfix.proof import KEEPING, Claim, Flaw, Proof, Templates, resources, said

_PROTECTED: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "AWS::Cognito::UserPool": lambda pool: pool.get("DeletionProtection") == "ACTIVE",
    "AWS::DynamoDB::GlobalTable": lambda table: any(
        replica.get("DeletionProtectionEnabled") for replica in table["Replicas"]
    ),
    "AWS::DynamoDB::Table": lambda table: table.get("DeletionProtectionEnabled") is True,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda balancer: (
        {"Key": "deletion_protection.enabled", "Value": "true"}
        in balancer.get("LoadBalancerAttributes", [])
    ),
}
_OF_OTHER_RULES = ("AWS::S3::Bucket", "AWS::Logs::LogGroup")


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, resource in resources(templates):
        kind = resource["Type"]
        if kind.startswith("AWS::RDS::") or kind in _OF_OTHER_RULES:
            continue
        if resource.get("DeletionPolicy") in KEEPING:
            yield Flaw(stack, logical_id, "DeletionPolicy")
        elif kind in _PROTECTED and _PROTECTED[kind](said(resource)):
            yield Flaw(stack, logical_id, "is protected from deletion")


_PROTECTION = r"Properties\.(\w+\.|\w+\[\d+\]\.)*\w*(DeletionProtection|deletion_protection)\w*"
_HELPERS = r"Custom::ECRAutoDeleteImages|AWS::(IAM::Role|Lambda::Function)"

PROOF = Proof(
    _flaws,
    (
        Claim(rf"DeletionPolicy|UpdateReplacePolicy|{_PROTECTION}"),
        # A load balancer has its protection among its attributes.
        Claim(r"Properties\.(EmptyOnDelete|LoadBalancerAttributes.*|Tags.*)"),
        Claim(kinds=_HELPERS, own=False, whole=True),
    ),
)
