"""The catalogue's files: one a module of the library, each a JSON object, one line a name.

Chapters of a file:

* ``structs``: a struct's members in one string, in the order in which a constructor takes them,
  separated by spaces. A member is its name, ``!`` if it is required, ``~`` if it is deprecated,
  and ``:type`` unless the type is ``str``. In a type, a leading dot means the file's own module;
* ``nested``: the structs of generated classes (``CfnBucket.RuleProperty``) by class, without the
  suffix ``Property``. In their types ``@Rule`` means ``RuleProperty`` of the same class, and ``@``
  alone the one that is called like the member. ``aws_cdk.IResolvable`` is left out of all types:
  a token fits everywhere;
* ``defaults``: what the documentation says of members that are left out;
* ``classes``: what ``reading.read_class`` understands; what is False, empty or usual is left out;
* ``enums``: the members of enums and the constants of classes;
* ``others``: the names of everything else that the module exports.

Beside them, ``index.json`` holds versions and module names, and ``props.json`` the structs that
serve other classes than the one they are named for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = "aws_cdk"
"""The module of the names that belong to no service: ``Stack``, ``Duration``."""

_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The raw contents of one module's file."""

    structs: Mapping[str, str]
    nested: Mapping[str, Mapping[str, str]]
    defaults: Mapping[str, Mapping[str, str]]
    classes: Mapping[str, Mapping[str, Any]]
    enums: Mapping[str, str]
    others: str


@cache
def shelf(module: str) -> Shelf:
    """The contents of a module's file; raises FileNotFoundError if there is none."""
    return Shelf(**read(module))


def read(stem: str) -> dict[str, Any]:
    """The JSON object in the data file ``stem``."""
    data: dict[str, Any] = json.loads(_path(stem).read_bytes())
    return data


def mentioning(word: str, modules: frozenset[str]) -> Iterator[str]:
    """The modules, in order, whose files hold the text ``word``."""
    text = word.encode()
    return (module for module in sorted(modules) if text in _path(module).read_bytes())


def _path(stem: str) -> Path:
    return _FOLDER / f"{stem}.json"
