"""Functions outside of the VPC of what their variables lead to."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.proofs.between import Between
from tapfix.proof import TOLD, Claim, Flaw, Proof, Templates


def _flaws(templates: Templates) -> Iterator[Flaw]:
    net = Between(templates)
    for function, told in net.of("AWS::Lambda::Function"):
        if "VpcConfig" not in told and net.stores(function):
            yield Flaw(*function, "VpcConfig")


PROOF = Proof(
    _flaws,
    (
        Claim(r"Properties\.VpcConfig.*|DependsOn.*"),
        Claim(r"Properties\.(ManagedPolicyArns|PolicyDocument).*", kinds="AWS::IAM::.*", own=False),
        Claim(kinds="AWS::EC2::SecurityGroup|AWS::IAM::Policy", own=False, whole=True),
        *TOLD,
    ),
)
