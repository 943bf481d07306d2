"""Custom resources of CDK's own, played by what their provider functions do.

The provider runs whenever its resource is created or deleted, and so it has a log group.
"""

from __future__ import annotations

import contextlib

from tests.rehearsal.cloud import client
from tests.rehearsal.kinds import Create, Delete, Kind, Made, Order, nothing


def _created(create: Create) -> Create:
    def run(order: Order) -> Made:
        order.cloud.run(order.properties["ServiceToken"])
        return create(order)

    return run


def _deleted(delete: Delete) -> Delete:
    def run(order: Order, made: Made) -> None:
        order.cloud.run(order.properties["ServiceToken"])
        delete(order, made)

    return run


def _made(order: Order) -> Made:
    return Made(f"{order.stack}/{order.logical_id}")


def _empty_bucket(order: Order, _: Made) -> None:
    """Delete every version of every object, if the bucket still says that they may go."""
    s3, bucket = client("s3"), order.properties["BucketName"]
    tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    if {"Key": "aws-cdk:auto-delete-objects", "Value": "true"} not in tags:
        return
    found = s3.list_object_versions(Bucket=bucket)
    for one in [*found.get("Versions", ()), *found.get("DeleteMarkers", ())]:
        s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])


def _trigger(order: Order) -> Made:
    """Run a function, as it is now, once in a deployment."""
    order.cloud.run(order.properties["HandlerArn"])
    return _made(order)


def _keep_logs(order: Order) -> Made:
    name, logs = order.properties["LogGroupName"], client("logs")
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=name)
    days = int(order.properties["RetentionInDays"])
    logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return Made(name, {"LogGroupName": name})


def _drop_logs(order: Order, made: Made) -> None:
    if order.properties.get("RemovalPolicy") == "destroy":
        client("logs").delete_log_group(logGroupName=made.ref)


def _kind(create: Create, delete: Delete, properties: str) -> Kind:
    return Kind(_created(create), _deleted(delete), properties=f"ServiceToken {properties}")


KINDS = {
    "Custom::S3AutoDeleteObjects": _kind(_made, _empty_bucket, "BucketName"),
    "Custom::VpcRestrictDefaultSG": _kind(_made, nothing, "Account DefaultSecurityGroupId"),
    "Custom::Trigger": _kind(
        _trigger, nothing, "ExecuteOnHandlerChange HandlerArn InvocationType Timeout"
    ),
    "Custom::LogRetention": _kind(
        _keep_logs, _drop_logs, "LogGroupName RemovalPolicy RetentionInDays"
    ),
}
"""By type."""
