"""Functions whose role lacks what their event sources, their VPC or their variables ask for."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.proofs.between import Between, Place
from tapfix.proof import TOLD, Claim, Flaw, Proof, Templates

_READS = {
    "AWS::Kinesis::Stream": "kinesis:GetRecords",
    "AWS::DynamoDB::Table": "dynamodb:GetRecords",
    "AWS::SQS::Queue": "sqs:ReceiveMessage",
}
_USED = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue")
"""What functions are told of in order to use it."""


def _flaws(templates: Templates) -> Iterator[Flaw]:
    net = Between(templates)
    for function, told in net.of("AWS::Lambda::Function"):
        if "VpcConfig" in told and not net.may(function, "ec2:CreateNetworkInterface"):
            yield Flaw(*function, "may not ec2:CreateNetworkInterface")
        for secret in sorted(net.secrets(function)):
            action = "secretsmanager:GetSecretValue"
            if not net.may(function, action, net.same_secret(secret)):
                yield Flaw(*function, f"may not {action} of {secret.logical_id}")
        for used in sorted(net.told(function)):
            if net.at(used)["Type"] in _USED and not net.may(function, "*", {used}):
                yield Flaw(*function, f"may do nothing with {used.logical_id}")
        for source, action in _sources(net, function):
            if not net.may(function, action, {source}):
                yield Flaw(*function, f"may not {action} of {source.logical_id}")


def _sources(net: Between, function: Place) -> Iterator[tuple[Place, str]]:
    """The streams and queues that a function reads, and the action for it."""
    for place, mapping in net.of("AWS::Lambda::EventSourceMapping"):
        if function in net.targets(place.stack, mapping.get("FunctionName")):
            for source in net.targets(place.stack, mapping.get("EventSourceArn")):
                action = _READS.get(net.at(source)["Type"])
                if action is not None:
                    yield source, action


PROOF = Proof(
    _flaws,
    (
        Claim(
            r"Properties\.(PolicyDocument|ManagedPolicyArns|Policies|KeyPolicy).*",
            kinds=r"AWS::(IAM|S3|KMS|SQS|SNS)::.*",
            own=False,
        ),
        # The function waits for the policy.
        Claim(r"DependsOn.*", kinds="AWS::Lambda::.*|Custom::.*", own=False),
        Claim(kinds=r"AWS::IAM::Policy", own=False, whole=True),
        *TOLD,
    ),
)
