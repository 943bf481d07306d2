"""From the catalogue's compact lines to its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from tapfix.knowledge.entries import Argument, ConstructClass

_OWN_MODULE = re.compile(r"(?<![\w\]])\.(?=\w)")


def read_struct(module: str, line: str, defaults: Mapping[str, str]) -> Mapping[str, Argument]:
    """The members that a struct's line lists, by name."""
    members = (_read_member(module, text, defaults) for text in line.split())
    return MappingProxyType({member.name: member for member in members})


def read_class(
    name: str,
    line: Mapping[str, Any],
    members: Mapping[str, Argument],
    base: ConstructClass | None,
) -> ConstructClass:
    """The class of a class's line, with its struct's members as arguments."""
    level = line.get("level", 2)
    return ConstructClass(
        name=name,
        level=level,
        base=line.get("base"),
        resource=line.get("resource"),
        props=line.get("props"),
        arguments=_effects(line, members, level),
        positional=tuple(line.get("positional", "scope id").split()),
        ancestors=() if base is None else (base.name, *base.ancestors),
        is_construct=line.get("construct", True),
        name_argument=line.get("name"),
        name_unique=line.get("unique", False),
        default_removal=line.get("removal"),
        stateful=line.get("stateful", False),
    )


def _read_member(module: str, text: str, defaults: Mapping[str, str]) -> Argument:
    head, _, kind = text.partition(":")
    name = head.rstrip("!~")
    marks = head[len(name) :]
    kind = kind.replace("$", "aws_cdk.IResolvable|")
    return Argument(
        name=name,
        type=_OWN_MODULE.sub(f"{module}.", kind),
        required="!" in marks,
        deprecated="~" in marks,
        default=defaults.get(name),
    )


def _effects(
    line: Mapping[str, Any], members: Mapping[str, Argument], level: int
) -> Mapping[str, Argument]:
    """The members as this class uses them: which property each sets, and what that means."""
    sets = dict(pair.split("=") for pair in line.get("sets", "").split())
    limits = dict(pair.split("=") for pair in line.get("limits", "").split())
    replacing = frozenset(line.get("replaces", "").split())
    if level == 1:
        sets = {name: sets.get(name, _pascal(name)) for name in members}
    changed = {
        name: replace(
            members[name],
            property=sets.get(name),
            replaces=name in replacing,
            max_length=int(limits[name]) if name in limits else None,
        )
        for name in sets.keys() | limits.keys() | replacing
    }
    return MappingProxyType({name: changed.get(name, members[name]) for name in members})


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
