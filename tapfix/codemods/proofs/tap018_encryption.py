"""Resources that do not say how they are encrypted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tapfix.proof import Claim, Flaw, Proof, Templates, resources, said

_ENCRYPTED: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "AWS::DocDB::DBCluster": lambda cluster: cluster.get("StorageEncrypted") is True,
    "AWS::DynamoDB::GlobalTable": lambda table: "SSESpecification" in table,
    "AWS::DynamoDB::Table": lambda table: "SSESpecification" in table,
    "AWS::EC2::Volume": lambda volume: volume.get("Encrypted") is True,
    "AWS::EFS::FileSystem": lambda files: files.get("Encrypted") is True,
    "AWS::ElastiCache::ReplicationGroup": lambda group: (
        group.get("AtRestEncryptionEnabled") is True
    ),
    # What CDK says by itself depends on the region: a condition instead of a type.
    "AWS::Kinesis::Stream": lambda stream: "EncryptionType" in stream.get("StreamEncryption", {}),
    # One that reads a stream is as encrypted as that.
    "AWS::KinesisFirehose::DeliveryStream": lambda stream: (
        "DeliveryStreamEncryptionConfigurationInput" in stream
        or stream.get("DeliveryStreamType", "DirectPut") != "DirectPut"
    ),
    "AWS::Neptune::DBCluster": lambda cluster: cluster.get("StorageEncrypted") is True,
    "AWS::OpenSearchService::Domain": lambda domain: (
        domain.get("EncryptionAtRestOptions", {}).get("Enabled") is True
    ),
    "AWS::RDS::DBCluster": lambda cluster: cluster.get("StorageEncrypted") is True,
    "AWS::RDS::DBInstance": lambda instance: (
        "DBClusterIdentifier" in instance or instance.get("StorageEncrypted") is True
    ),
    "AWS::Redshift::Cluster": lambda cluster: cluster.get("Encrypted") is True,
    "AWS::S3::Bucket": lambda bucket: "BucketEncryption" in bucket,
    "AWS::SQS::Queue": lambda queue: (
        queue.get("SqsManagedSseEnabled") is True or "KmsMasterKeyId" in queue
    ),
}
_UNSUPPORTED = "Conditions/AwsCdkKinesisEncryptedStreamsUnsupportedRegions"


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, resource in resources(templates, *_ENCRYPTED):
        if not _ENCRYPTED[resource["Type"]](said(resource)):
            yield Flaw(stack, logical_id, "says nothing of its encryption")


PROOF = Proof(
    _flaws,
    (
        Claim(r"Properties\.\w*(Encrypt|SSE|Sse)\w*.*"),
        Claim(kinds=_UNSUPPORTED, own=False, whole=True),
    ),
)
