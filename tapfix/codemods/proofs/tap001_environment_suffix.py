"""Names that two environments of an app have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tapfix.knowledge.catalogue import load
from tapfix.proof import Claim, Flaw, Proof, Template, Templates, resources, said


def _shared(one: Templates, other: Templates) -> Iterator[Flaw]:
    others = {kind_and_name for stack in other for kind_and_name in _names(other, stack)}
    for stack in one:
        if stack in other:
            yield Flaw(stack, "", "the stack's name")
        for (kind, name), place in _names(one, stack).items():
            if (kind, name) in others:
                yield Flaw(stack, *place)


def _names(templates: Templates, stack: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Where each name stands that an account, or a region of it, can hold once."""
    template = templates[stack]
    found = {}
    for _, logical_id, body in resources({stack: template}):
        for shows, name in _named(body):
            # CDK calls an inline policy by its id, which only its role knows.
            if body["Type"] != "AWS::IAM::Policy" or name != logical_id:
                found[body["Type"], name] = logical_id, shows
    for logical_id, name in _exported(template):
        found["export", name] = logical_id, "Export.Name"
    return found


def _named(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The properties that name a resource, and its Name tag where people know it by that."""
    own = said(body)
    known = load().of_type(body["Type"])
    if known is not None and known.name_argument is not None and known.name_within is None:
        argument = known.arguments.get(known.name_argument)
        shows = argument.property if argument is not None else None
        if shows is not None and isinstance(own.get(shows), str):
            yield shows, own[shows]
    if body["Type"] in ("AWS::EC2::VPC", "AWS::EC2::Instance"):
        for tag in own.get("Tags", []):
            if tag["Key"] == "Name" and isinstance(tag["Value"], str):
                yield "Tags.Name", tag["Value"]


def _exported(template: Template) -> Iterator[tuple[str, str]]:
    for logical_id, output in template.get("Outputs", {}).items():
        name = output.get("Export", {}).get("Name")
        if isinstance(name, str):
            yield logical_id, name


_NAMES = (
    r"Properties\.((\w*Name|\w*Identifier|\w*Id|Name|Family|GroupDescription)(\.Fn::.*)?"
    r"|Tags(\[\d+\]\.Value)?|DefinitionString.*|PolicyDocument.*|Environment.*|.*Arn.*)"
)

PROOF = Proof(
    shared=_shared,
    claims=(
        # What a name is part of goes with it: descriptions, tags, ARNs, variables.
        Claim(_NAMES, own=False),
        # With an id the logical ids below it change, and the names of stacks.
        Claim("LogicalId|StackName", own=False),
        Claim(r"Export\.Name|Value.*", kinds="Outputs/.*", own=False),
        Claim(r"Properties\.Code.*", kinds="AWS::Lambda::Function", own=False),
    ),
)
