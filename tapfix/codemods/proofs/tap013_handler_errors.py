"""Handlers that do not mind their errors: only a run shows it."""

from __future__ import annotations

from tapfix.proof import Claim, Proof

PROOF = Proof(
    unseen="shows when the handler meets a bad record",
    claims=(
        Claim(r"Properties\.Code.*", kinds="AWS::Lambda::Function", own=False),
        Claim(
            r"Properties\.FunctionResponseTypes.*",
            kinds="AWS::Lambda::EventSourceMapping",
            own=False,
        ),
    ),
)
