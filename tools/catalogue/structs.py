"""What jsii says of structs and classes: members in Python's order, bases, parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue.library import Json
from catalogue.naming import snake

CONSTRUCT = "constructs.Construct"
CFN_RESOURCE = "aws-cdk-lib.CfnResource"


@dataclass(frozen=True)
class Member:
    """A struct's member: its jsii description and the struct that declares it."""

    name: str
    json: Json
    declared_in: str

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return not self.json.get("optional", False)

    @property
    def deprecated(self) -> bool:
        """Whether its documentation says so."""
        return "deprecated" in self.json.get("docs", {})

    @property
    def is_text(self) -> bool:
        """Whether its value is a plain string."""
        return bool(self.json["type"].get("primitive") == "string")


class Types:
    """Questions about jsii types by their full names."""

    def __init__(self, types: Mapping[str, Json]) -> None:
        """Answer for ``types``, of all libraries together."""
        self.all = types
        self._members: dict[str, dict[str, Member]] = {}

    def members(self, struct: str) -> dict[str, Member]:
        """A struct's members by Python name, in the order in which a constructor takes them.

        Own members come before those of the structs it extends, breadth first.
        """
        if struct not in self._members:
            found: dict[str, Member] = {}
            for name in self._extended(struct):
                for json in self.all[name].get("properties", ()):
                    python = snake(json["name"])
                    found.setdefault(python, Member(python, json, name))
            self._members[struct] = found
        return self._members[struct]

    def _extended(self, struct: str) -> Iterator[str]:
        queue = [struct]
        for name in queue:
            if name in self.all:
                yield name
                queue += [i for i in self.all[name].get("interfaces", ()) if i not in queue]

    def bases(self, fqn: str) -> list[str]:
        """The class itself and its base classes, nearest first, foreign ones included."""
        chain = [fqn]
        while base := self.all.get(chain[-1], {}).get("base"):
            chain.append(base)
        return chain

    def is_construct(self, fqn: str) -> bool:
        """Whether the class makes constructs."""
        return CONSTRUCT in self.bases(fqn)

    def is_generated(self, fqn: str) -> bool:
        """Whether the class is a generated resource class (level 1)."""
        return CFN_RESOURCE in self.bases(fqn)[1:]

    def parameters(self, fqn: str) -> tuple[list[str], str | None]:
        """The constructor's positional parameters (Python names) and its keyword struct."""
        for name in self.bases(fqn):
            initializer = self.all.get(name, {}).get("initializer")
            if initializer is not None:
                break
        else:
            return [], None
        parameters = initializer.get("parameters", ())
        last = parameters[-1]["type"].get("fqn") if parameters else None
        struct = last if last and self.all.get(last, {}).get("datatype") else None
        keywords = self.members(struct) if struct else {}
        positional = []
        for parameter in parameters[:-1] if struct else parameters:
            name = snake(parameter["name"])
            star = "*" if parameter.get("variadic") else ""
            positional.append(star + (f"{name}_" if name in keywords else name))
        return positional, struct
