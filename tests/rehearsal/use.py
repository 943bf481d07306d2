"""What an app in use leaves in its resources."""

from __future__ import annotations

from tests.rehearsal.cloud import client, write_log
from tests.rehearsal.stack import Stack


def use(stacks: tuple[Stack, ...]) -> None:
    """An object in every bucket, a record in every stream, a message in every queue, a line in
    every log group, and a run of every function that is no custom resource's.

    Moto gives a record or message to the function that waits for it.
    """
    for stack in stacks:
        for bucket in stack.things("AWS::S3::Bucket"):
            for body in (b"first", b"second"):
                client("s3").put_object(Bucket=bucket, Key="an/object", Body=body)
        for stream in stack.things("AWS::Kinesis::Stream"):
            client("kinesis").put_record(StreamName=stream, Data=b"{}", PartitionKey="1")
        for queue in stack.things("AWS::SQS::Queue"):
            more = {"MessageGroupId": "1", "MessageDeduplicationId": "1"}
            told = more if queue.endswith(".fifo") else {}
            client("sqs").send_message(QueueUrl=queue, MessageBody="{}", **told)
        for group in stack.things("AWS::Logs::LogGroup"):
            write_log(group, f"use of {stack.name}")
        for function in own_functions(stack):
            stack.cloud.run(function)


def own_functions(stack: Stack) -> list[str]:
    """The names of a stack's functions, without those of custom resources."""
    return [
        name
        for name in stack.things("AWS::Lambda::Function")
        if name not in provider_functions(stack)
    ]


def provider_functions(stack: Stack) -> set[str]:
    """The names of the functions that CDK brings to a stack, for its custom resources."""
    tokens = (order.properties.get("ServiceToken", "") for order in stack.orders.values())
    inner = (provider_functions(nested) for nested in stack.nested.values())
    return {token.rpartition(":")[2] for token in tokens if token}.union(*inner)
