"""Differences that only follow from another: a text that holds the name of a resource."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tapfix.knowledge.catalogue import load
from tapfix.verify.derived import literal
from tapfix.verify.difference import Difference

_END = r"(?![\w-])"
_START = r"(?<![\w-])"
_PART = re.compile(r"[-_./]")
_SPACED = re.compile(r"\s")


def with_names(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """The same differences, those marked as following that only hold the new name of a resource.

    The name is the whole text or a part of one without spaces, as in an ARN or a path. In a longer
    text, and in code, a plain word may mean anything.
    """
    found = tuple(differences)
    names = _Names({one.new: one.old for one in found if _is_name(one)})
    return tuple(
        replace(one, follows=True) if names.explain(one) and not _is_name(one) else one
        for one in found
    )


def _is_name(one: Difference) -> bool:
    """Whether it is what a resource, or an export of a stack, is called that differs."""
    if one.path == "Export.Name":
        return isinstance(one.old, str) and isinstance(one.new, str)
    if one.before is None or not isinstance(one.old, str) or not isinstance(one.new, str):
        return False
    known = load().of_type(one.before.kind)
    if known is None or known.name_argument is None:
        return False
    argument = known.arguments.get(known.name_argument)
    return argument is not None and one.path == f"Properties.{argument.property}"


@dataclass(frozen=True, slots=True)
class _Names:
    """The old names of resources by the new ones."""

    old: Mapping[str, str]

    def explain(self, one: Difference) -> bool:
        """Whether two texts, or two lists or objects of texts, differ by such names alone."""
        return bool(one.path) and bool(self.old) and self._same(one.old, one.new)

    def _same(self, old: Any, new: Any) -> bool:
        match old, new:
            case str(), str():
                return old == new or old == self._text(new) or self._same_objects(old, new)
            case dict(), dict():
                return old.keys() == new.keys() and all(
                    self._same(old[key], new[key]) for key in old
                )
            case list(), list():
                return len(old) == len(new) and all(
                    self._same(one, other) for one, other in zip(old, new, strict=True)
                )
        return bool(old == new)

    def _same_objects(self, old: str, new: str) -> bool:
        """Likewise for texts that are JSON."""
        if old[:1] not in "[{" or new[:1] not in "[{":
            return False
        try:
            return self._same(json.loads(old), json.loads(new))
        except ValueError:
            return False

    def _text(self, text: str) -> str:
        is_long = _SPACED.search(text) is not None
        for new in sorted(self.old, key=len, reverse=True):
            old = self.old[new]
            if not is_long or _PART.search(old):
                text = re.sub(f"{_START}{re.escape(new)}{_END}", literal(old), text)
        return text
