"""The resource types: each generated class with its schema, and which property is its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogue.evidence import Evidence
from catalogue.generated import Generated
from catalogue.physical import Resource, is_writable_text
from catalogue.schemas import Schema
from catalogue.structs import Member, Types


def all_resources(
    types: Types, generated: Generated, schemas: Mapping[str, Schema]
) -> dict[str, Resource]:
    """The resource of each generated class, by the class's jsii name.

    A few types have no schema any more; of those only the properties' names are known.
    """
    siblings: dict[str, set[str]] = {}
    for name in schemas:
        siblings.setdefault(_service(name), set()).add(name.rpartition("::")[2].lower())
    found = {}
    for fqn in filter(types.is_generated, types.all):
        name = resource_type(types, fqn)
        if name:
            interfaces = types.all[fqn].get("interfaces", ())
            found[fqn] = Resource(
                type=name,
                schema=schemas.get(name, Schema({"properties": {}})),
                members=_by_property(types, generated, fqn),
                reference=next((one for one in interfaces if ".interfaces." in one), None),
                siblings=frozenset(siblings.get(_service(name), ())),
            )
    return found


def resource_type(types: Types, fqn: str) -> str:
    """The CloudFormation type of a generated class; empty if it has none (``CfnParameter``)."""
    docs = types.all[fqn].get("docs", {})
    return str(docs.get("custom", {}).get("cloudformationResource", ""))


def settled_names(
    evidence: Mapping[str, Evidence],
    resources: Mapping[str, Resource],
    generated: Generated,
) -> dict[str, str]:
    """The property that a hand-written class uses as physical name, by resource type."""
    found = {}
    for one in evidence.values():
        resource = resources.get(one.resource or "")
        for property in _named_properties(one, generated):
            if resource and is_writable_text(property, resource):
                found[resource.type] = property
    return found


def _named_properties(found: Evidence, generated: Generated) -> Iterator[str]:
    names = generated.properties.get(found.resource or "", {})
    return (names[member] for member in found.names.values() if member in names)


def _service(resource: str) -> str:
    return resource.rpartition("::")[0]


def _by_property(types: Types, generated: Generated, fqn: str) -> dict[str, Member]:
    names = generated.properties.get(fqn, {})
    struct = types.parameters(fqn)[1]
    members = types.members(struct).values() if struct else ()
    return {names[member.json["name"]]: member for member in members}
