"""The lifecycle rules of an S3 bucket, wherever the app gives them."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tapfix.edits import Edit
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Argument, Construct
from tapfix.model.cdk.durations import days
from tapfix.model.cdk.overrides import is_open_afar, overrides
from tapfix.model.cdk.uses import Use
from tapfix.model.python.values import Value

RULE_CALLS = ("aws_s3.LifecycleRule", "aws_s3.CfnBucket.RuleProperty")
_CONFIGURATION = "aws_s3.CfnBucket.LifecycleConfigurationProperty"
_FILTERS = ("prefix", "tag_filters", "object_size_greater_than", "object_size_less_than")
_EXPIRES = ("expiration", "expiration_date", "expiration_in_days")
_NONCURRENT = ("noncurrent_version_expiration", "noncurrent_version_expiration_in_days")
_TRANSITIONS = ("transitions", "transition")
_NONCURRENT_TRANSITIONS = ("noncurrent_version_transitions", "noncurrent_version_transition")
_AFTER = ("transition_after", "transition_in_days")


@dataclass(frozen=True, eq=False)
class LifecycleRule:
    """One rule; ``value`` is the call or dict that gives its members."""

    value: Value

    def member(self, name: str) -> Value | None:
        """A member of the rule by its Python name, if it is given and not None."""
        found = _member(self.value, name)
        return None if found is None or _is(found, None) else found

    @property
    def can_change(self) -> bool:
        """Whether the source of the rule is the rule of this bucket alone."""
        return self.value.is_direct or not (self.value.shared or self.value.is_inherited)

    @property
    def is_off(self) -> bool:
        """Whether the rule is switched off."""
        enabled, status = self.member("enabled"), self.member("status")
        return _is(enabled, False) or _is(status, "Disabled")

    @property
    def covers_bucket(self) -> bool:
        """Whether the rule certainly holds for every object of the bucket."""
        enabled, status = self.member("enabled"), self.member("status")
        certain = (enabled is None or _is(enabled, True)) and (
            status is None or _is(status, "Enabled")
        )
        return certain and not any(
            (found := self.member(name)) is not None and not _is_empty(found) for name in _FILTERS
        )

    @property
    def expires(self) -> bool:
        """Whether the rule lets objects expire."""
        return any(self.member(name) is not None for name in _EXPIRES)

    @property
    def expires_noncurrent(self) -> bool:
        """Whether the rule lets noncurrent versions expire."""
        return any(self.member(name) is not None for name in _NONCURRENT)

    @property
    def last_transition(self) -> float:
        """After how many days objects move for the last time, 0 for never.

        Infinite if that is not in the source, or if they move at a date.
        """
        return _last(map(self.member, _TRANSITIONS))

    @property
    def last_noncurrent_transition(self) -> float:
        """The same of noncurrent versions, counted from when they became that."""
        return _last(map(self.member, _NONCURRENT_TRANSITIONS))

    def set(self, name: str, text: str) -> Edit:
        """The edit that gives the rule a member with a source text."""
        key = name if self.value.kind != "dict" else camel(name)
        return Argument(key, lambda: self.value, self.value).set(text)


@dataclass(frozen=True, eq=False)
class Lifecycle:
    """The rules of a bucket. ``rules_list`` is the list that gives them; None if there is none."""

    rules: tuple[LifecycleRule, ...]
    rules_list: Value | None = None
    argument: Argument | None = None


def read_lifecycle(app: App, bucket: Construct) -> Lifecycle | None:
    """All lifecycle rules of a bucket; None if the source does not tell them all."""
    if overrides(app, bucket, "LifecycleConfiguration"):
        return None
    if is_open_afar(app, bucket, "LifecycleConfiguration", method="add_lifecycle_rule"):
        return None
    if any(_may_add_rules(use) for use in app.uses(bucket)):
        return None
    given = _given(bucket)
    later = [use for use in app.uses(bucket) if use.chain == ("add_lifecycle_rule",)]
    calls = [use.value for use in later if use.kind == "call" and use.value is not None]
    if given is None or any(use.conditional for use in later) or any(c.open for c in calls):
        return None
    rules = (*given.rules, *map(LifecycleRule, calls))
    return replace(given, rules=rules)


def _may_add_rules(use: Use) -> bool:
    """Whether a bucket is handed to a function that speaks of lifecycles, of a library say."""
    call = use.value.node if use.kind == "argument" and use.value is not None else None
    return isinstance(call, ast.Call) and "lifecycle" in ast.unparse(call.func).lower()


def _given(bucket: Construct) -> Lifecycle | None:
    """The rules that the constructor gets."""
    argument = bucket.argument("lifecycle_rules") or bucket.argument("lifecycle_configuration")
    if argument is None:
        return None if bucket.open else Lifecycle(())
    listed: Value | None = argument.value
    if argument.name == "lifecycle_configuration":
        if _is_changeable(argument.value, _CONFIGURATION):
            listed = _member(argument.value, "rules")
        else:
            return None
    if listed is None or listed.open or not _is_own(listed):
        return None
    if not all(_is_changeable(item, *RULE_CALLS) for item in listed.items):
        return None
    return Lifecycle(tuple(map(LifecycleRule, listed.items)), listed, argument)


def _is_changeable(value: Value, *calls: str) -> bool:
    known = value.kind == "dict" or (value.kind == "call" and value.cdk in calls)
    return known and not value.open


def _is_own(listed: Value) -> bool:
    """Whether a value is a list display that nothing else reads, and so may append to."""
    own = listed.is_direct or not (listed.shared or listed.is_inherited)
    return own and isinstance(listed.origin, ast.List)


def _member(value: Value, name: str) -> Value | None:
    """A member of a struct: a keyword of a call, or an entry of a dict.

    Dicts within lists go to CDK's core as they are, so their keys are written as there.
    """
    if value.kind == "dict":
        entries = value.entries or {}
        return entries.get(camel(name)) or entries.get(name)
    return (value.keywords or {}).get(name)


def camel(name: str) -> str:
    """A Python name as CDK's core, and so a dict within a list, spells it."""
    first, *others = name.split("_")
    return first + "".join(part.title() for part in others)


def _is(value: Value | None, constant: object) -> bool:
    return value is not None and value.kind == "constant" and value.constant == constant


def _is_empty(value: Value) -> bool:
    if value.kind == "constant":
        return value.constant == ""
    return value.kind in ("dict", "list") and not (value.open or value.entries or value.items)


def _last(transitions: Iterable[Value | None]) -> float:
    last = 0.0
    for value in transitions:
        if value is None:
            continue
        items = value.items if value.kind == "list" and not value.open else (value,)
        last = max(last, *map(_after, items), 0.0)
    return last


def _after(transition: Value) -> float:
    for value in (_member(transition, name) for name in _AFTER):
        if value is not None and isinstance(value.constant, (int, float)):
            return value.constant
        known = days(value) if value is not None else None
        if known is not None:
            return known
    return math.inf
