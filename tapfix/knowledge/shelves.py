"""The catalogue's files: one a module of the library, each a JSON object, one line a name.

A file holds ``structs``, ``defaults``, ``classes``, ``enums`` and ``others`` (the names of
everything else that the module exports). A struct's members are one string, ``name:type``
separated by spaces, in the order of Python's signature; ``!`` behind the name marks a required
member, ``~`` a deprecated one. A type that starts with a dot lives in the file's own module;
``$T`` stands for ``aws_cdk.IResolvable|T``, which is what generated classes take in place of ``T``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data"
ROOT = "aws_cdk"
"""The module of the names that belong to no service: ``Stack``, ``Duration``."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The raw contents of one module's file."""

    structs: Mapping[str, str]
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
    data: dict[str, Any] = json.loads((_FOLDER / f"{stem}.json").read_bytes())
    return data
