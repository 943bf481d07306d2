"""Functions whose code is a text in the template."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.proof import Claim, Flaw, Proof, Templates, resources, said

_OF_CDK = "BucketNotificationsHandler"
"""CDK's own function that tells a bucket whom to notify."""


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, function in resources(templates, "AWS::Lambda::Function"):
        if "ZipFile" in said(function).get("Code", {}) and not logical_id.startswith(_OF_CDK):
            yield Flaw(stack, logical_id, "Code.ZipFile")


PROOF = Proof(_flaws, (Claim(r"Properties\.(Code\..*|Handler)"),))
