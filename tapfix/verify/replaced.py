"""Which resources a change makes CloudFormation replace: the old one goes, a new one comes."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from tapfix.knowledge.catalogue import load
from tapfix.verify.assembly import Resource
from tapfix.verify.difference import Difference


def replaced(differences: Iterable[Difference]) -> dict[str, str]:
    """The paths (before) of the resources that are replaced, each with the property that does it.

    A property that only a new resource can have is changed, or its logical id is.
    """
    changed = [one for one in differences if one.before is not None and one.after is not None]
    found: dict[str, str] = {}
    resources: dict[str, Resource] = {}
    for one in changed:
        assert one.before is not None and one.after is not None
        resources.setdefault(one.name, one.before)
        name = _property(one.path)
        if one.before.kind != one.after.kind:
            found[one.name] = "Type"
        elif one.path == "LogicalId":
            found[one.name] = "LogicalId"
        elif name is not None and _plain(name) in _create_only(one.before.kind):
            found.setdefault(one.name, name)
    return found


def carried_on(found: Mapping[str, str], resources: Iterable[Resource]) -> dict[str, str]:
    """What is replaced, with those whose own create-only properties refer to it."""
    known = list(resources)
    by_id = {(one.stack, one.logical_id): one for one in known}
    result = dict(found)
    is_growing = True
    while is_growing:
        is_growing = False
        for one in known:
            if one.path in result:
                continue
            for name, value in one.properties.items():
                targets = (by_id.get((one.stack, target)) for target in _referred(value))
                if _plain(name) in _create_only(one.kind) and any(
                    target is not None and target.path in result for target in targets
                ):
                    result[one.path] = name
                    is_growing = True
                    break
    return result


def _property(path: str) -> str | None:
    section, _, rest = path.partition(".")
    return rest.partition(".")[0].partition("[")[0] if section == "Properties" and rest else None


@functools.cache
def _create_only(kind: str) -> frozenset[str]:
    """The properties of a type that only a new resource can have, in small letters."""
    found = load().of_type(kind)
    if found is None:
        return frozenset()
    return frozenset(
        _plain(one.name)
        for one in found.arguments.values()
        if one.replaces and not one.replaces_sometimes
    )


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _referred(part: Any) -> set[str]:
    match part:
        case {"Ref": str(target)}:
            return {target}
        case {"Fn::GetAtt": [str(target), *_]}:
            return {target}
        case dict():
            return {target for entry in part.values() for target in _referred(entry)}
        case list():
            return {target for entry in part for target in _referred(entry)}
    return set()
