"""What the library's JavaScript shows of a class: which argument sets which property, and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue import javascript
from catalogue.provenance import GENERATED, PHYSICAL, Construction, Scope
from catalogue.scripts import Scripts
from catalogue.structs import Types

_NEW = re.compile(r"\bnew(?:\((\w+\(\))\)\.| )(\w+)(?=\(this,)")
_APPLY = re.compile(r"([\w.$]+)\.applyRemovalPolicy(?=\()")
_ONLY_GIVEN = re.compile(
    r"props\??\.removalPolicy&&(?:[\w.$]+\.applyRemovalPolicy\(|[\w()]+\.RemovalPolicies\.of\(this\))"
)
_POLICY = re.compile(r"RemovalPolicy\.([A-Z_]+)")
_TAG = re.compile(r"Tags\.of\((?:this|\w+)\)\.add\((?:NAME_TAG|\"Name\"),([^()]*)")
_MAIN_IDS = frozenset({'"Resource"', '"Default"'})


@dataclass(frozen=True)
class Creation:
    """A construct that a constructor makes: its class and the entries of its props."""

    fqn: str
    id: str
    props: Mapping[str, tuple[Scope, str]]


@dataclass(frozen=True)
class Evidence:
    """What a class's constructors show.

    All names are jsii's (``bucketName``). ``resource`` is the generated class of the main
    resource. ``sets`` maps an argument to the members of that class's props that it sets;
    ``names`` are the arguments used as physical name, with the member that gets each;
    ``unplaced`` is the physical name of a class without a main resource. ``hands_on`` maps an
    argument to those of other library classes that get it unchanged. ``tag`` is the argument that
    becomes the Name tag, ``tagged_by_id`` says that the construct's path does without it.
    ``removal`` is the policy when none is given.
    """

    resource: str | None
    sets: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    unplaced: str | None
    hands_on: Mapping[str, tuple[tuple[str, str], ...]]
    tag: str | None
    tagged_by_id: bool
    removal: str | None


def gather(fqn: str, types: Types, scripts: Scripts) -> Evidence | None:
    """Read the constructors of the class ``fqn``; None if its JavaScript is not there."""
    script = scripts.of(fqn)
    positional, struct = types.parameters(fqn)
    if script is None or struct is None:
        return None
    construction = Construction(scripts, script, len(positional))
    texts = {m.json["name"] for m in types.members(struct).values() if m.is_text}
    known = {m.json["name"] for m in types.members(struct).values()}
    creations = list(_creations(construction, scripts))
    main = _main(construction, creations, types)
    tag, by_id = _tag(construction)
    return Evidence(
        resource=main.fqn if main else None,
        sets=_sets(construction, main, known) if main else {},
        names=_names(construction, main, texts) if main else {},
        unplaced=None if main else _physical(construction, texts),
        hands_on=_hands_on(construction, creations, known, types),
        tag=tag,
        tagged_by_id=by_id,
        removal=_removal(construction),
    )


def _creations(construction: Construction, scripts: Scripts) -> Iterator[Creation]:
    for scope in construction.scopes:
        for found in _NEW.finditer(scope.body):
            name = f"{found[1]}.{found[2]}" if found[1] else found[2]
            fqn = scripts.fqn_named(scope.script.path, name)
            inside = scope.body[found.end() + 1 : javascript.closing(scope.body, found.end())]
            arguments = javascript.split(inside)
            if fqn and len(arguments) > 2:
                props = construction.literal(scope, arguments[2])
                yield Creation(fqn, arguments[1], props)


def _main(construction: Construction, creations: list[Creation], types: Types) -> Creation | None:
    """The main resource: called ``Resource`` or ``Default``, or the only one, or the named one."""
    generated = [one for one in creations if types.is_generated(one.fqn)]
    called = [one for one in generated if one.id in _MAIN_IDS]
    if called or len(generated) == 1:
        return (called or generated)[0]
    return next((one for one in generated if _is_named(construction, one)), None)


def _is_named(construction: Construction, creation: Creation) -> bool:
    """Whether the construct's physical name goes into the resource."""
    return any(
        PHYSICAL in construction.sources(scope, text) for scope, text in creation.props.values()
    )


def _physical(construction: Construction, texts: set[str]) -> str | None:
    """The argument that the base class gets as the construct's physical name."""
    sources = construction.sources(construction.scopes[0], "this.physicalName") & texts
    return next(iter(sources)) if len(sources) == 1 else None


def _sets(
    construction: Construction, main: Creation, known: set[str]
) -> dict[str, tuple[str, ...]]:
    """Arguments that alone decide a property, and those that are called like one they decide."""
    found: dict[str, list[str]] = {}
    for member, (scope, text) in main.props.items():
        sources = construction.sources(scope, text) & known
        same = {one for one in sources if one.lower() == member.lower()}
        decisive = same or (sources if len(sources) == 1 else set())
        for one in decisive:
            found.setdefault(one, []).append(member)
    return {name: tuple(members) for name, members in found.items()}


def _names(construction: Construction, main: Creation, texts: set[str]) -> dict[str, str]:
    """Arguments that are the physical name, with the member of the main resource they go to.

    Where only a made-up name stands in for the argument, the two must also be called alike: a
    service account in Kubernetes has a made-up name, too. A name may lie deeper in the member's
    value.
    """
    physical = _physical(construction, texts)
    found: dict[str, str] = {}
    for member, (scope, text) in main.props.items():
        sources = construction.sources(scope, text)
        if physical in sources:
            named = [physical]
        else:
            named = sorted(sources & texts) if GENERATED in sources else []
        for one in named if len(named) == 1 else ():
            if _alike(one, member) or (one == physical and one not in found):
                found[one] = member
    return found


def _alike(argument: str, member: str) -> bool:
    """Whether ``repositoryName`` may well be called ``name`` or ``repositoryName``."""
    return argument.lower().endswith(member.lower())


def _hands_on(
    construction: Construction, creations: list[Creation], known: set[str], types: Types
) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in creations:
        if not types.is_generated(one.fqn):
            for member, (scope, text) in one.props.items():
                sources = construction.sources(scope, text)
                if len(sources) == 1 and sources <= known:
                    found.setdefault(next(iter(sources)), []).append((one.fqn, member))
    return {name: tuple(targets) for name, targets in found.items()}


def _tag(construction: Construction) -> tuple[str | None, bool]:
    for scope in construction.scopes:
        found = _TAG.search(scope.body)
        if found:
            sources = construction.sources(scope, found[1])
            return min(sources, default=None), "this.node.path" in found[1]
    return None, False


def _removal(construction: Construction) -> str | None:
    """The policy that holds when the argument ``removalPolicy`` is omitted.

    ``applyRemovalPolicy`` takes RETAIN for an undefined policy, unless its options say otherwise;
    where it is called only for a given policy, CloudFormation's own default holds: Delete.
    """
    for scope in construction.scopes:
        if _ONLY_GIVEN.search(scope.body):
            return "DESTROY"
        for found in _APPLY.finditer(scope.body):
            inside = scope.body[found.end() + 1 : javascript.closing(scope.body, found.end())]
            policy, *options = javascript.split(inside)
            if construction.sources(scope, policy) == {"removalPolicy"}:
                stated = _POLICY.search(policy) or _POLICY.search("".join(options))
                return stated[1] if stated else "RETAIN"
    return None
