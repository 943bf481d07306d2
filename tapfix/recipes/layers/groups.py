"""Which functions share a layer of packages, and what the ``requirements.txt`` of each says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tapfix.knowledge.distributions import distribution
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.dependencies import Needs
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.layers.places import Home

_MOST_MEGABYTES = 250

Kind = tuple[tuple[str, int, str], int, str]
"""A home, a minor version and an architecture."""

Lines = Mapping[str, str | None]
"""What is to be installed, by canonical name: the app's own line for it, or None."""


@dataclass(frozen=True, eq=False)
class Member:
    """A function that is to get a layer, and what that must hold for it.

    ``minor`` is the minor version of its Python 3, ``architecture`` CDK's name of its machine.
    """

    needs: Needs
    home: Home
    minor: int
    architecture: str
    lines: Lines

    @property
    def function(self) -> Construct:
        """The construct."""
        return self.needs.function

    @property
    def kind(self) -> Kind:
        """Equal for functions that can have the very same layer, and not only its folder."""
        return self.home.key, self.minor, self.architecture


@dataclass(frozen=True, eq=False)
class Group:
    """Functions that share packages, and the lines of all of them."""

    members: tuple[Member, ...]
    lines: Lines

    @property
    def text(self) -> str:
        """The ``requirements.txt`` of all."""
        return requirements(self.lines, min(member.minor for member in self.members))

    @property
    def kinds(self) -> list[list[Member]]:
        """The members by layer."""
        found: dict[Kind, list[Member]] = {}
        for member in self.members:
            found.setdefault(member.kind, []).append(member)
        return list(found.values())

    def suits(self, other: Group) -> bool:
        """Whether another group asks for some of the same, and nowhere for another version."""
        common = self.lines.keys() & other.lines.keys()
        return bool(common) and all(self.lines[name] == other.lines[name] for name in common)

    def with_(self, other: Group) -> Group:
        """Both as one."""
        return Group((*self.members, *other.members), {**self.lines, **other.lines})

    @property
    def excess(self) -> Obstacle | None:
        """That its packages are too large, if they are."""
        known = (distribution(name) for name in self.lines)
        if sum(one.megabytes for one in known if one is not None) < _MOST_MEGABYTES:
            return None
        return Obstacle(f"its packages are larger than the {_MOST_MEGABYTES} MB that Lambda takes")


def grouped(members: Iterable[Member]) -> list[Group]:
    """The members by what they share, in the order of the last one of each group."""
    groups: list[Group] = []
    for member in members:
        joined = Group((member,), member.lines)
        for group in [group for group in groups if group.suits(joined)]:
            if group.suits(joined):
                groups.remove(group)
                joined = group.with_(joined)
        groups.append(joined)
    return groups


def requirements(lines: Lines, minor: int) -> str:
    """The text of a ``requirements.txt`` for a Python 3 of that minor version."""
    return "".join(f"{pin(name, line, minor)}\n" for name, line in sorted(lines.items()))


def pin(name: str, line: str | None, minor: int) -> str:
    """The app's own line for a package, or one made of what is known of the distribution."""
    known = distribution(name)
    if line is not None or known is None:
        return line or name
    return known.pinned(minor)
