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
from tapfix.verify.pairing import Pairing

ABSENT = "(absent)"
"""Stands for what one of the two sides does not have."""

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_SUB = re.compile(r"\$\{([^!.}]+)((?:\.[^}]+)?)\}")
_SECTIONS = ("Outputs", "Parameters", "Conditions", "Mappings", "Rules")
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
    like ``Properties.Tags[0].Value``, and empty where the whole entry came or went.
    """

    name: str
    path: str
    old: Any
    new: Any
    before: Resource | None = None
    after: Resource | None = None


@dataclass(frozen=True, slots=True)
class _Names:
    """What one assembly calls things: paths by logical id of each stack, and its stacks' names."""

    paths: Mapping[str, Mapping[str, str]]
    stacks: Mapping[str, str]
    ids: Mapping[str, str]


def differences(pairing: Pairing) -> Iterator[Difference]:
    """Every difference, resource by resource, then outputs and the like."""
    before, after = _names(pairing, 0), _names(pairing, 1)
    for pair in pairing.pairs:
        old = _resource(pair.before, before)
        new = _resource(pair.after, after)
        if pair.after is not None:
            name = pairing.old_paths.get(pair.after.path, pair.after.path)
        else:
            assert pair.before is not None
            name = pair.before.path
        for path, left, right in _compared("", old, new):
            yield Difference(name, path, left, right, pair.before, pair.after)
    for one, other in pairing.stacks:
        yield from _sections(one, other, before, after)


def _names(pairing: Pairing, side: int) -> _Names:
    paths: dict[str, dict[str, str]] = {}
    stacks: dict[str, str] = {}
    ids: dict[str, str] = {}
    for both in pairing.stacks:
        stack = both[side]
        if stack is not None:
            own = {
                logical_id: pairing.old_paths.get(one.path, one.path) if side else one.path
                for logical_id, one in stack.resources.items()
            }
            paths[stack.name] = own
            ids.update({logical_id: own[logical_id] for logical_id in stack.resources})
            stacks[stack.name] = (both[0] or stack).name
    return _Names(paths, stacks, ids)


def _resource(resource: Resource | None, names: _Names) -> Any:
    if resource is None:
        return ABSENT
    plain = _plain(resource.body, names.paths[resource.stack], names)
    return {"Properties": {}, **plain}


def _sections(
    old: Stack | None, new: Stack | None, before: _Names, after: _Names
) -> Iterator[Difference]:
    """The differences of what is no resource."""
    label = (old or new).name if old or new else ""  # type: ignore[union-attr]
    for section in _SECTIONS:
        left = _section(old, section, before)
        right = _section(new, section, after)
        for name in sorted(left.keys() | right.keys()):
            pair = left.get(name, ABSENT), right.get(name, ABSENT)
            for path, one, other in _compared("", *pair):
                yield Difference(f"{label}/{section}/{name}", path, one, other)


def _section(stack: Stack | None, section: str, names: _Names) -> dict[str, Any]:
    if stack is None:
        return {}
    entries = stack.template.get(section, {})
    plain = {
        _export(name, names): _plain(entry, names.paths[stack.name], names)
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
            return {"Fn::Sub": _SUB.sub(lambda m: _within(m, paths), text)}
        case {"Fn::ImportValue": str(name)}:
            return {"Fn::ImportValue": _export(name, names)}
        case dict():
            return {
                key: _waited_for(entry, paths)
                if key == "DependsOn"
                else _entry(key, entry, paths, names)
                for key, entry in value.items()
                if key != "Metadata"
            }
        case list():
            return [_plain(entry, paths, names) for entry in value]
        case str():
            return _HASH.sub("<hash>", value)
    return value


def _entry(key: str, entry: Any, paths: Mapping[str, str], names: _Names) -> Any:
    if key == "Export" and isinstance(entry, dict) and isinstance(entry.get("Name"), str):
        return {"Name": _export(entry["Name"], names)}
    return _plain(entry, paths, names)


def _within(match: re.Match[str], paths: Mapping[str, str]) -> str:
    return f"${{{paths.get(match[1], match[1])}{match[2]}}}"


def _export(name: str, names: _Names) -> str:
    """The name of an export that CDK makes, with the stack's old name and a construct's path."""
    stack, colon, rest = name.partition(":")
    if colon and stack in names.stacks:
        name = f"{names.stacks[stack]}:{rest}"
    for start in ("ExportsOutputRef", "ExportsOutputFnGetAtt"):
        head, found, tail = name.partition(start)
        if found:
            # CDK puts the logical id, an attribute and a hash of both into the name.
            known = [one for one in names.ids if tail.startswith(one)]
            if known:
                longest = max(known, key=len)
                attribute = tail[len(longest) :][:-8]
                return f"{head}{start}({names.ids[longest]}){attribute}"
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
