"""Names for layers, in the manner of the names around them."""

from __future__ import annotations

import re

from tapfix.model.cdk.constructs import Construct

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def free(wanted: str, taken: set[str]) -> str:
    """The wanted name, or one with the first number that makes it another than those taken."""
    mark = "_" if "_" in wanted else "-" if "-" in wanted else ""
    tries = (wanted, *(f"{wanted}{mark}{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in tries if name not in taken)


def id_like(neighbour: Construct, name: str) -> str:
    """A construct id in the manner of another one's."""
    known = neighbour.id.constant if neighbour.id is not None else None
    model = known if isinstance(known, str) else ""
    if model.islower() and "-" in model:
        return name.replace("_", "-")
    if model.islower() and "_" in model:
        return name
    return "".join(part.capitalize() for part in name.split("_"))


def words(text: str) -> str:
    """A text in snake case."""
    return "_".join(word.lower() for word in _WORD.findall(text))
