"""Buckets, streams, tables, image repositories, keys, queues and log groups."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from tests.rehearsal.cloud import ACCOUNT, REGION, client, is_there
from tests.rehearsal.kinds import Kind, Made, Order, Unsupported, nothing, take


def _create_bucket(order: Order) -> Made:
    bucket = order.name("BucketName")
    take(is_there("404", "s3", "head_bucket", Bucket=bucket), "bucket", bucket)
    client("s3").create_bucket(Bucket=bucket)
    _set_up_bucket(bucket, order.properties)
    host = f"{bucket}.s3.amazonaws.com"
    return Made(bucket, {"Arn": f"arn:aws:s3:::{bucket}", "DomainName": host})


def _set_up_bucket(bucket: str, wanted: Mapping[str, Any]) -> None:
    s3 = client("s3")
    if block := wanted.get("PublicAccessBlockConfiguration"):
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    if versions := wanted.get("VersioningConfiguration"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=versions)
    if tags := wanted.get("Tags"):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    if encryption := wanted.get("BucketEncryption"):
        rules = [
            {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
            for rule in encryption["ServerSideEncryptionConfiguration"]
        ]
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})
    if lifecycle := wanted.get("LifecycleConfiguration"):
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={"Rules": [_lifecycle_rule(r) for r in lifecycle["Rules"]]},
        )


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as S3's API says it; raises Unsupported for what is not known here."""
    found: dict[str, Any] = {"Filter": {"Prefix": ""}}
    for key, value in rule.items():
        match key:
            case "Id":
                found["ID"] = value
            case "Status" | "AbortIncompleteMultipartUpload":
                found[key] = value
            case "Prefix":
                found["Filter"] = {"Prefix": value}
            case "ExpirationInDays":
                found["Expiration"] = {"Days": value}
            case "NoncurrentVersionExpiration":
                found[key] = value
            case "Transitions":
                found[key] = [
                    {"Days": one["TransitionInDays"], "StorageClass": one["StorageClass"]}
                    for one in value
                ]
            case _:
                raise Unsupported(f"lifecycle rule with {key}")
    return found


def _create_bucket_policy(order: Order) -> Made:
    bucket, document = order.properties["Bucket"], order.properties["PolicyDocument"]
    client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))
    return Made(f"{bucket}-policy")


def _delete_bucket_policy(order: Order, _: Made) -> None:
    client("s3").delete_bucket_policy(Bucket=order.properties["Bucket"])


def _create_stream(order: Order) -> Made:
    name, wanted, kinesis = order.name("Name"), order.properties, client("kinesis")
    how: dict[str, Any] = {"ShardCount": int(wanted.get("ShardCount", 1))}
    if mode := wanted.get("StreamModeDetails"):
        how = {"StreamModeDetails": mode}
    kinesis.create_stream(StreamName=name, **how)
    if (hours := int(wanted.get("RetentionPeriodHours", 24))) > 24:
        kinesis.increase_stream_retention_period(StreamName=name, RetentionPeriodHours=hours)
    if encryption := wanted.get("StreamEncryption"):
        kinesis.start_stream_encryption(StreamName=name, **encryption)
    return Made(name, {"Arn": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}"})


def _delete_stream(_: Order, made: Made) -> None:
    client("kinesis").delete_stream(StreamName=made.ref, EnforceConsumerDeletion=True)


def _create_table(order: Order) -> Made:
    encryption = order.properties.get("SSESpecification")
    if "Replicas" in order.properties:
        (replica,) = order.properties["Replicas"]
        if replica.pop("Region") != REGION:
            raise Unsupported("a table of another region")
        more = dict(replica)
    else:
        more = {}
    if encryption:
        rest = {key: value for key, value in encryption.items() if key != "SSEEnabled"}
        more["SSESpecification"] = {"Enabled": encryption["SSEEnabled"], **rest}
    if stream := order.properties.get("StreamSpecification"):
        more["StreamSpecification"] = {"StreamEnabled": True, **stream}
    name = order.name("TableName")
    described = order.call(
        "dynamodb", "create_table", without="Replicas", **{"TableName": name, **more}
    )["TableDescription"]
    arns = {"Arn": described["TableArn"], "StreamArn": described.get("LatestStreamArn", "")}
    return Made(name, arns)


def _create_repository(order: Order) -> Made:
    name = order.name("RepositoryName")
    answer = client("ecr").create_repository(repositoryName=name)["repository"]
    return Made(name, {"Arn": answer["repositoryArn"], "RepositoryUri": answer["repositoryUri"]})


def _delete_repository(order: Order, made: Made) -> None:
    force = order.properties.get("EmptyOnDelete", False)
    client("ecr").delete_repository(repositoryName=made.ref, force=force)


def _create_key(order: Order) -> Made:
    policy = json.dumps(order.properties["KeyPolicy"])
    key = client("kms").create_key(Policy=policy)["KeyMetadata"]
    if order.properties.get("EnableKeyRotation"):
        client("kms").enable_key_rotation(KeyId=key["KeyId"])
    return Made(key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]})


def _delete_key(order: Order, made: Made) -> None:
    days = int(order.properties.get("PendingWindowInDays", 30))
    client("kms").schedule_key_deletion(KeyId=made.ref, PendingWindowInDays=days)


def _create_queue(order: Order) -> Made:
    fifo = ".fifo" if order.properties.get("FifoQueue") else ""
    name = order.properties.get("QueueName") or order.name("QueueName") + fifo
    missing = "AWS.SimpleQueueService.NonExistentQueue"
    take(is_there(missing, "sqs", "get_queue_url", QueueName=name), "queue", name)
    told = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in order.properties.items()
        if key != "QueueName"
    }
    url = client("sqs").create_queue(QueueName=name, Attributes=told)["QueueUrl"]
    return Made(url, {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name})


def _create_log_group(order: Order) -> Made:
    name = order.name("LogGroupName")
    client("logs").create_log_group(logGroupName=name)
    if days := order.properties.get("RetentionInDays"):
        client("logs").put_retention_policy(logGroupName=name, retentionInDays=int(days))
    return Made(name, {"Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*"})


def _delete_log_group(_: Order, made: Made) -> None:
    logs = client("logs")
    with contextlib.suppress(logs.exceptions.ResourceNotFoundException):
        logs.delete_log_group(logGroupName=made.ref)


def _create_metric_filter(order: Order) -> Made:
    name = order.name("FilterName")
    transformations = [
        {key[0].lower() + key[1:]: value for key, value in one.items()}
        for one in order.properties["MetricTransformations"]
    ]
    client("logs").put_metric_filter(
        logGroupName=order.properties["LogGroupName"],
        filterName=name,
        filterPattern=order.properties["FilterPattern"],
        metricTransformations=transformations,
    )
    return Made(name)


def _delete_metric_filter(order: Order, made: Made) -> None:
    client("logs").delete_metric_filter(
        logGroupName=order.properties["LogGroupName"], filterName=made.ref
    )


_TABLE = Kind(
    _create_table,
    lambda _, made: client("dynamodb").delete_table(TableName=made.ref),
    "TableName",
)

KINDS = {
    "AWS::S3::Bucket": Kind(
        _create_bucket,
        lambda _, made: client("s3").delete_bucket(Bucket=made.ref),
        "BucketName",
        "BucketEncryption LifecycleConfiguration PublicAccessBlockConfiguration Tags"
        " VersioningConfiguration",
    ),
    "AWS::S3::BucketPolicy": Kind(
        _create_bucket_policy, _delete_bucket_policy, properties="Bucket PolicyDocument"
    ),
    "AWS::Kinesis::Stream": Kind(
        _create_stream,
        _delete_stream,
        "Name",
        "RetentionPeriodHours ShardCount StreamEncryption StreamModeDetails",
    ),
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::ECR::Repository": Kind(
        _create_repository, _delete_repository, "RepositoryName", "EmptyOnDelete"
    ),
    "AWS::KMS::Key": Kind(
        _create_key, _delete_key, properties="EnableKeyRotation KeyPolicy PendingWindowInDays"
    ),
    "AWS::SQS::Queue": Kind(
        _create_queue, lambda _, made: client("sqs").delete_queue(QueueUrl=made.ref), "QueueName"
    ),
    "AWS::Logs::LogGroup": Kind(
        _create_log_group, _delete_log_group, "LogGroupName", "RetentionInDays"
    ),
    "AWS::Logs::MetricFilter": Kind(
        _create_metric_filter,
        _delete_metric_filter,
        "FilterName",
        "FilterPattern LogGroupName MetricTransformations",
    ),
    "AWS::CDK::Metadata": Kind(lambda order: Made(order.logical_id), nothing),
}
"""By type."""
