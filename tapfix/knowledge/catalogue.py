"""What is known of the CDK library before any app is read.

``load`` gives the catalogue that ``tools/build_catalogue.py`` made from an installed
``aws-cdk-lib`` and from the CloudFormation resource schemas that ``cfn-lint`` ships. Names are
Python paths below ``aws_cdk``: ``aws_s3.Bucket``, ``aws_s3.CfnBucket.RuleProperty``, ``Stack``;
every look-up also takes them with ``aws_cdk.`` before. A service's data is read when one of its
names is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from types import MappingProxyType

from tapfix.knowledge.entries import Argument, ConstructClass
from tapfix.knowledge.reading import read_class, read_struct
from tapfix.knowledge.shelves import ROOT, Shelf, read, shelf

__all__ = ["Argument", "Catalogue", "ConstructClass", "load"]


class Catalogue:
    """Look-ups over the generated data; ``load`` gives the one instance."""

    def __init__(self) -> None:
        """Read the index; services are read later, when they are asked for."""
        index = read("index")
        self.versions: Mapping[str, str] = MappingProxyType(index["versions"])
        self.modules: frozenset[str] = frozenset(index["modules"].split())
        self._classes: dict[str, ConstructClass | None] = {}
        self._structs: dict[str, Mapping[str, Argument] | None] = {}

    def construct(self, name: str) -> ConstructClass | None:
        """The construct class called ``name``; None if there is none."""
        found = self.callee(name)
        return found if found is not None and found.is_construct else None

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
        return tuple(self._users.get(_plain(struct), "").split())

    def struct(self, name: str) -> Mapping[str, Argument] | None:
        """The members of a struct (``aws_rds.BackupProps``); None if there is no such struct."""
        name = _plain(name)
        if name not in self._structs:
            self._structs[name] = self._find_struct(name)
        return self._structs[name]

    def members(self, enum_like: str) -> tuple[str, ...]:
        """The members of an enum, or the constants of an enum-like class (``aws_rds.Port``)."""
        found = self._look(_plain(enum_like))
        if found is None:
            return ()
        place, local = found
        return tuple(place.enums.get(local, "").split())

    def exports(self, module: str) -> frozenset[str]:
        """The names that ``from aws_cdk.<module> import *`` binds; ``aws_cdk`` for the root."""
        if module not in self.modules:
            return frozenset()
        place = shelf(module)
        known = (*place.structs, *place.classes, *place.enums, *place.others.split())
        return frozenset(name for name in known if "." not in name)

    def taking(self, argument: str) -> tuple[str, ...]:
        """The classes, constructs or not, that take the keyword ``argument``."""
        return tuple(self._holders.get(argument, "").split())

    @cached_property
    def _users(self) -> Mapping[str, str]:
        return read("props")

    @cached_property
    def _holders(self) -> Mapping[str, str]:
        return read("arguments")

    def _look(self, name: str) -> tuple[Shelf, str] | None:
        module, local = _split(name)
        return (shelf(module), local) if module in self.modules else None

    def _find_class(self, name: str) -> ConstructClass | None:
        found = self._look(name)
        if found is None or found[1] not in found[0].classes:
            return None
        line = found[0].classes[found[1]]
        arguments = self.struct(line["props"]) if "props" in line else {}
        base = self.callee(line["base"]) if "base" in line else None
        return read_class(name, line, arguments or {}, base)

    def _find_struct(self, name: str) -> Mapping[str, Argument] | None:
        found = self._look(name)
        if found is None or found[1] not in found[0].structs:
            return None
        place, local = found
        return read_struct(_split(name)[0], place.structs[local], place.defaults.get(local, {}))


@cache
def load() -> Catalogue:
    """The catalogue, read once a process."""
    return Catalogue()


def _plain(name: str) -> str:
    return name.removeprefix(f"{ROOT}.")


def _split(name: str) -> tuple[str, str]:
    """Module and name in it: ``aws_s3`` and ``CfnBucket.RuleProperty``; the root for ``Stack``."""
    parts = name.split(".")
    depth = 0
    while depth < len(parts) - 1 and parts[depth][:1].islower():
        depth += 1
    return ".".join(parts[:depth]) or ROOT, ".".join(parts[depth:])
