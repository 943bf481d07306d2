"""What proves the fix of each rule in a template: a module for each, called like the rule's own."""

from __future__ import annotations

import importlib

from tapfix.proof import Proof
from tapfix.rule import Rule


def proof_of(rule: Rule) -> Proof | None:
    """The proof that a rule brings, or the one that stands here for it."""
    if rule.proof is not None:
        return rule.proof
    name = f"{rule.code}_{rule.name}".lower().replace("-", "_")
    try:
        module = importlib.import_module(f"{__name__}.{name}")
    except ModuleNotFoundError:
        return None
    proof: Proof = module.PROOF
    return proof
