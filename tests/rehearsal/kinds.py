"""The words between the deployer and what knows a resource type."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from tests.rehearsal.cloud import Cloud, client

Properties = Mapping[str, Any]


class Unsupported(Exception):
    """A template says something that the rehearsal does not know."""


class Refused(Exception):
    """A service says no, where moto would not: a name is taken, a thing is protected or in use."""


@dataclass(frozen=True)
class Order:
    """A resource as its stack wants it, with nothing left to resolve."""

    cloud: Cloud
    stack: str
    logical_id: str
    properties: Properties

    def name(self, key: str, *, limit: int = 63) -> str:
        """The name that the property ``key`` gives, else one as CloudFormation makes it.

        Names that CloudFormation makes are in lower case here, which every service takes.
        """
        given: str | None = self.properties.get(key)
        made = f"{self.stack[:20]}-{self.logical_id[: limit - 30]}-{secrets.token_hex(4)}".lower()
        return given or made

    def call(
        self,
        service: str,
        operation: str,
        *,
        rename: Mapping[str, str] = {},
        without: str = "",
        **more: Any,
    ) -> Any:
        """Call a service's operation with the properties, as botocore says they must be.

        Botocore refuses a property that the operation does not know. ``rename`` has the
        operation's names for properties called otherwise, ``without`` the properties that it is
        not told, ``more`` what it is told besides.
        """
        told = {
            rename.get(key, key): value
            for key, value in self.properties.items()
            if key not in without.split()
        }
        api = client(service)
        method = api.meta.method_to_api_mapping[operation]
        shape = api.meta.service_model.operation_model(method).input_shape
        return getattr(api, operation)(**_fitted({**told, **more}, shape))


def _fitted(value: Any, shape: Shape) -> Any:
    """A value with numbers and booleans where a shape has them: templates may have texts."""
    match shape:
        case StructureShape() if isinstance(value, Mapping):
            members = shape.members
            return {
                key: _fitted(part, members[key]) if key in members else part
                for key, part in value.items()
            }
        case ListShape() if isinstance(value, list):
            return [_fitted(part, shape.member) for part in value]
        case MapShape() if isinstance(value, Mapping):
            return {key: _fitted(part, shape.value) for key, part in value.items()}
    if shape.type_name in ("integer", "long"):
        return int(value)
    if shape.type_name == "boolean":
        return value in (True, "true")
    if shape.type_name == "string" and isinstance(value, int):
        return str(value)
    return value


@dataclass(frozen=True)
class Made:
    """What an order became: what ``Ref`` and ``Fn::GetAtt`` say of it."""

    ref: str
    attributes: Properties = field(default_factory=dict)


Create = Callable[[Order], Made]
Delete = Callable[[Order, Made], None]


@dataclass(frozen=True)
class Kind:
    """A resource type.

    ``named`` is the property that names the resource. ``properties`` are those that ``create``
    looks at; with none, botocore decides. ``snapshot`` deletes and keeps a final snapshot.
    """

    create: Create
    delete: Delete
    named: str = ""
    properties: str = ""
    snapshot: Delete | None = None

    def check(self, order: Order) -> None:
        """Raise Unsupported for a property that nobody would look at."""
        unknown = order.properties.keys() - self.properties.split() - {self.named}
        if self.properties and unknown:
            raise Unsupported(f"{order.logical_id}: {', '.join(sorted(unknown))}")


def nothing(_: Order, __: Made) -> None:
    """Delete what goes with something else."""


def take(taken: bool, what: str, name: str) -> None:
    """Raise Refused if a name is taken already."""
    if taken:
        raise Refused(f"{what} {name} exists already")


def final_name(order: Order) -> str:
    """A final snapshot's name, as CloudFormation makes it."""
    return f"{order.stack}-snapshot-{order.logical_id}-{secrets.token_hex(4)}".lower()
