"""Functions whose code is a text in the template."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.proofs.between import is_of_cdk
from tapfix.proof import Claim, Flaw, Proof, Templates, resources, said


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, function in resources(templates, "AWS::Lambda::Function"):
        if "ZipFile" in said(function).get("Code", {}) and not is_of_cdk(function):
            yield Flaw(stack, logical_id, "Code.ZipFile")


PROOF = Proof(_flaws, (Claim(r"Properties\.(Code\..*|Handler)"),))
