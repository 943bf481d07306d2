"""Automated backups beyond the least a database can have, or that outlive it."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.proof import Claim, Flaw, Proof, Templates, resources, said


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, instance in resources(templates, "AWS::RDS::DBInstance"):
        own = said(instance)
        if "DBClusterIdentifier" in own:
            continue
        if own.get("BackupRetentionPeriod") != 0:
            yield Flaw(stack, logical_id, "BackupRetentionPeriod")
        elif own.get("DeleteAutomatedBackups") is not True:
            yield Flaw(stack, logical_id, "DeleteAutomatedBackups")
    for stack, logical_id, cluster in resources(templates, "AWS::RDS::DBCluster"):
        if said(cluster).get("BackupRetentionPeriod", 1) > 1:
            yield Flaw(stack, logical_id, "BackupRetentionPeriod")


PROOF = Proof(_flaws, (Claim(r"Properties\.(BackupRetentionPeriod|DeleteAutomatedBackups)"),))
