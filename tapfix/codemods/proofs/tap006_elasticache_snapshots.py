"""Caches that keep snapshots."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.proof import Claim, Flaw, Proof, Templates, resources, said

_CACHES = (
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
)


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, cache in resources(templates, *_CACHES):
        if said(cache).get("SnapshotRetentionLimit", 0):
            yield Flaw(stack, logical_id, "SnapshotRetentionLimit")


PROOF = Proof(_flaws, (Claim(r"Properties\.Snapshot\w+"),))
