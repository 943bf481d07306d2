"""Functions that cannot be loaded for want of packages: only a run shows it."""

from __future__ import annotations

from tapfix.proof import Claim, Proof

PROOF = Proof(
    unseen="shows when the function is loaded",
    claims=(
        Claim(r"Properties\.Layers.*"),
        Claim(kinds="AWS::Lambda::LayerVersion", own=False, whole=True),
    ),
)
