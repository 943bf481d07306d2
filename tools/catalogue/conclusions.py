"""All classes together: facts that follow from those of other classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogue import lengths
from catalogue.evidence import Evidence, gather
from catalogue.facts import Facts, of_generated, of_written
from catalogue.generated import Generated
from catalogue.naming import snake
from catalogue.physical import name_of
from catalogue.resources import all_resources, settled_names
from catalogue.schemas import Schema
from catalogue.scripts import Scripts
from catalogue.structs import Member, Types

_KEEPING = frozenset({"RETAIN", "SNAPSHOT"})


def conclude(
    types: Types, texts: Mapping[str, str], generated: Generated, schemas: Mapping[str, Schema]
) -> dict[str, Facts]:
    """The facts of every class that makes resources, by jsii name; ``texts`` is the JavaScript."""
    evidence = dict(_evidence(types, Scripts(texts, types.all)))
    resources = all_resources(types, generated, schemas)
    settled = settled_names(evidence, resources, generated)
    names = {fqn: name_of(one, settled.get(one.type)) for fqn, one in resources.items()}
    facts = {fqn: of_generated(one, names[fqn]) for fqn, one in resources.items()}
    for fqn, found in evidence.items():
        main = found.resource or ""
        properties = generated.properties.get(main, {})
        members = _members(types, fqn)
        facts[fqn] = of_written(found, resources.get(main), properties, names.get(main), members)
    _hand_policies_on(facts, evidence)
    _limit_names(facts, types, texts)
    _share_names(facts, types)
    _hand_names_on(facts, evidence, types)
    _inherit(facts, types)
    _find_stateful(facts, generated.stateful)
    return facts


def _evidence(types: Types, scripts: Scripts) -> Iterator[tuple[str, Evidence]]:
    for fqn, json in types.all.items():
        if json["kind"] == "class" and types.is_construct(fqn) and not types.is_generated(fqn):
            found = gather(fqn, types, scripts)
            if found is not None:
                yield fqn, found


def _members(types: Types, fqn: str) -> dict[str, Member]:
    struct = types.parameters(fqn)[1]
    return types.members(struct) if struct else {}


def _hand_policies_on(facts: Mapping[str, Facts], evidence: Mapping[str, Evidence]) -> None:
    """A class that only hands ``removal_policy`` to others has their default, if they agree."""
    for fqn, found in evidence.items():
        targets = [target for target, _ in found.hands_on.get("removalPolicy", ())]
        policies = {facts[target].removal for target in targets if target in facts}
        if facts[fqn].removal is None and len(policies) == 1:
            facts[fqn].removal = policies.pop()


def _limit_names(facts: Mapping[str, Facts], types: Types, texts: Mapping[str, str]) -> None:
    """A name has the smallest limit that any class of its resource type knows of."""
    limits: dict[tuple[str | None, str], int] = {}
    for fqn, one in facts.items():
        if one.name and one.name_property:
            key = (one.resource, one.name_property)
            for limit in (one.limits.get(one.name), _checked(fqn, one.name, types, texts)):
                if limit is not None:
                    limits[key] = min(limit, limits.get(key, limit))
    for one in facts.values():
        if one.name and one.name_property and (one.resource, one.name_property) in limits:
            one.limits[one.name] = limits[one.resource, one.name_property]


def _checked(fqn: str, argument: str, types: Types, texts: Mapping[str, str]) -> int | None:
    if types.is_generated(fqn):
        return None
    json_name = _members(types, fqn)[argument].json["name"]
    paths = (types.all.get(one, {}).get("symbolId", "").split(":")[0] for one in types.bases(fqn))
    scripts = [texts[path] for path in paths if path in texts]
    return lengths.in_checks((json_name, f"props.{json_name}", "this.physicalName"), scripts)


def _share_names(facts: dict[str, Facts], types: Types) -> None:
    """A member declared once means the same in every class that takes it.

    Only classes whose own resource is not known, or is of the same type, learn from that.
    """
    declared: dict[tuple[str, str], Facts] = {}
    for fqn, one in facts.items():
        if one.name and not types.is_generated(fqn):
            member = _members(types, fqn)[one.name]
            declared[member.declared_in, member.name] = one
    for fqn, json in types.all.items():
        if json["kind"] == "class" and types.is_construct(fqn):
            one = facts.setdefault(fqn, Facts())
            for member in _members(types, fqn).values():
                known = declared.get((member.declared_in, member.name))
                if known and not one.name and one.resource in {None, known.resource}:
                    _learn_name(one, member.name, known)


def _learn_name(facts: Facts, name: str, known: Facts) -> None:
    facts.name, facts.unique, facts.within = name, known.unique, known.within
    facts.learn(name, known, name)


def _hand_names_on(
    facts: Mapping[str, Facts], evidence: Mapping[str, Evidence], types: Types
) -> None:
    """A string argument that becomes the name of a construct made inside is a name, too."""
    for _ in range(4):  # patterns are built of patterns, no deeper than this
        for fqn, found in evidence.items():
            members = _members(types, fqn)
            for given, target, taken in _handed(found):
                made = facts.get(target)
                if made and taken in {made.name, *made.other_names} and members[given].is_text:
                    _add_name(facts[fqn], given, made, taken)


def _handed(found: Evidence) -> Iterator[tuple[str, str, str]]:
    for argument, targets in found.hands_on.items():
        for target, member in targets:
            yield snake(argument), target, snake(member)


def _add_name(facts: Facts, argument: str, made: Facts, taken: str) -> None:
    if argument not in {facts.name, *facts.other_names}:
        facts.other_names.append(argument)
        facts.learn(argument, made, taken)


def _inherit(facts: Mapping[str, Facts], types: Types) -> None:
    """A class whose constructor shows no resource, or is not there to read, has its base's."""
    for fqn, one in facts.items():
        bases = [facts[base] for base in types.bases(fqn)[1:] if base in facts]
        base = next((base for base in bases if base.resource), None)
        if base is not None and one.resource is None and not types.is_generated(fqn):
            own = _members(types, fqn)
            one.resource = base.resource
            if "removal_policy" in own and one.removal is None:
                one.removal = base.removal
            one.sets = {name: property for name, property in base.sets.items() if name in own}
            for name in one.sets:
                one.learn(name, base, name)


def _find_stateful(facts: Mapping[str, Facts], demanded: frozenset[str]) -> None:
    """A resource type is stateful if the library demands a policy for it or keeps it by default."""
    kept = {one.resource for one in facts.values() if one.removal in _KEEPING}
    for one in facts.values():
        one.stateful = one.resource is not None and one.resource in kept | demanded
