"""Handlers that do not decode Kinesis data: only a run shows it."""

from __future__ import annotations

from tapfix.proof import Claim, Proof

PROOF = Proof(
    unseen="shows when the handler gets a record",
    claims=(Claim(r"Properties\.Code.*", kinds="AWS::Lambda::Function", own=False),),
)
