"""Databases that refuse to be deleted."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.proof import Claim, Flaw, Proof, Templates, resources

_DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::GlobalCluster")


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, database in resources(templates, *_DATABASES):
        if database.get("Properties", {}).get("DeletionProtection"):
            yield Flaw(stack, logical_id, "DeletionProtection")


PROOF = Proof(_flaws, (Claim(r"Properties\.DeletionProtection"),))
