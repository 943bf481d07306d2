"""The CloudFormation resource schemas that ``cfn-lint`` ships, and what they say of properties."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from catalogue.library import Json

PACKAGE = "cfn-lint"
_LONGEST = 4096
"""A schema that allows more characters than this sets no limit worth the name."""


@dataclass(frozen=True)
class Schema:
    """A resource type's schema; properties are those of the resource itself, nested ones not."""

    json: Json

    @property
    def properties(self) -> Mapping[str, Json]:
        """The properties by name."""
        properties: Mapping[str, Json] = self.json["properties"]
        return properties

    @property
    def primary(self) -> frozenset[str]:
        """The properties that together identify a resource."""
        return self._pointed("primaryIdentifier")

    @property
    def read_only(self) -> frozenset[str]:
        """The properties that CloudFormation answers and a template cannot set."""
        return self._pointed("readOnlyProperties")

    @property
    def replacing(self) -> frozenset[str]:
        """The properties whose change replaces the resource, always or in some cases."""
        return self._pointed("createOnlyProperties") | self.sometimes_replacing

    @property
    def sometimes_replacing(self) -> frozenset[str]:
        """The properties of which only some changes replace the resource."""
        always = self._pointed("createOnlyProperties")
        return self._pointed("conditionalCreateOnlyProperties") - always

    def replaces_below(self, name: str) -> bool:
        """Whether the change of a name somewhere inside a property replaces the resource."""
        pointers = self.json.get("createOnlyProperties") or ()
        return any(re.match(rf"/properties/{name}/.*Name$", pointer) for pointer in pointers)

    @property
    def required(self) -> frozenset[str]:
        """The properties that must be given."""
        return frozenset(self.json.get("required") or ())

    def max_length(self, name: str) -> int | None:
        """The greatest length of a string property, by its ``maxLength`` or its ``pattern``."""
        described = self._resolved(self.properties.get(name, {}))
        limits = [described["maxLength"]] if "maxLength" in described else []
        width = _width(described["pattern"]) if "pattern" in described else None
        limits += [width] if width is not None else []
        limit = min(limits, default=None)
        return None if limit is None or limit > _LONGEST else limit

    def description(self, name: str) -> str:
        """What the schema says of a property in words."""
        return str(self.properties.get(name, {}).get("description", ""))

    def _resolved(self, described: Json) -> Json:
        reference = described.get("$ref", "")
        if reference.startswith("#/definitions/"):
            name = reference.rsplit("/", 1)[1]
            return {**self.json.get("definitions", {}).get(name, {}), **described}
        return described

    def _pointed(self, key: str) -> frozenset[str]:
        pointers = (pointer.split("/") for pointer in self.json.get(key) or ())
        return frozenset(parts[2] for parts in pointers if len(parts) == 3)


def read_schemas() -> tuple[str, dict[str, Schema]]:
    """The date of the schemas, and each by resource type."""
    folder = _folder()
    date = json.loads((folder / "version.json").read_text(encoding="utf-8"))["schema_date"]
    schemas = {}
    for path in sorted((folder / "resources").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        schemas[content["typeName"]] = Schema(content)
    return date, schemas


def _folder() -> Path:
    files = metadata.files(PACKAGE) or ()
    found = next(file for file in files if file.parts[-2:] == ("schemas", "version.json"))
    return Path(str(found.locate())).parent


def _width(pattern: str) -> int | None:
    """The length of the longest text that a pattern allows; None if there is no such limit.

    A pattern that is not anchored, or is written in a dialect that Python does not read, tells
    nothing.
    """
    if not (pattern.startswith("^") and pattern.endswith(("$", r"\Z"))):
        return None
    parser: Any = importlib.import_module(
        "re._parser" if sys.version_info >= (3, 11) else "sre_parse"
    )
    try:
        _, longest = parser.parse(pattern).getwidth()
    except re.error:
        return None
    return int(longest)
