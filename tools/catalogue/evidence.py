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
_POLICY = re.compile(r"RemovalPolicy\.([A-Z_]+)")
_TAG = re.compile(r"\.add\(NAME_TAG,([^()]*)")
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
    ``names`` are the arguments used as a physical name or as what a made-up name replaces, with
    the member that gets it. ``hands_on`` maps an argument to those of other library classes that
    get it unchanged. ``tag`` is the argument that becomes the Name tag, ``tagged_by_id`` says that
    the construct's path does without it. ``removal`` is the policy when none is given.
    """

    resource: str | None
    sets: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
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
    main = _main(creations, types)
    tag, by_id = _tag(construction)
    return Evidence(
        resource=main.fqn if main else None,
        sets=_sets(construction, main, known) if main else {},
        names=_names(construction, main, texts) if main else {},
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


def _main(creations: list[Creation], types: Types) -> Creation | None:
    """The creation of the main resource: called ``Resource`` or ``Default``, or the only one."""
    generated = [one for one in creations if types.is_generated(one.fqn)]
    called = [one for one in generated if one.id in _MAIN_IDS]
    return next(iter(called or (generated if len(generated) == 1 else ())), None)


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
    found = {}
    for member, (scope, text) in main.props.items():
        sources = construction.sources(scope, text)
        named = sources & texts
        if len(named) == 1 and sources & {PHYSICAL, GENERATED}:
            found.setdefault(next(iter(named)), member)
    return found


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
            return next(iter(sources), None), "this.node.path" in found[1]
    return None, False


def _removal(construction: Construction) -> str | None:
    """The policy that holds when the argument ``removalPolicy`` is omitted.

    ``applyRemovalPolicy`` takes RETAIN for an undefined policy, unless its options say otherwise;
    where it is called only for a given policy, CloudFormation's own default holds: Delete.
    """
    for scope in construction.scopes:
        for found in _APPLY.finditer(scope.body):
            inside = scope.body[found.end() + 1 : javascript.closing(scope.body, found.end())]
            policy, *options = javascript.split(inside)
            if construction.sources(scope, policy) == {"removalPolicy"}:
                if scope.body[: found.start()].endswith("removalPolicy&&"):
                    return "DESTROY"
                stated = _POLICY.search(policy) or _POLICY.search("".join(options))
                return stated[1] if stated else "RETAIN"
    return None
