"""Arguments that keep a resource from being deleted at all, and the edits that switch them off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tapfix.edits import Edit, Ref
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.decisions import is_decision
from tapfix.model.cdk.overrides import is_open_afar, overrides
from tapfix.model.cdk.uses import Use
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import Obstacle, give, put

ARGUMENTS = {
    "deletion_protection": "DeletionProtection",
    "deletion_protection_enabled": "DeletionProtectionEnabled",
    "delete_protection": "DeleteProtection",
}
"""The arguments by which classes take the protection, with the property that each sets."""

_ATTRIBUTE = "deletion_protection.enabled"
_GROUP_PROTECTION = "aws_autoscaling.DeletionProtection"
# What switches protection on, and what switches it off in the same place.
_OFF = {"ACTIVE": '"INACTIVE"', "ENABLED": '"DISABLED"', "true": '"false"'}


@dataclass(frozen=True, eq=False)
class Protection:
    """A place that switches deletion protection on, and what switches it off."""

    ref: Ref
    edits: tuple[Edit, ...] | Obstacle


def protections(app: App, construct: Construct) -> Iterator[Protection]:
    """Every place in which a construct's deletion protection is certainly switched on."""
    if is_decision(app, construct):
        return
    calls = _attribute_calls(app, construct)
    if calls:
        # They come after the constructor, so its argument does not count.
        values = [] if any(use.conditional for use in calls) else [_given(calls[-1])]
        yield from _switched_on(app, values)
        return
    for name, prop in ARGUMENTS.items():
        if name in construct.cls.arguments and not is_open_afar(app, construct, prop, said=True):
            yield from _argument(app, construct, name, prop)
    yield from _switched_on(app, [*_listed_attributes(construct), *_of_replicas(construct)])


def _argument(app: App, construct: Construct, name: str, prop: str) -> Iterator[Protection]:
    later = overrides(app, construct, prop)
    if any(override.is_decision for override in later):
        return
    value = later[-1].value if later else construct.value(name)
    off = _off(value) if value is not None else None
    if value is None or off is None or value.is_inherited:
        return
    edits = put(app, value, off) if later else give(app, construct, name, off)
    yield Protection(value.ref, edits)


def _off(value: Value) -> str | None:
    """The source that switches off what a value switches on; None if it switches nothing on."""
    if value.constant is True:
        return "False"
    owner, _, member = value.cdk.rpartition(".")
    if value.kind == "member" and owner == _GROUP_PROTECTION and member != "NONE":
        return f"<{_GROUP_PROTECTION}>.NONE"
    return _OFF.get(value.constant) if isinstance(value.constant, str) else None


def _switched_on(app: App, values: Iterable[Value | None]) -> Iterator[Protection]:
    for value in values:
        off = _off(value) if value is not None else None
        if value is not None and off is not None:
            yield Protection(value.ref, put(app, value, off))


def _attribute_calls(app: App, construct: Construct) -> list[Use]:
    """Where a load balancer's protection is set as an attribute, by its name."""
    if not construct.name.startswith("aws_elasticloadbalancingv2."):
        return []
    calls = (use for use in app.uses(construct) if use.chain == ("set_attribute",))
    return [use for use in calls if use.value and _is_attribute(use.value.argument("key", 0))]


def _given(use: Use) -> Value | None:
    return use.value.argument("value", 1) if use.value is not None else None


def _listed_attributes(construct: Construct) -> Iterator[Value | None]:
    """The protection among the attributes of an L1 load balancer."""
    listed = construct.value("load_balancer_attributes")
    for item in listed.items if listed is not None else ():
        parts = item.entries or item.keywords or {}
        if _is_attribute(parts.get("key")):
            yield parts.get("value")


def _is_attribute(key: Value | None) -> bool:
    return key is not None and key.constant == _ATTRIBUTE


def _of_replicas(construct: Construct) -> Iterator[Value | None]:
    """The protection of a global table's replicas, which have no construct of their own."""
    listed = construct.value("replicas")
    for item in listed.items if listed is not None else ():
        yield (item.entries or item.keywords or {}).get("deletion_protection")
