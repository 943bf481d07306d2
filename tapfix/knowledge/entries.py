"""The catalogue's words: an argument, and a class that takes arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword that a constructor or a struct takes.

    ``type`` is compact: ``bool``, ``str``, ``number``, ``any``, ``list[T]``, ``map[T]``, a dotted
    name (``aws_cdk.Duration``, ``aws_s3.BucketEncryption``), or several joined by ``|``.

    ``default`` is what the documentation says happens without the argument, cut to its first
    sentence, kept for arguments where a rule may ask. ``property`` is the CloudFormation property
    that the argument sets, where the library's own code shows it; ``replaces`` says that changing
    that property makes CloudFormation replace the resource (always or sometimes);
    ``max_length`` is the greatest length of its string value, in characters.
    """

    name: str
    type: str
    required: bool = False
    deprecated: bool = False
    default: str | None = None
    property: str | None = None
    replaces: bool = False
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class ConstructClass:
    """A class of the library that an app can call.

    ``level`` is 1 for the generated ``Cfn…`` resource classes and 2 for everything else. ``base``
    is the nearest base class in the library, ``ancestors`` the whole chain, nearest first.
    ``resource`` is the CloudFormation type of the one resource that carries the construct's
    properties, None if there is no such one. ``props`` is the struct whose members are the
    keywords, ``positional`` the parameters before them (for a construct, ``scope`` and ``id``).

    ``name_argument`` is the string argument that becomes the resource's physical name;
    ``name_unique`` says that two resources of one name cannot both exist in an account and region.
    ``default_removal`` is what becomes of the resource when ``removal_policy`` is omitted
    (``RETAIN``, ``SNAPSHOT``, ``DESTROY``), None where no policy applies. ``stateful`` says that
    deleting or replacing the resource loses data.
    """

    name: str
    level: int
    base: str | None
    resource: str | None
    props: str | None
    arguments: Mapping[str, Argument]
    positional: tuple[str, ...] = ()
    ancestors: tuple[str, ...] = ()
    is_construct: bool = True
    name_argument: str | None = None
    name_unique: bool = False
    default_removal: str | None = None
    stateful: bool = False

    def is_a(self, name: str) -> bool:
        """Whether this class is ``name`` or has it among its base classes."""
        wanted = name.removeprefix("aws_cdk.")
        return wanted == self.name or wanted in self.ancestors
