"""What is known of the CDK library before any app is read.

``load`` gives the catalogue that ``tools/build_catalogue.py`` made from an installed
``aws-cdk-lib`` and from the CloudFormation resource schemas that ``cfn-lint`` ships. Names are
Python paths below ``aws_cdk``: ``aws_s3.Bucket``, ``aws_s3.CfnBucket.RuleProperty``, ``Stack``;
every look-up also takes them with ``aws_cdk.`` before. A module's data is read when one of its
names is first asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

from tapfix.knowledge.entries import Argument, ConstructClass
from tapfix.knowledge.reading import is_generated, read_class, read_struct
from tapfix.knowledge.shelves import ROOT, Shelf, mentioning, read, shelf

__all__ = ["Argument", "Catalogue", "ConstructClass", "load"]


class Catalogue:
    """Look-ups over the generated data; ``load`` gives the one instance."""

    def __init__(self) -> None:
        """Read the index; modules are read later, when they are asked for."""
        index = read("index")
        self.versions: Mapping[str, str] = index["versions"]
        self.modules: frozenset[str] = frozenset(index["modules"].split())
        self._classes: dict[str, ConstructClass | None] = {}
        self._structs: dict[str, Mapping[str, Argument] | None] = {}
        self._takers: dict[str, tuple[str, ...]] = {}

    def construct(self, name: str) -> ConstructClass | None:
        """The construct class called ``name``; None if there is none."""
        found = self.callee(name)
        return found if found is not None and found.is_construct else None

    def of_type(self, resource: str) -> ConstructClass | None:
        """The generated class of a CloudFormation type (``AWS::S3::Bucket``), as far as known."""
        _, _, rest = resource.partition("AWS::")
        service, _, name = rest.partition("::")
        return self.construct(f"aws_{service.lower()}.Cfn{name}") if name.isidentifier() else None

    def callee(self, name: str) -> ConstructClass | None:
        """The class called ``name``, construct or not (``aws_lambda_event_sources.SqsDlq``)."""
        name = _plain(name)
        if name not in self._classes:
            self._classes[name] = self._find_class(name)
        return self._classes[name]

    def is_a(self, name: str, base: str) -> bool:
        """Whether the class ``name`` is ``base`` or is derived from it."""
        found = self.callee(name)
        return found is not None and found.is_a(base)

    def class_of_props(self, struct: str) -> tuple[str, ...]:
        """The classes whose constructor takes the members of ``struct`` as its keywords."""
        struct = _plain(struct)
        if struct in self._odd_users:
            return tuple(self._odd_users[struct].split())
        owner = self.callee(struct.removesuffix("Props"))
        return (owner.name,) if owner is not None and owner.props == struct else ()

    def struct(self, name: str) -> Mapping[str, Argument] | None:
        """The members of a struct (``aws_rds.BackupProps``); None if there is no such struct."""
        name = _plain(name)
        if name not in self._structs:
            self._structs[name] = self._find_struct(name)
        return self._structs[name]

    def members(self, enum_like: str) -> tuple[str, ...]:
        """The members of an enum, or the constants of a class (``aws_lambda.Runtime``)."""
        found = self._look(_plain(enum_like))
        return () if found is None else tuple(found[0].enums.get(found[1], "").split())

    def exports(self, module: str) -> frozenset[str]:
        """The names that ``from aws_cdk.<module> import *`` binds; ``aws_cdk`` for the root.

        Data structures of ``aws_cdk.interfaces`` are not in the catalogue.
        """
        if module not in self.modules:
            return frozenset()
        place = shelf(module)
        known = (*place.structs, *place.classes, *place.enums, *place.others.split())
        return frozenset(name for name in known if "." not in name)

    def taking(self, argument: str) -> tuple[str, ...]:
        """The classes, constructs or not, that take the keyword ``argument``, in order.

        The first time for an argument, all modules are searched: some twenty milliseconds.
        """
        if argument not in self._takers:
            self._takers[argument] = tuple(self._find_takers(argument))
        return self._takers[argument]

    @cached_property
    def _odd_users(self) -> Mapping[str, str]:
        return read("props")

    def _look(self, name: str) -> tuple[Shelf, str] | None:
        module, local = _split(name)
        return (shelf(module), local) if module in self.modules else None

    def _find_takers(self, argument: str) -> Iterator[str]:
        member = re.compile(rf"(?:^| ){re.escape(argument)}(?=[!~: ]|$)")
        for module in mentioning(argument, self.modules):
            for local, line in shelf(module).classes.items():
                name = local if module == ROOT else f"{module}.{local}"
                props = _props(shelf(module), name, local, line)
                if props is not None and member.search(self._struct_line(props) or ""):
                    yield name

    def _find_class(self, name: str) -> ConstructClass | None:
        found = self._look(name)
        if found is None or found[1] not in found[0].classes:
            return None
        place, local = found
        line = place.classes[local]
        props = _props(place, name, local, line)
        members = (self.struct(props) if props else None) or {}
        base = line.get("base", "CfnResource" if is_generated(name, line) else None)
        return read_class(name, line, props, members, self.callee(base) if base else None)

    def _find_struct(self, name: str) -> Mapping[str, Argument] | None:
        line = self._struct_line(name)
        if line is None:
            return None
        module, local = _split(name)
        defaults = shelf(module).defaults.get(local, {})
        return read_struct(module, local.rpartition(".")[0], line, defaults)

    def _struct_line(self, name: str) -> str | None:
        found = self._look(name)
        if found is None:
            return None
        place, local = found
        owner, _, inner = local.rpartition(".")
        nested = place.nested.get(owner, {}) if inner.endswith("Property") else {}
        return place.structs.get(local, nested.get(inner.removesuffix("Property")))


@cache
def load() -> Catalogue:
    """The catalogue, read once a process."""
    return Catalogue()


def _plain(name: str) -> str:
    return name.removeprefix(f"{ROOT}.")


def _props(place: Shelf, name: str, local: str, line: Mapping[str, Any]) -> str | None:
    """The struct of a class's keywords: usually the one that is called like the class."""
    usual = f"{name}Props" if f"{local}Props" in place.structs else None
    return line.get("props", usual) or None


def _split(name: str) -> tuple[str, str]:
    """Module and name in it: ``aws_s3`` and ``CfnBucket.RuleProperty``; the root for ``Stack``."""
    parts = name.split(".")
    depth = 0
    while depth < len(parts) - 1 and parts[depth][:1].islower():
        depth += 1
    return ".".join(parts[:depth]) or ROOT, ".".join(parts[depth:])
