"""Databases, or groups of theirs, that leave themselves or a snapshot behind."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.proof import KEEPING, Claim, Flaw, Proof, Templates, resources, said

_DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster")


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, resource in resources(templates):
        kind = resource["Type"]
        # Without a policy CloudFormation takes a snapshot, but of a cluster's instances.
        is_snapped = kind in _DATABASES and "DBClusterIdentifier" not in said(resource)
        policy = resource.get("DeletionPolicy", "Snapshot" if is_snapped else "Delete")
        if kind.startswith("AWS::RDS::") and policy in KEEPING:
            yield Flaw(stack, logical_id, "DeletionPolicy")


PROOF = Proof(
    _flaws,
    # CDK switches protection on by itself where the policy is RETAIN.
    (Claim(r"DeletionPolicy|UpdateReplacePolicy|Properties\.DeletionProtection"),),
)
