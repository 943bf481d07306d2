"""Buckets that keep objects for ever, or would let them expire before they move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tapfix.proof import Claim, Flaw, Proof, Templates, resources, said


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, bucket in resources(templates, "AWS::S3::Bucket"):
        if not _expires(said(bucket)):
            yield Flaw(stack, logical_id, "LifecycleConfiguration")


def _expires(bucket: Mapping[str, Any]) -> bool:
    rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
    whole = [rule for rule in rules if rule["Status"] == "Enabled" and not _is_filtered(rule)]
    days = [rule["ExpirationInDays"] for rule in whole if "ExpirationInDays" in rule]
    moves = [move["TransitionInDays"] for rule in whole for move in rule.get("Transitions", [])]
    is_versioned = bucket.get("VersioningConfiguration", {}).get("Status") == "Enabled"
    old_ones = any("NoncurrentVersionExpiration" in rule for rule in whole)
    return bool(days) and min(days) > max(moves, default=0) and (old_ones or not is_versioned)


def _is_filtered(rule: Mapping[str, Any]) -> bool:
    return any(key in rule for key in ("Prefix", "TagFilters", "ObjectSizeGreaterThan"))


PROOF = Proof(_flaws, (Claim(r"Properties\.LifecycleConfiguration.*"),))
