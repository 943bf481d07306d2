"""What differs between the templates of two assemblies, property by property.

Metadata and asset hashes are left out: they say nothing of what is deployed. Who refers to a
construct refers to its path here, so that a changed logical id alone is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tapfix.verify.assembly import Resource, Stack
from tapfix.verify.derived import Derived, unique_id
from tapfix.verify.pairing import Pair, Pairing

ABSENT = "(absent)"
"""Stands for what one of the two sides does not have."""

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_HANDED_OVER = re.compile(r"/cdk/exports/[^/]+/(?:\w*?((?:FnGetAtt|Ref)\w+)[0-9A-F]{8}|\*)")
_SUB = re.compile(r"\$\{([^!.}]+)((?:\.[^}]+)?)\}")
_SECTIONS = ("Outputs", "Parameters", "Conditions", "Mappings", "Rules")
_BY_CONTENT = ("AWS::ApiGateway::Deployment", "AWS::Lambda::Version")
"""CDK gives what these are for a new id, so that a new one is made whenever it changes."""
_OF_CDK = {
    "BootstrapVersion",
    "CheckBootstrapVersion",
    "CDKMetadataAvailable",
    "LatestNodeRuntimeMap",  # which its helpers' functions choose from
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A property that differs, or a whole resource or entry that came or went.

    ``name`` is the construct's path before the change, or ``<stack>/Outputs/<id>``; ``path`` is
    like ``Properties.Tags[0].Value``, and empty where the whole entry came or went. A changed
    logical id is ``LogicalId``, the changed name of a stack ``StackName``, an error that the app
    marks a construct with ``Error``. ``follows``: it reads
    otherwise only because constructs have other ids.
    """

    name: str
    path: str
    old: Any
    new: Any
    before: Resource | None = None
    after: Resource | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class _Names:
    """What one assembly calls things: paths by logical id of each stack, and its stacks' names."""

    paths: Mapping[str, Mapping[str, str]]
    stacks: Mapping[str, str]


def differences(pairing: Pairing) -> Iterator[Difference]:
    """Every difference, resource by resource, then outputs and the like."""
    before, after = _names(pairing, 0), _names(pairing, 1)
    derived = Derived(pairing.old_paths)
    for pair in pairing.pairs:
        yield from _of_resource(pair, pairing, before, after, derived)
    for one, other in pairing.stacks:
        if one is not None and other is not None and one.name != other.name:
            yield _renamed(one, other)
        yield from _sections(one, other, before, after, derived)
    yield from _errors(pairing, derived)


def _errors(pairing: Pairing, derived: Derived) -> Iterator[Difference]:
    """What the app marks as an error after the change alone."""
    known = {error for one, _ in pairing.stacks if one is not None for error in one.errors}
    for _, other in pairing.stacks:
        for path, message in other.errors if other is not None else ():
            name = pairing.old_paths.get(path, path)
            if (name, derived.text(message)) not in known:
                yield Difference(name, "Error", ABSENT, message)


def _of_resource(
    pair: Pair, pairing: Pairing, before: _Names, after: _Names, derived: Derived
) -> Iterator[Difference]:
    old, new = _resource(pair.before, before), _resource(pair.after, after)
    if pair.after is not None:
        name = pairing.old_paths.get(pair.after.path, pair.after.path)
    else:
        assert pair.before is not None
        name = pair.before.path
    for path, left, right in _compared("", old, _with_old_keys(new, derived)):
        follows = derived.is_same(left, right)
        yield Difference(name, path, left, right, pair.before, pair.after, follows)
    if pair.before is not None and pair.after is not None:
        one, other = pair.before.logical_id, pair.after.logical_id
        if one != other and pair.before.kind not in _BY_CONTENT:
            follows = _only_derived(pair.before.path, pair.after.path, derived)
            yield Difference(name, "LogicalId", one, other, pair.before, pair.after, follows)


def _only_derived(old: str, new: str, derived: Derived) -> bool:
    """Whether of the ids around a resource, its stack's aside, only those made of paths changed."""
    both = zip(old.split("/")[1:], new.split("/")[1:], strict=False)
    changed = [(one, other) for one, other in both if one != other]
    return bool(changed) and all(derived.text(other) == one for one, other in changed)


def _renamed(old: Stack, new: Stack) -> Difference:
    """A stack with another name; that of a nested one only follows from the one around it."""
    is_nested = old.name == unique_id(old.path)
    name = f"{old.path or old.name}/Stack"
    return Difference(name, "StackName", old.name, new.name, follows=is_nested)


def _with_old_keys(value: Any, derived: Derived) -> Any:
    """A part of a template with keys as they were, were it only for the paths in them."""
    if isinstance(value, dict):
        return {derived.text(key): _with_old_keys(one, derived) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_old_keys(one, derived) for one in value]
    return value


def _names(pairing: Pairing, side: int) -> _Names:
    paths: dict[str, dict[str, str]] = {}
    stacks: dict[str, str] = {}
    for both in pairing.stacks:
        stack = both[side]
        if stack is not None:
            own = {
                logical_id: pairing.old_paths.get(one.path, one.path) if side else one.path
                for logical_id, one in stack.resources.items()
            }
            paths[stack.name] = own
            stacks[stack.name] = (both[0] or stack).name
    return _Names(paths, stacks)


def _resource(resource: Resource | None, names: _Names) -> Any:
    if resource is None:
        return ABSENT
    plain = _plain(resource.body, names.paths[resource.stack], names)
    return {"Properties": {}, **plain}


def _sections(
    old: Stack | None, new: Stack | None, before: _Names, after: _Names, derived: Derived
) -> Iterator[Difference]:
    """The differences of what is no resource."""
    label = (old or new).name if old or new else ""  # type: ignore[union-attr]
    for section in _SECTIONS:
        left = _section(old, section, before)
        right = _with_old_keys(_section(new, section, after), derived)
        for name in sorted(left.keys() | right.keys()):
            pair = left.get(name, ABSENT), right.get(name, ABSENT)
            for path, one, other in _compared("", *pair):
                follows = derived.is_same(one, other)
                yield Difference(f"{label}/{section}/{name}", path, one, other, follows=follows)


def _section(stack: Stack | None, section: str, names: _Names) -> dict[str, Any]:
    if stack is None:
        return {}
    entries = stack.template.get(section, {})
    plain = {
        _export(name, names.paths[stack.name], names): _plain(entry, names.paths[stack.name], names)
        for name, entry in entries.items()
        if name not in _OF_CDK
    }
    return {name: entry for name, entry in plain.items() if not name.startswith("AssetParameters")}


def _plain(value: Any, paths: Mapping[str, str], names: _Names) -> Any:
    """A part of a template without metadata and hashes, with paths for logical ids."""
    match value:
        case {"Ref": str(target)}:
            return {"Ref": paths.get(target, target)}
        case {"Fn::GetAtt": [str(target), attribute]}:
            return {"Fn::GetAtt": [paths.get(target, target), _plain(attribute, paths, names)]}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _substituted(text, paths)}
        case {"Fn::Sub": [str(text), variables]}:
            plain = _plain(variables, paths, names)
            return {"Fn::Sub": [_substituted(text, paths), plain]}
        case {"Fn::ImportValue": str(name)}:
            return {"Fn::ImportValue": _export(name, paths, names)}
        case dict():
            return {
                key: _waited_for(entry, paths)
                if key == "DependsOn"
                else _entry(key, entry, paths, names)
                for key, entry in ((_of_other_region(key), entry) for key, entry in value.items())
                if key != "Metadata"
            }
        case list():
            return [_plain(entry, paths, names) for entry in value]
        case str():
            return _of_other_region(_HASH.sub("<hash>", value))
    return value


def _of_other_region(text: str) -> str:
    """What CDK hands over to another region has the names of both stacks in its own."""
    return _HANDED_OVER.sub(r"/cdk/exports/\1", text) if "/cdk/exports/" in text else text


def _entry(key: str, entry: Any, paths: Mapping[str, str], names: _Names) -> Any:
    if key == "Export" and isinstance(entry, dict) and isinstance(entry.get("Name"), str):
        return {"Name": _export(entry["Name"], paths, names)}
    return _plain(entry, paths, names)


def _substituted(text: str, paths: Mapping[str, str]) -> str:
    return _SUB.sub(lambda match: _within(match, paths), _HASH.sub("<hash>", text))


def _within(match: re.Match[str], paths: Mapping[str, str]) -> str:
    return f"${{{paths.get(match[1], match[1])}{match[2]}}}"


def _export(name: str, paths: Mapping[str, str], names: _Names) -> str:
    """The name of an export that CDK makes, with the stack's old name and a construct's path.

    ``paths`` are those of the stack around it.
    """
    stack, colon, rest = name.partition(":")
    if colon and stack in names.stacks:
        name, paths = f"{names.stacks[stack]}:{rest}", names.paths[stack]
    for start in ("ExportsOutputRef", "ExportsOutputFnGetAtt"):
        head, found, tail = name.partition(start)
        if found:
            # CDK puts the logical id, an attribute and a hash of both into the name.
            known = [one for one in paths if tail.startswith(one)]
            if known:
                longest = max(known, key=len)
                attribute = tail[len(longest) :][:-8]
                return f"{head}{start}({paths[longest]}){attribute}"
    return name


def _waited_for(value: Any, paths: Mapping[str, str]) -> list[str]:
    waited = [value] if isinstance(value, str) else value
    return sorted(paths.get(name, name) for name in waited)


def _compared(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            inner = f"{path}.{key}" if path else str(key)
            yield from _compared(inner, old.get(key, ABSENT), new.get(key, ABSENT))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (left, right) in enumerate(zip(old, new, strict=True)):
            yield from _compared(f"{path}[{index}]", left, right)
    elif old != new:
        yield path, old, new
