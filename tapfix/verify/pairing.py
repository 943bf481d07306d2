"""Which resource after the change is which before: by the paths of their constructs.

An id that has got a suffix is still the same construct: ``Vpc`` and ``Vpc-dev``. So is one that
CDK has made out of a path of which that is a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tapfix.verify.assembly import Assembly, Resource, Stack
from tapfix.verify.derived import Derived

_ROUNDS = 3
"""An id may be made out of a path that has such an id in it, but hardly deeper."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A resource before and after; None where it is not there."""

    before: Resource | None
    after: Resource | None


@dataclass(frozen=True, slots=True)
class Pairing:
    """All resources of two assemblies in pairs, and the paths after the change as they were before.

    ``stacks`` has the stacks in pairs likewise.
    """

    pairs: tuple[Pair, ...]
    stacks: tuple[tuple[Stack | None, Stack | None], ...]
    old_paths: Mapping[str, str]


@dataclass(slots=True)
class _Node:
    """A construct of a tree, by the ids of those below it."""

    below: dict[str, _Node] = field(default_factory=dict)


def paired(before: Assembly, after: Assembly) -> Pairing:
    """Lay two assemblies side by side."""
    old_paths = _old_paths(before, after)
    left = {resource.path: resource for resource in before.resources}
    right = {old_paths.get(one.path, one.path): one for one in after.resources}
    pairs = [Pair(left.get(path), right.get(path)) for path in dict.fromkeys([*left, *right])]
    stacks_before = {stack.path or stack.name: stack for stack in before.stacks}
    stacks_after = {
        old_paths.get(stack.path, stack.path) or stack.name: stack for stack in after.stacks
    }
    names = dict.fromkeys([*stacks_before, *stacks_after])
    stacks = [(stacks_before.get(name), stacks_after.get(name)) for name in names]
    return Pairing(tuple(pairs), tuple(stacks), old_paths)


def _old_paths(before: Assembly, after: Assembly) -> dict[str, str]:
    """The paths after the change, each with what it was before."""
    old, new = _tree(_paths(before)), _tree(_paths(after))
    found: dict[str, str] = {}
    for _ in range(_ROUNDS):
        derived, last = Derived(found), found
        found = {}
        _match(old, new, "", "", found, derived)
        if found == last:
            break
    return found


def _paths(assembly: Assembly) -> list[str]:
    return [
        *assembly.classes,
        *(stack.path for stack in assembly.stacks),
        *(entry.path for entry in assembly.entries),
    ]


def _tree(paths: Iterable[str]) -> _Node:
    root = _Node()
    for path in paths:
        node = root
        for part in filter(None, path.split("/")):
            node = node.below.setdefault(part, _Node())
    return root


def _match(
    old: _Node, new: _Node, old_path: str, new_path: str, found: dict[str, str], derived: Derived
) -> None:
    """Note for each path after the change what it was before."""
    around = zip(new_path.split("/"), old_path.split("/"), strict=False)
    renamed = [(one, other) for one, other in around if one != other]
    for part, old_part in _same_ids(old.below, new.below, derived, renamed).items():
        inner_new = f"{new_path}/{part}" if new_path else part
        inner_old = f"{old_path}/{old_part}" if old_path else old_part
        found[inner_new] = inner_old
        _match(old.below[old_part], new.below[part], inner_old, inner_new, found, derived)


def _same_ids(
    old: Iterable[str], new: Iterable[str], derived: Derived, renamed: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """The old id of each new one that has one; ``renamed`` are the ids around them, new and old."""
    gone, come = set(old) - set(new), set(new) - set(old)
    same = {part: part for part in set(old) & set(new)}
    for name in sorted(come):
        part = derived.text(name)
        for one, other in renamed:
            part = part.replace(one, other)  # some give a stack's id to what is in it
        if part in gone:
            same[name] = part
            gone.remove(part)
    for part in sorted(gone, key=len, reverse=True):
        grown = [name for name in come - same.keys() if _is_grown(name, part)]
        if grown:
            # What is added in the same change may begin alike: the suffix alone is shorter.
            same[min(grown, key=lambda name: (len(name), name))] = part
    return same


def _is_grown(name: str, part: str) -> bool:
    return name.startswith(part) and not name[len(part)].isalnum()
