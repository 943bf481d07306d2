"""What CDK makes out of a construct's path: ids, names and descriptions that change with it.

A stack with another id has the same constructs, but everything that contains a path, or a hash
of one, reads otherwise: ``AllowEventRule`` and the rule's id, ``from`` a security group's id, the
family of a task definition. That is no change of its own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_HASH = re.compile(r"(?=([0-9A-F]{8}))")
_NAME = re.compile(r"[\w-]*?([0-9A-F]{8})")
_ADDRESS = re.compile(r"\bc8[0-9a-f]{40}\b|\b[0-9a-f]{8}\b")
_LONGEST = 240


def unique_id(path: str) -> str:
    """The id that CDK makes out of a path, with a hash at its end; none for a stack's own."""
    parts = [part for part in path.split("/") if part != "Default"]
    if len(parts) < 2:
        return ""
    human: list[str] = []
    for part in parts:
        if not human or not human[-1].endswith(part):
            human.append(part)
    plain = "".join(_letters(part) for part in human if part != "Resource")
    return f"{plain[:_LONGEST]}{_path_hash(parts)}"


def address(path: str) -> str:
    """The address of a construct, which CDK's constructs take as a key."""
    found = hashlib.sha1(usedforsecurity=False)
    for part in ("", *path.split("/")):
        if part != "Default":
            found.update(f"{part}\n".encode())
    return f"c8{found.hexdigest()}"


def _path_hash(parts: list[str]) -> str:
    text = "/".join(parts).encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest()[:8].upper()


def literal(text: str) -> str:
    """A text as what ``re.sub`` puts in as it is."""
    return text.replace("\\", r"\\")


def _letters(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text)


@dataclass(frozen=True)
class Derived:
    """Texts of after the change as they were before, as far as only paths have changed.

    ``old_paths`` are the paths after the change, with what they were before.
    """

    old_paths: Mapping[str, str]

    @cached_property
    def _changed(self) -> dict[str, str]:
        return {new: old for new, old in self.old_paths.items() if new != old}

    @cached_property
    def _alone(self) -> dict[str, str]:
        """Ids by themselves: some constructs name things by their own."""
        return {
            new.rpartition("/")[2]: old.rpartition("/")[2] for new, old in self._changed.items()
        }

    @cached_property
    def _ids(self) -> dict[str, list[tuple[str, str]]]:
        """The ids after and before, by the hash of the first; the longest first."""
        found: dict[str, list[tuple[str, str]]] = {}
        for new, old in self._changed.items():
            id_ = unique_id(new)
            if id_:
                found.setdefault(id_[-8:], []).append((id_, unique_id(old)))
        for ids in found.values():
            ids.sort(key=lambda pair: len(pair[0]), reverse=True)
        return found

    @cached_property
    def _addresses(self) -> dict[str, str]:
        found = {}
        for new, old in self._changed.items():
            one, other = address(new), address(old)
            found[one], found[one[-8:]] = other, other[-8:]
        return found

    @cached_property
    def _paths(self) -> list[tuple[str, str]]:
        inner = [(new, old) for new, old in self._changed.items() if "/" in new]
        return sorted(inner, key=lambda pair: len(pair[0]), reverse=True)

    def text(self, text: str) -> str:
        """A text as it was, were it only for the paths in it."""
        if not self._changed:
            return text
        if text in self._changed:
            return self._changed[text]
        text = _ADDRESS.sub(lambda match: self._addresses.get(match[0], match[0]), text)
        text = self._with_old_ids(text)
        if "/" in text:
            for new, old in self._paths:
                if new in text:
                    text = re.compile(rf"(?<![\w-]){re.escape(new)}(?![\w-])").sub(
                        literal(old), text
                    )
        return text

    def _with_old_ids(self, text: str) -> str:
        # From the end: an id that holds another one ends after it.
        rest = ""
        for match in reversed([*_HASH.finditer(text)]):
            end = match.start() + 8
            for new, old in self._ids.get(match[1], ()):
                if end <= len(text) and text.endswith(new, 0, end):
                    text, rest = text[: end - len(new)], old + text[end:] + rest
                    break
        return text + rest

    def is_same(self, old: Any, new: Any) -> bool:
        """Whether two parts of templates differ only by what is made out of paths."""
        match old, new:
            case dict(), dict():
                return old.keys() == new.keys() and all(
                    self.is_same(old[key], new[key]) for key in old
                )
            case list(), list():
                return len(old) == len(new) and all(map(self.is_same, old, new))
            case str(), str():
                return old in (new, self._alone.get(new)) or self._marked(
                    old, self._old_hashes
                ) == self._marked(self.text(new), self._hashes | self._old_hashes)
        return bool(old == new)

    @cached_property
    def _hashes(self) -> dict[str, str]:
        """The hashes of paths before, by those after."""
        return {one[-8:]: other[-8:] for ids in self._ids.values() for one, other in ids}

    @cached_property
    def _old_hashes(self) -> dict[str, str]:
        return {old: old for old in self._hashes.values()}

    def _marked(self, text: str, hashes: Mapping[str, str]) -> str:
        """A text with the hashes of paths before, without the words that go with them.

        Names that must not be long have only some of these.
        """
        return _NAME.sub(
            lambda match: f"<{hashes[match[1]]}>" if match[1] in hashes else match[0], text
        )
