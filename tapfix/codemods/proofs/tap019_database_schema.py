"""Databases without tables: only a run shows it."""

from __future__ import annotations

from tapfix.proof import TOLD, Claim, Proof

_NEW = (
    r"Custom::Trigger|AWS::Lambda::(Function|Version|LayerVersion)|AWS::IAM::(Role|Policy)"
    r"|AWS::EC2::SecurityGroup(Ingress|Egress)?|AWS::Logs::LogGroup"
)

PROOF = Proof(
    unseen="shows when the schema function has run",
    claims=(
        Claim(kinds=_NEW, own=False, whole=True),
        *TOLD,
        # Who queries waits for the tables; the group of a function may be made explicit first.
        Claim(r"DependsOn.*", own=False),
        Claim(r"Properties\.VpcConfig.*", kinds="AWS::Lambda::Function", own=False),
        Claim(r"Properties\.(PolicyDocument|ManagedPolicyArns).*", kinds="AWS::IAM::.*", own=False),
        Claim(r"Properties\.SourceSecurityGroupId.*", kinds="AWS::EC2::.*", own=False),
    ),
)
