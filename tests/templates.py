"""Reading synthesised templates: resources, and what one part of them says of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.synthesis import Template

Templates = Mapping[str, Template]
Resource = Mapping[str, Any]
Named = tuple[str, Resource]


def resources(templates: Templates, *types: str) -> Iterator[Named]:
    """The resources of some types, or all, each with ``stack/logical id`` as its label."""
    for stack, template in templates.items():
        for logical_id, resource in template.get("Resources", {}).items():
            if not types or resource["Type"] in types:
                yield f"{stack}/{logical_id}", resource


def properties(resource: Resource) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resource.get("Properties", {})
    return found


def targets(part: Any) -> set[str]:
    """The logical ids that a part of a template refers to."""
    match part:
        case {"Ref": str(target)}:
            return {target}
        case {"Fn::GetAtt": [str(target), *_]}:
            return {target}
        case dict():
            return {target for entry in part.values() for target in targets(entry)}
        case list():
            return {target for entry in part for target in targets(entry)}
    return set()


def meant(templates: Templates, stack: str, part: Any) -> set[str]:
    """The labels of the resources that a part of a stack's template refers to, in any stack."""
    match part:
        case {"Fn::ImportValue": str(name)}:
            return {
                label
                for exporter, template in templates.items()
                for output in template.get("Outputs", {}).values()
                if output.get("Export", {}).get("Name") == name
                for label in meant(templates, exporter, output["Value"])
            }
        case {"Ref": str(target)} | {"Fn::GetAtt": [str(target), *_]}:
            return {f"{stack}/{target}"}
        case dict():
            return {label for entry in part.values() for label in meant(templates, stack, entry)}
        case list():
            return {label for entry in part for label in meant(templates, stack, entry)}
    return set()
