"""Passwords that stand in a template. Those of a handler show only when it connects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tapfix.proof import TOLD, Claim, Flaw, Proof, Templates, resources, said

_PASSWORD = re.compile(r"pass(word|wd)?$|pwd$", re.IGNORECASE)


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, resource in resources(templates):
        own = said(resource)
        if _is_plain(own.get("MasterUserPassword")):
            yield Flaw(stack, logical_id, "MasterUserPassword")
        variables = own.get("Environment", {})
        if resource["Type"] == "AWS::Lambda::Function":
            for name, value in variables.get("Variables", {}).items():
                if _PASSWORD.search(name) and _is_plain(value):
                    yield Flaw(stack, logical_id, f"Environment.Variables.{name}")


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and bool(value) and not value.startswith("{{resolve:")


PROOF = Proof(
    _flaws,
    (
        Claim(
            r"Properties\.(Code|Environment)(\..*)?|DependsOn.*",
            kinds="AWS::Lambda::Function",
            own=False,
        ),
        Claim(r"Properties\.\w*MasterUser\w*"),
        Claim(r"Properties\.PolicyDocument.*", kinds="AWS::IAM::Policy", own=False),
        Claim(kinds=r"AWS::IAM::Policy", own=False, whole=True),
        *TOLD,
    ),
    unseen="shows when the handler connects",
)
