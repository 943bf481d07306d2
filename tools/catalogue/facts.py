"""What is concluded of one class, from its resource and from its JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from catalogue import lengths
from catalogue.evidence import Evidence
from catalogue.naming import snake
from catalogue.physical import Name, Resource, is_writable_text
from catalogue.structs import Member

_LIMITED = re.compile(r"(?:Name|Identifier)$")
_POLICY = re.compile(r"RemovalPolicy\.(\w+)")

SNAPSHOT_BY_DEFAULT = frozenset({"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"})
"""Resource types that CloudFormation snapshots when no deletion policy is set.

CloudFormation's user guide says so under "DeletionPolicy attribute": Snapshot is the default for
AWS::RDS::DBCluster, and for AWS::RDS::DBInstance without DBClusterIdentifier. No schema says it.
"""


@dataclass
class Facts:
    """What is concluded of one class; arguments by their Python names."""

    resource: str | None = None
    sets: dict[str, str] = field(default_factory=dict)
    replaces: set[str] = field(default_factory=set)
    sometimes: set[str] = field(default_factory=set)
    limits: dict[str, int] = field(default_factory=dict)
    name: str | None = None
    other_names: list[str] = field(default_factory=list)
    unique: bool = False
    within: str | None = None
    tagged_by_id: bool = False
    removal: str | None = None
    stateful: bool = False

    @property
    def name_property(self) -> str | None:
        """The property that the physical name sets."""
        return self.sets.get(self.name) if self.name else None

    def set(self, argument: str, property: str, resource: Resource) -> None:
        """Note that an argument sets a property, and what follows from that."""
        self.sets[argument] = property
        if property in resource.schema.replacing:
            self.replaces.add(argument)
        if property in resource.schema.sometimes_replacing:
            self.sometimes.add(argument)
        limit = resource.schema.max_length(property) if _LIMITED.search(property) else None
        if limit is not None:
            self.limits[argument] = limit

    def call(self, argument: str, name: Name | None, resource: Resource | None) -> None:
        """Note that an argument is the physical name, and how far it must be unique.

        ``name`` is the resource's own name; an argument that sets no property is taken for it.
        """
        self.name = argument
        if name is not None and resource is not None:
            if argument not in self.sets:
                self.set(argument, name.property, resource)
            if self.sets[argument] == name.property:
                self.unique, self.within = name.unique, name.within

    def learn(self, argument: str, other: Facts, known: str) -> None:
        """Take over what is known of the argument ``known`` of another class."""
        if known in other.limits:
            self.limits[argument] = other.limits[known]
        if known in other.replaces:
            self.replaces.add(argument)
        if known in other.sometimes:
            self.sometimes.add(argument)


def of_generated(resource: Resource, name: Name | None) -> Facts:
    """The facts of a generated class."""
    facts = Facts(resource=resource.type)
    if resource.type in SNAPSHOT_BY_DEFAULT:
        facts.removal = "SNAPSHOT"
    for property, member in resource.members.items():
        facts.set(member.name, property, resource)
    if name is not None:
        member = resource.members[name.property]
        facts.call(member.name, name, resource)
        limit = _in_words(member, resource.schema.description(name.property))
        if limit is not None:
            facts.limits.setdefault(member.name, limit)
    return facts


def of_written(
    found: Evidence,
    resource: Resource | None,
    properties: Mapping[str, str],
    name: Name | None,
    members: Mapping[str, Member],
) -> Facts:
    """The facts of a class written by hand.

    ``properties`` are the CloudFormation names of the main resource's members, ``name`` is that
    resource's physical name, ``members`` are the class's own arguments by Python name.
    """
    facts = Facts(resource=resource.type if resource else None)
    facts.tagged_by_id = found.tagged_by_id
    facts.removal = found.removal or _documented_policy(members.get("removal_policy"))
    if resource is not None:
        for argument, member in _decisive(found.sets):
            if member in properties:
                facts.set(snake(argument), properties[member], resource)
    nested = _place_names(found, facts, resource, properties)
    for argument in _possible_names(found, facts, resource, name, members):
        if argument in members:
            facts.call(argument, None if argument in nested else name, resource)
            break
    return facts


def _place_names(
    found: Evidence, facts: Facts, resource: Resource | None, properties: Mapping[str, str]
) -> set[str]:
    """Note the properties that names set; returns the names that lie deeper in a property."""
    nested = set()
    for argument, member in found.names.items():
        property = properties.get(member)
        if resource is not None and property is not None:
            if is_writable_text(property, resource):
                facts.set(snake(argument), property, resource)
            else:
                nested.add(snake(argument))
                if resource.schema.replaces_below(property):
                    facts.replaces.add(snake(argument))
    return nested


def _possible_names(
    found: Evidence,
    facts: Facts,
    resource: Resource | None,
    name: Name | None,
    members: Mapping[str, Member],
) -> Iterator[str]:
    """Arguments that may be the physical name, those with the best evidence first."""
    yield from map(snake, found.names)
    if found.unplaced is not None:
        yield snake(found.unplaced)
    if name is not None and resource is not None:
        texts = [argument for argument, member in members.items() if member.is_text]
        yield from (one for one in texts if facts.sets.get(one) == name.property)
        called = {f"{resource.noun}name", name.property.lower()}
        yield from (one for one in texts if one.replace("_", "") in called)
    if found.tag is not None:
        yield snake(found.tag)


def _decisive(sets: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """For each argument the one member that it is about: of its own name, or the only one.

    An argument on which several members depend may decide none of them (a function's runtime
    decides whether it is a package or an image).
    """
    for argument, members in sets.items():
        own = argument.lower()
        same = [one for one in members if one.lower() == own]
        alike = [one for one in members if one.lower() in own or own in one.lower()]
        for candidates in (same, members, alike):
            if len(candidates) == 1:
                yield argument, candidates[0]
                break


def _in_words(member: Member, description: str) -> int | None:
    docs = member.json.get("docs", {})
    return lengths.in_words(f"{docs.get('summary', '')} {docs.get('remarks', '')} {description}")


def _documented_policy(member: Member | None) -> str | None:
    """The default that the documentation of ``removal_policy`` names."""
    default = member.json.get("docs", {}).get("default", "") if member else ""
    stated = _POLICY.search(default)
    return stated[1].upper() if stated else None
