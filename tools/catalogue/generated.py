"""The generated resource classes (level 1): resource type and CloudFormation property names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_PARTS = re.compile(
    r"(?P<head>\bclass Cfn\w+ extends )"
    r"|\]=\{fqn:\"(?P<fqn>[\w.-]+)\""
    r"|\bcfnPropertyNames=\{(?P<names>[^}]*)\}"
)
_PAIR = re.compile(r'(\w+):"(\w+)"')
_STATEFUL = re.compile(r"'([\w:]+)' is a stateful resource type")


@dataclass(frozen=True)
class Generated:
    """What the generated JavaScript says.

    ``properties`` maps each class's jsii name to its members' CloudFormation names;
    ``stateful`` holds the resource types for which the library itself demands a removal policy.
    """

    properties: Mapping[str, Mapping[str, str]]
    stateful: frozenset[str]


def read_generated(scripts: Mapping[str, str]) -> Generated:
    """Read all scripts that the library's authors generate from CloudFormation's specification."""
    properties: dict[str, dict[str, str]] = {}
    stateful: set[str] = set()
    for path, text in scripts.items():
        if path.endswith(".generated"):
            stateful.update(_STATEFUL.findall(text))
            owner: str | None = None
            for part in _PARTS.finditer(text):
                if part["names"] is None:
                    owner = part["fqn"]  # None at a head: some classes are not exported
                elif owner is not None:
                    properties[owner] = dict(_PAIR.findall(part["names"]))
    return Generated(properties, frozenset(stateful))
