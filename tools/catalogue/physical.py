"""Which argument is a resource's physical name, drawn from evidence and not from a list.

For a generated class, a candidate is a writable string property of the resource itself, not one
that refers to another resource (jsii types those as a string or a reference) and not one with a
closed set of values, whose name is ``Name``, or the noun of the resource type with ``Name``, or
with ``Identifier`` or ``Id`` if it also identifies the resource. ``DBInstanceIdentifier`` fits
``DBInstance``, ``CacheSubnetGroupName`` fits ``SubnetGroup``. Of several, a part of the primary
identifier wins, then the exact noun, then the longest. Domain names and names that Amazon gave
are not of the app's choosing: a property whose documentation speaks of those is none.

For a class written by hand, it is the argument that the library's JavaScript hands to the base
class as ``physicalName``, or that a made-up unique name stands in for; else the argument that
sets the generated class's name. The evidence of a hand-written class also settles which property
of the generated one is the name (``Family`` of a task definition).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.schemas import Schema
from catalogue.structs import Member

_ENDING = re.compile(r"(?P<noun>\w*?)(?P<kind>Name|Identifier|Id|Arn|ARN)?$")
_VERSION = re.compile(r"v\d+$")
_ELSEWHERE = re.compile(
    r"domain name|fully[ -]qualified|hosted zone|\bDNS\b|email address|website"
    r"|name of the record|\baccount ID\b",
    re.IGNORECASE,
)
_AMAZON = re.compile(r"must match one of the names", re.IGNORECASE)
_EXACT = 1000


@dataclass(frozen=True)
class Name:
    """A physical name: the CloudFormation property, and how far it must be unique.

    ``unique`` says that no two resources of the type can share the name in an account and region.
    ``within`` is the property of the parent that the name belongs to, where it must only be
    unique below that (a Lambda alias below its function).
    """

    property: str
    unique: bool
    within: str | None


@dataclass(frozen=True)
class Resource:
    """A resource type with its schema and its generated class.

    ``members`` are the class's members by CloudFormation property; ``reference`` is the jsii
    interface of references to such a resource; ``siblings`` are the nouns of all resource types
    of the same service, in lower case.
    """

    type: str
    schema: Schema
    members: Mapping[str, Member]
    reference: str | None
    siblings: frozenset[str]

    @property
    def noun(self) -> str:
        """The last part of the type, in lower case and without version."""
        return _VERSION.sub("", self.type.rsplit("::", 1)[1].lower())


def name_of(resource: Resource, settled: str | None = None) -> Name | None:
    """The physical name of a resource type, or None if it has none.

    ``settled`` is the property that a hand-written class uses as the name.
    """
    chosen = settled or _best(resource)
    if chosen is None:
        return None
    schema = resource.schema
    within = _parent(chosen, resource)
    if chosen not in schema.primary | schema.replacing:
        return Name(chosen, unique=False, within=within)
    return Name(chosen, unique=within is None, within=within)


def is_writable_text(property: str, resource: Resource) -> bool:
    """Whether a property is a string that an app makes up.

    One that also takes a reference to a resource of the same service is that resource's; the
    library's references to other services are guesses (a log group's name takes a function).
    """
    member = resource.members[property]
    kinds = member.json["type"].get("union", {}).get("types", ())
    service = resource.reference.rsplit(".", 1)[0] if resource.reference else "none"
    foreign = {"primitive": "string"} in kinds and not any(
        kind.get("fqn", "").startswith(f"{service}.") and kind["fqn"] != resource.reference
        for kind in kinds
    )
    return (member.is_text or foreign) and property not in resource.schema.read_only


def _best(resource: Resource) -> str | None:
    fitting = {
        property: fit
        for property in resource.members
        if is_writable_text(property, resource) and (fit := _fit(property, resource))
    }
    primary = resource.schema.primary
    best = max(fitting, key=lambda name: (name in primary, fitting[name]), default=None)
    return None if best is None or _is_given(best, resource) else best


def _fit(property: str, resource: Resource) -> int:
    """How well a property's name fits the resource type's: the length of the common noun."""
    found = _ENDING.match(property)
    kind = found["kind"] if found else None
    if found is None or kind not in {"Name", "Identifier", "Id"}:
        return 0
    own, noun = found["noun"].lower(), resource.noun
    if kind == "Name" and not own:
        return 1
    if own == noun:
        identifying = resource.schema.primary | resource.schema.replacing
        return _EXACT if kind == "Name" or property in identifying else 0
    if own and noun.endswith(own) and kind == "Name":
        return len(own)
    if own.endswith(noun) and (kind == "Name" or property in resource.schema.primary):
        return len(noun)
    return 0


def _is_given(property: str, resource: Resource) -> bool:
    """Whether the name comes from elsewhere: a domain, or one of Amazon's own names."""
    schema = resource.schema
    docs = resource.members[property].json.get("docs", {})
    words = f"{docs.get('summary', '')} {schema.description(property)}"
    return (
        "enum" in schema.properties.get(property, {})
        or "dns" in resource.noun
        or bool(_ELSEWHERE.search(words))
        or bool(_AMAZON.search(docs.get("remarks", "")))
    )


def _parent(name: str, resource: Resource) -> str | None:
    """The property that says below what the name is unique.

    Either the primary identifier has another part that names a resource, or the name is no part
    of it and the resource requires another of the same service that never changes.
    """
    schema = resource.schema
    searched = schema.primary - {name}
    if name not in schema.primary and name.endswith("Name"):
        searched |= schema.required & schema.replacing - {name}
    ordered = sorted(searched, key=lambda p: (not p.endswith("Name"), p))
    return next((p for p in ordered if _is_parent(p, resource)), None)


def _is_parent(property: str, resource: Resource) -> bool:
    """Whether a writable string property means another resource of the same service."""
    if property in resource.schema.read_only or property not in resource.members:
        return False
    kinds = resource.members[property].json["type"].get("union", {}).get("types", ())
    if not resource.members[property].is_text and {"primitive": "string"} not in kinds:
        return False
    found = _ENDING.match(property)
    noun = found["noun"].lower() if found else property.lower()
    others = (sibling for sibling in resource.siblings if sibling != resource.noun)
    return bool(noun) and any(sibling.endswith(noun) for sibling in others)
