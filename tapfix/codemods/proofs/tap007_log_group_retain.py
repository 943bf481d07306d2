"""Log groups that stay."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.proof import KEEPING, Claim, Flaw, Proof, Templates, resources


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, group in resources(templates, "AWS::Logs::LogGroup"):
        if group.get("DeletionPolicy") in KEEPING:
            yield Flaw(stack, logical_id, "DeletionPolicy")


PROOF = Proof(
    _flaws,
    (
        Claim(r"DeletionPolicy|UpdateReplacePolicy|Properties\.(RemovalPolicy|LogGroupName)"),
        # A group that had the name of one that CDK makes becomes the function's own.
        Claim(r"Properties\.LoggingConfig.*|DependsOn.*", kinds="AWS::Lambda::Function", own=False),
        # CDK's function that keeps log groups may delete them only if one of them is to go.
        Claim(r"Properties\.PolicyDocument.*", kinds="AWS::IAM::Policy", own=False),
        Claim(kinds="AWS::Logs::LogGroup", own=False, whole=True),
    ),
)
