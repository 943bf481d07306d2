"""Data stores whose security groups do not let in the functions that are told of them."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.proofs.between import Between
from tapfix.proof import TOLD, Claim, Flaw, Proof, Templates


def _flaws(templates: Templates) -> Iterator[Flaw]:
    net = Between(templates)
    for function, _ in net.of("AWS::Lambda::Function"):
        for store in sorted(net.stores(function)):
            if not net.lets_in(store, function):
                yield Flaw(*function, f"is not let in by {store.logical_id}")


PROOF = Proof(
    _flaws,
    (
        Claim(r"Properties\.SecurityGroup(In|E)gress.*|DependsOn.*", own=False),
        Claim(kinds=r"AWS::EC2::SecurityGroup(Ingress|Egress)", own=False, whole=True),
        *TOLD,
    ),
)
