"""A stack, and what can go wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.rehearsal.assembly import App
from tests.rehearsal.cloud import Cloud
from tests.rehearsal.kinds import Made, Order
from tests.synthesis import Template

NESTED = "AWS::CloudFormation::Stack"
"""A stack's own type."""


@dataclass(frozen=True)
class Failure:
    """What could not be created or deleted: its type, the name its template gives, and why."""

    kind: str
    name: str
    reason: str


class DeployFailed(Exception):
    """A stack that was not created.

    ``failures`` say why. ``left`` are what its rollback could not delete, ``stacks`` the app's
    stacks that had been created before.
    """

    def __init__(
        self, failures: list[Failure], left: list[Failure], stacks: tuple[Stack, ...] = ()
    ) -> None:
        super().__init__("; ".join(f"{one.kind} {one.name}: {one.reason}" for one in failures))
        self.failures = failures
        self.left = left
        self.stacks = stacks


@dataclass(eq=False)
class Stack:
    """A stack that exists, with what is in it, in the order in which it came."""

    cloud: Cloud
    app: App
    name: str
    template: Template
    parameters: Mapping[str, Any] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    nested: dict[str, Stack] = field(default_factory=dict)
    exports: list[str] = field(default_factory=list)

    def things(self, kind: str) -> list[str]:
        """What ``Ref`` says of each resource of a type, nested stacks' too."""
        own = [made.ref for name, made in self.made.items() if self.kind(name) == kind]
        return own + [ref for inner in self.nested.values() for ref in inner.things(kind)]

    def kind(self, logical_id: str) -> str:
        """A resource's type."""
        kind: str = self.template["Resources"][logical_id]["Type"]
        return kind

    def policy(self, logical_id: str) -> str:
        """A resource's deletion policy, CloudFormation's default where the template has none."""
        resource = self.template["Resources"][logical_id]
        alone = "DBClusterIdentifier" not in resource.get("Properties", {})
        kept = resource["Type"] == "AWS::RDS::DBCluster"
        kept = kept or (resource["Type"] == "AWS::RDS::DBInstance" and alone)
        policy: str = resource.get("DeletionPolicy", "Snapshot" if kept else "Delete")
        return policy
