"""The catalogue's words: an argument, and a class that takes arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword that a constructor or a struct takes.

    ``type`` is compact: ``bool``, ``str``, ``number``, ``date``, ``any``, ``list[T]``, ``map[T]``,
    a dotted name (``aws_cdk.Duration``, ``aws_s3.BucketEncryption``), or several joined by ``|``.
    ``default`` is what the documentation says happens without the argument, cut to its first
    sentence; it is kept for plain values (``false``, ``BucketAccessControl.PRIVATE``) and for
    arguments where a rule may ask.

    The rest is known only of a class's arguments, not of a struct's members. ``property`` is the
    CloudFormation property that the argument sets, where the library's own code shows it.
    ``replaces`` says that CloudFormation replaces the resource when that property changes;
    ``replaces_sometimes`` that only some changes do (the schema does not say which: for the
    backups of a database, hardly any). ``max_length`` is the greatest number of characters, for
    arguments that are names.
    """

    name: str
    type: str
    required: bool = False
    deprecated: bool = False
    default: str | None = None
    property: str | None = None
    replaces: bool = False
    replaces_sometimes: bool = False
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class ConstructClass:
    """A class of the library that an app can call.

    ``level`` is 1 for the generated ``Cfn…`` resource classes and 2 for everything else. ``base``
    is the nearest base class in the library, ``ancestors`` the whole chain, nearest first.
    ``resource`` is the CloudFormation type of the main resource, None if there is no such one.
    ``props`` is the struct whose members are the keywords, ``positional`` the parameters before
    them (for a construct, ``scope`` and ``id``; a name with ``*`` takes any number of values).

    ``name_argument`` is the string argument that is the resource's physical name, or its Name tag
    where it has no other. ``name_unique`` says that the schema shows two resources of one name
    cannot both exist in an account and region: they collide. Where the name need only be unique
    below a parent, ``name_within`` is the property that tells which (``RestApiId`` of a stage).
    ``other_names`` are arguments that name resources which the construct makes besides.
    ``tagged_by_id`` says that without a name the Name tag is made of the construct's path.

    ``default_removal`` is what becomes of the resource when ``removal_policy`` is omitted
    (``RETAIN``, ``SNAPSHOT``, ``DESTROY``); None where there is no such argument. Of the
    generated classes only those of RDS instances and clusters have one: CloudFormation snapshots
    them (instances only outside clusters). ``stateful`` says that deleting or replacing the
    resource loses data: the library demands a removal policy for its type, or some class keeps it
    by default.
    """

    name: str
    level: int
    base: str | None
    resource: str | None
    props: str | None
    arguments: Mapping[str, Argument] = field(hash=False)
    positional: tuple[str, ...] = ()
    ancestors: tuple[str, ...] = ()
    is_construct: bool = True
    name_argument: str | None = None
    name_unique: bool = False
    name_within: str | None = None
    other_names: tuple[str, ...] = ()
    tagged_by_id: bool = False
    default_removal: str | None = None
    stateful: bool = False

    def is_a(self, name: str) -> bool:
        """Whether this class is ``name`` or has it among its base classes."""
        wanted = name.removeprefix("aws_cdk.")
        return wanted == self.name or wanted in self.ancestors
