"""From the catalogue's compact lines to its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tapfix.knowledge.entries import Argument, ConstructClass

_OWN_MODULE = re.compile(r"(?<![\w\]])\.(?=\w)")
_SIBLING = re.compile(r"@(\w*)")


def read_struct(
    module: str, owner: str, line: str, defaults: Mapping[str, str]
) -> Mapping[str, Argument]:
    """The members in a struct's line, by name; ``owner`` is the class that a nested one is in."""
    members = (_read_member(module, owner, text, defaults) for text in line.split())
    return {member.name: member for member in members}


def read_class(
    name: str,
    line: Mapping[str, Any],
    props: str | None,
    members: Mapping[str, Argument],
    base: ConstructClass | None,
) -> ConstructClass:
    """The class of a class's line; ``members`` are those of its struct ``props``."""
    level = 1 if is_generated(name, line) else 2
    return ConstructClass(
        name=name,
        level=level,
        base=None if base is None else base.name,
        resource=line.get("resource"),
        props=props,
        arguments=_effects(line, members, level),
        positional=tuple(line.get("positional", "scope id").split()),
        ancestors=() if base is None else (base.name, *base.ancestors),
        is_construct=line.get("construct", True),
        name_argument=line.get("name"),
        name_unique=line.get("unique", False),
        name_within=line.get("within"),
        other_names=tuple(line.get("others", "").split()),
        tagged_by_id=line.get("by_id", False),
        default_removal=line.get("removal"),
        stateful=line.get("stateful", False),
    )


def is_generated(name: str, line: Mapping[str, Any]) -> bool:
    """Whether a class's line is that of a generated resource class."""
    return "resource" in line and name.rpartition(".")[2].startswith("Cfn")


def _read_member(module: str, owner: str, text: str, defaults: Mapping[str, str]) -> Argument:
    head, _, kind = text.partition(":")
    name = head.rstrip("!~")
    marks = head[len(name) :]
    if "@" in kind:
        kind = _SIBLING.sub(lambda found: f".{owner}.{found[1] or _pascal(name)}Property", kind)
    return Argument(
        name=name,
        type=_OWN_MODULE.sub(f"{module}.", kind) or "str",
        required="!" in marks,
        deprecated="~" in marks,
        default=defaults.get(name),
    )


def _effects(
    line: Mapping[str, Any], members: Mapping[str, Argument], level: int
) -> Mapping[str, Argument]:
    """The members as this class uses them: which property each sets, and what that means."""
    sets = _pairs(line.get("sets", ""))
    limits = _pairs(line.get("limits", ""))
    replacing = frozenset(line.get("replaces", "").split())
    sometimes = frozenset(line.get("sometimes", "").split())
    if level == 1:
        sets = {name: sets.get(name) or _pascal(name) for name in members}
    changed = {
        name: replace(
            members[name],
            property=sets.get(name),
            replaces=name in replacing,
            replaces_sometimes=name in sometimes,
            max_length=int(limits[name]) if name in limits else None,
        )
        for name in sets.keys() | limits.keys() | replacing
    }
    return {name: changed.get(name, members[name]) for name in members}


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
