"""Makes ``tapfix/knowledge/permissions.json``: what SDK calls need, and what grants give.

What the grant methods of construct classes give is measured: the installed ``aws-cdk-lib`` makes
one construct of each class and calls each method, and the policy in the template is read. Which
operations a service has comes from the models in ``botocore`` (``pip install botocore``; no
dependency of tapfix). By rule an operation needs the IAM action of its own name; ``ACTIONS`` are
the exceptions that AWS's Service Authorization Reference lists. ``POLICIES`` are the managed
policies that AWS makes for functions' roles, as IAM shows them, without actions of other services.

``--grants`` measures again and prints the grants, for the test that compares them.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn

TARGET = Path(__file__).parents[1] / "tapfix" / "knowledge" / "permissions.json"

# By boto3's name of a service: the prefix of its IAM actions, and the parameters that name a
# resource in an operation's input.
SERVICES = {
    "dynamodb": ("dynamodb", ("TableName",)),
    "events": ("events", ("EventBusName",)),
    "firehose": ("firehose", ("DeliveryStreamName",)),
    "kinesis": ("kinesis", ("StreamName", "StreamARN")),
    "lambda": ("lambda", ("FunctionName",)),
    "s3": ("s3", ("Bucket",)),
    "secretsmanager": ("secretsmanager", ("SecretId",)),
    "sns": ("sns", ("TopicArn", "TargetArn")),
    "sqs": ("sqs", ("QueueUrl",)),
    "ssm": ("ssm", ("Name",)),
    "stepfunctions": ("states", ("stateMachineArn",)),
}

# Operations whose action has another name. None: it needs several, or depends on its arguments.
ACTIONS: dict[str, dict[str, str | None]] = {
    "lambda": {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeFunction"},
    "s3": {
        "AbortMultipartUpload": "AbortMultipartUpload",
        "CompleteMultipartUpload": "PutObject",
        "CopyObject": None,
        "CreateBucket": None,
        "CreateMultipartUpload": "PutObject",
        "DeleteBucket": None,
        "DeleteObjects": "DeleteObject",
        "HeadBucket": "ListBucket",
        "HeadObject": "GetObject",
        "ListMultipartUploads": "ListBucketMultipartUploads",
        "ListObjectVersions": "ListBucketVersions",
        "ListObjects": "ListBucket",
        "ListObjectsV2": "ListBucket",
        "ListParts": "ListMultipartUploadParts",
        "UploadPart": "PutObject",
        "UploadPartCopy": None,
    },
    "sqs": {
        "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
        "DeleteMessageBatch": "DeleteMessage",
        "SendMessageBatch": "SendMessage",
    },
    "sns": {"PublishBatch": "Publish"},
    "stepfunctions": {"StartSyncExecution": "StartSyncExecution"},
}
# Of S3 only operations on objects and lists keep their name: those on settings mostly do not.
S3_PLAIN = (
    "DeleteObject",
    "DeleteObjectTagging",
    "GetObject",
    "GetObjectTagging",
    "PutObject",
    "PutObjectTagging",
)

# What boto3's own convenience methods do, by class (of a client: ``client``).
OBJECTS = {
    "dynamodb.Table": {"batch_writer": "dynamodb:BatchWriteItem"},
    "s3.Bucket": {
        "download_file": "s3:GetObject",
        "download_fileobj": "s3:GetObject",
        "objects.all": "s3:ListBucket",
        "objects.filter": "s3:ListBucket",
        "put_object": "s3:PutObject",
        "upload_file": "s3:PutObject",
        "upload_fileobj": "s3:PutObject",
    },
    "s3.Object": {
        "delete": "s3:DeleteObject",
        "download_file": "s3:GetObject",
        "download_fileobj": "s3:GetObject",
        "get": "s3:GetObject",
        "load": "s3:GetObject",
        "put": "s3:PutObject",
        "upload_file": "s3:PutObject",
        "upload_fileobj": "s3:PutObject",
    },
    "s3.client": {
        "download_file": "s3:GetObject",
        "download_fileobj": "s3:GetObject",
        "upload_file": "s3:PutObject",
        "upload_fileobj": "s3:PutObject",
    },
    "sns.Topic": {"publish": "sns:Publish", "publish_batch": "sns:Publish"},
    "sqs.Queue": {
        "delete_messages": "sqs:DeleteMessage",
        "purge": "sqs:PurgeQueue",
        "receive_messages": "sqs:ReceiveMessage",
        "send_message": "sqs:SendMessage",
        "send_messages": "sqs:SendMessage",
    },
}
TABLE_METHODS = ("delete_item", "get_item", "put_item", "query", "scan", "update_item")

INTERFACES = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:UnassignPrivateIpAddresses",
]
POLICIES = {
    "AWSLambdaExecute": ["s3:GetObject", "s3:PutObject"],
    "AWSXRayDaemonWriteAccess": [],
    "AWSXrayWriteOnlyAccess": [],
    "AdministratorAccess": ["*"],
    "AmazonDynamoDBFullAccess": ["dynamodb:*", "kinesis:Describe*", "lambda:*", "sns:*"],
    "AmazonKinesisFullAccess": ["kinesis:*"],
    "AmazonKinesisReadOnlyAccess": ["kinesis:Get*", "kinesis:List*", "kinesis:Describe*"],
    "AmazonS3FullAccess": ["s3:*", "s3-object-lambda:*"],
    "AmazonS3ReadOnlyAccess": ["s3:Get*", "s3:List*", "s3:Describe*"],
    "AmazonSNSFullAccess": ["sns:*"],
    "AmazonSQSFullAccess": ["sqs:*"],
    "CloudWatchLambdaInsightsExecutionRolePolicy": [],
    "CloudWatchLogsFullAccess": [],
    "SecretsManagerReadWrite": ["secretsmanager:*", "lambda:*", "s3:GetObject"],
    "service-role/AWSLambdaBasicExecutionRole": [],
    "service-role/AWSLambdaDynamoDBExecutionRole": [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ],
    "service-role/AWSLambdaENIManagementAccess": INTERFACES,
    "service-role/AWSLambdaKinesisExecutionRole": [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
        "kinesis:ListStreams",
        "kinesis:SubscribeToShard",
    ],
    "service-role/AWSLambdaRole": ["lambda:InvokeFunction"],
    "service-role/AWSLambdaSQSQueueExecutionRole": [
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    ],
    "service-role/AWSLambdaVPCAccessExecutionRole": INTERFACES,
}


def main() -> int:
    """Write the file, or print the measured grants."""
    grants = measured()
    if "--grants" in sys.argv:
        print(json.dumps(grants))
        return 0
    found = {
        "operations": operations(),
        "objects": objects(),
        "grants": grants,
        "policies": POLICIES,
    }
    TARGET.write_text(_laid_out(found), encoding="utf-8")
    return 0


def _laid_out(data: Mapping[str, Mapping[str, Any]]) -> str:
    """One line an entry, so that a change shows where it is."""
    chapters = []
    for chapter, entries in data.items():
        lines = [f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in entries.items()]
        chapters.append(f"{json.dumps(chapter)}: {{\n" + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(chapters) + "\n}\n"


# What operations need


def operations() -> dict[str, Any]:
    """By service: the parameters that name a resource, and the action of each method."""
    # No dependency of tapfix: needed to make the whole file only.
    botocore = importlib.import_module("botocore")
    session = importlib.import_module("botocore.session").get_session()
    found: dict[str, Any] = {}
    for service, (prefix, names) in SERVICES.items():
        model = session.get_service_model(service)
        methods = {
            botocore.xform_name(name): f"{prefix}:{action}"
            for name in model.operation_names
            if _takes(model.operation_model(name), names)
            if (action := _action(service, name)) is not None
        }
        if service == "events":
            methods = {"put_events": "events:PutEvents"}
        found[service] = {"names": list(names), "methods": methods}
    return found


def objects() -> dict[str, dict[str, str]]:
    """By service and class: the action of each convenience method of boto3."""
    found: dict[str, dict[str, str]] = {name: dict(methods) for name, methods in OBJECTS.items()}
    words = {name: name.title().replace("_", "") for name in TABLE_METHODS}
    found["dynamodb.Table"] |= {name: f"dynamodb:{word}" for name, word in words.items()}
    return found


def _takes(operation: Any, names: tuple[str, ...]) -> bool:
    shape = operation.input_shape
    return shape is not None and any(name in shape.members for name in names)


def _action(service: str, name: str) -> str | None:
    known = ACTIONS.get(service, {})
    if name in known:
        return known[name]
    return name if service != "s3" or name in S3_PLAIN else None


# What grants give


def measured() -> dict[str, dict[str, list[str]]]:
    """The actions that each grant method of each class puts into a role's policy."""
    made = _constructs()
    found: dict[str, dict[str, list[str]]] = {}
    for name, make in made.items():
        probe = make(cdk.Stack(cdk.App(analytics_reporting=False), "Probe"))
        methods = [method for method in dir(type(probe)) if method.startswith("grant_")]
        grants = {method: actions for method in methods if (actions := _given(make, method))}
        found[name] = grants
    return found


def _given(make: Callable[[Any], Any], method: str) -> list[str]:
    stack = cdk.Stack(cdk.App(analytics_reporting=False), "Stack")
    construct = make(stack)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    try:
        getattr(construct, method)(role)
        template = assertions.Template.from_stack(stack).to_json()
    except Exception:  # it wants more than a grantee
        return []
    return sorted(set(_actions(template)))


def _actions(template: Mapping[str, Any]) -> Iterator[str]:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy" and resource["Properties"]["Roles"] == [
            {"Ref": next(k for k in template["Resources"] if k.startswith("Role"))}
        ]:
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                actions = statement["Action"]
                yield from [actions] if isinstance(actions, str) else actions


def _constructs() -> dict[str, Callable[[Any], Any]]:
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    images = dynamodb.StreamViewType.NEW_IMAGE
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    runtime = lambda_.Runtime.PYTHON_3_12
    return {
        "aws_dynamodb.Table": lambda s: dynamodb.Table(s, "X", partition_key=key, stream=images),
        "aws_dynamodb.TableV2": lambda s: dynamodb.TableV2(
            s, "X", partition_key=key, dynamo_stream=images
        ),
        "aws_events.EventBus": lambda s: events.EventBus(s, "X"),
        "aws_kinesis.Stream": lambda s: kinesis.Stream(s, "X"),
        "aws_kinesisfirehose.DeliveryStream": lambda s: firehose.DeliveryStream(
            s, "X", destination=firehose.S3Bucket(s3.Bucket(s, "B"))
        ),
        "aws_lambda.Function": lambda s: lambda_.Function(
            s, "X", code=code, handler="index.handler", runtime=runtime
        ),
        "aws_s3.Bucket": lambda s: s3.Bucket(s, "X"),
        "aws_secretsmanager.Secret": lambda s: secretsmanager.Secret(s, "X"),
        "aws_sns.Topic": lambda s: sns.Topic(s, "X"),
        "aws_sqs.Queue": lambda s: sqs.Queue(s, "X"),
        "aws_ssm.StringParameter": lambda s: ssm.StringParameter(s, "X", string_value="x"),
        "aws_stepfunctions.StateMachine": lambda s: sfn.StateMachine(
            s, "X", definition_body=sfn.DefinitionBody.from_chainable(sfn.Pass(s, "P"))
        ),
    }


if __name__ == "__main__":
    sys.exit(main())
