"""The catalogue's files: the compact lines that ``tapfix.knowledge.shelves`` describes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalogue.facts import Facts
from catalogue.naming import Names
from catalogue.structs import CFN_RESOURCE, Member, Types

ROOT = "aws_cdk"
_PROPERTY = "Property"
_INTERNAL = frozenset({"CFN_RESOURCE_TYPE_NAME", "PROPERTY_INJECTION_ID"})
_ASKED_FOR = re.compile(r"removal|encrypt|retention|protection|backup|snapshot|lifecycle|_name$")
_PLAIN = re.compile(r"(?:true|false|\w+\.[A-Z0-9_]+)\b")
_SENTENCE = re.compile(r"(?<=\w)[.;](?:\s|$)|\n")
_CHAPTERS = ("structs", "nested", "defaults", "classes", "enums")


@dataclass
class Shelf:
    """What one module's file will hold, chapter by chapter."""

    structs: dict[str, str] = field(default_factory=dict)
    nested: dict[str, dict[str, str]] = field(default_factory=dict)
    defaults: dict[str, dict[str, str]] = field(default_factory=dict)
    classes: dict[str, dict[str, Any]] = field(default_factory=dict)
    enums: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)


class Shelves:
    """The files of all modules, and the indexes beside them."""

    def __init__(self, types: Types, names: Names, facts: Mapping[str, Facts]) -> None:
        """Lay out all jsii types, with what is concluded of each class."""
        self._types, self._names, self._facts = types, names, facts
        self.modules: dict[str, Shelf] = {}
        self.users: dict[str, set[str]] = {}
        for fqn, described in types.all.items():
            module, local = names.place(fqn)
            if not module.startswith("interfaces"):
                shelf = self.modules.setdefault(module, Shelf())
                self._lay(shelf, module, local, fqn, described["kind"])
        for module in self.modules:
            parent, _, name = module.rpartition(".")
            if module not in names.roots:
                self.modules[parent or ROOT].others.add(name)

    def _lay(self, shelf: Shelf, module: str, local: str, fqn: str, kind: str) -> None:
        described = self._types.all[fqn]
        if described.get("datatype"):
            self._lay_struct(shelf, module, local, fqn)
        elif kind == "class":
            shelf.classes[local] = self._class(fqn)
            constants = [p["name"] for p in described.get("properties", ()) if p.get("static")]
            if names := [name for name in constants if name not in _INTERNAL]:
                shelf.enums[local] = " ".join(names)
        elif kind == "enum":
            shelf.enums[local] = " ".join(member["name"] for member in described["members"])
        elif "." not in local:
            shelf.others.add(local)

    def _lay_struct(self, shelf: Shelf, module: str, local: str, fqn: str) -> None:
        members = self._types.members(fqn).values()
        owner, _, name = local.rpartition(".")
        line = " ".join(self._member(member, module, owner) for member in members)
        if owner and name.endswith(_PROPERTY):
            shelf.nested.setdefault(owner, {})[name.removesuffix(_PROPERTY)] = line
        else:
            shelf.structs[local] = line
        defaults = {member.name: _default(member) for member in members}
        stated = {name: text for name, text in defaults.items() if text}
        if stated and not local.startswith("Cfn"):
            shelf.defaults[local] = stated

    def _member(self, member: Member, module: str, owner: str) -> str:
        marks = ("!" if member.required else "") + ("~" if member.deprecated else "")
        kind = self._names.type(member.json["type"], module)
        kind = re.sub(r"aws_cdk\.IResolvable\||\|aws_cdk\.IResolvable\b", "", kind)
        if owner:
            kind = re.sub(rf"(?<!\w)\.{owner}\.(\w+){_PROPERTY}\b", r"@\1", kind)
            kind = re.sub(rf"@{pascal(member.name)}(?!\w)", "@", kind)
        return f"{member.name}{marks}" if kind == "str" else f"{member.name}{marks}:{kind}"

    def _class(self, fqn: str) -> dict[str, Any]:
        full = self._names.full(fqn)
        positional, struct = self._types.parameters(fqn)
        line = self._shape(fqn, positional)
        if struct is not None:
            props = self._names.full(struct)
            self.users.setdefault(props, set()).add(full)
            if props != f"{full}Props":
                line["props"] = props
        elif f"{fqn}Props" in self._types.all:
            line["props"] = ""
        facts = self._facts.get(fqn)
        level = 1 if self._types.is_generated(fqn) else 2
        return line | _stated(facts, level) if facts else line

    def _shape(self, fqn: str, positional: Iterable[str]) -> dict[str, Any]:
        line: dict[str, Any] = {}
        base = self._types.all[fqn].get("base")
        if base and base in self._types.all and base != CFN_RESOURCE:
            line["base"] = self._names.full(base)
        if not self._types.is_construct(fqn):
            line["construct"] = False
        if " ".join(positional) != "scope id":
            line["positional"] = " ".join(positional)
        return line


def _stated(facts: Facts, level: int) -> dict[str, Any]:
    """The part of a class's line that is drawn from evidence, without what is False or empty."""
    sets = {a: p for a, p in facts.sets.items() if level == 2 or p != pascal(a)}
    stated = {
        "resource": facts.resource,
        "name": facts.name,
        "unique": facts.unique,
        "within": facts.within,
        "others": " ".join(facts.other_names),
        "by_id": facts.tagged_by_id,
        "removal": facts.removal,
        "stateful": facts.stateful,
        "sets": " ".join(f"{a}={p}" for a, p in sorted(sets.items())),
        "replaces": " ".join(sorted(facts.replaces)),
        "sometimes": " ".join(sorted(facts.sometimes)),
        "limits": " ".join(f"{a}={n}" for a, n in sorted(facts.limits.items())),
    }
    return {key: value for key, value in stated.items() if value}


def pascal(name: str) -> str:
    """The property that most arguments of generated classes set: ``BucketName``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _default(member: Member) -> str:
    """The first sentence of a default, where a rule may ask for it or it is a plain value."""
    text = member.json.get("docs", {}).get("default", "").lstrip("- `").strip()
    sentence = _SENTENCE.split(text)[0].strip(" .`,")
    return sentence if _PLAIN.match(sentence) or _ASKED_FOR.search(member.name) else ""


def files(shelves: Shelves, versions: Mapping[str, str]) -> dict[str, str]:
    """The text of every data file, by file name."""
    texts = {f"{module}.json": _shelf_text(shelf) for module, shelf in shelves.modules.items()}
    odd = {
        struct: " ".join(sorted(users))
        for struct, users in shelves.users.items()
        if users != {struct.removesuffix("Props")}
    }
    index = {"versions": dict(versions), "modules": " ".join(sorted(shelves.modules))}
    return texts | {
        "props.json": _object(odd),
        "index.json": _object(index),
    }


def _shelf_text(shelf: Shelf) -> str:
    chapters: dict[str, Any] = {name: getattr(shelf, name) for name in _CHAPTERS}
    return _object(chapters | {"others": " ".join(sorted(shelf.others))}, depth=2)


def _object(data: Mapping[str, Any], depth: int = 1) -> str:
    """JSON with one line for each entry; ``depth`` says how many levels are broken into lines."""
    rows = []
    for key, value in sorted(data.items()):
        deeper = depth > 1 and isinstance(value, dict) and value
        nested = key == "nested" and depth > 1
        text = _object(value, 2 if nested else depth - 1) if deeper else _inline(value)
        rows.append(f"{json.dumps(key)}: {text.rstrip()}")
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _inline(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Make ``folder`` hold exactly ``texts``."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
