"""Letting the objects of an S3 bucket expire, within what S3 accepts."""

from __future__ import annotations

from tapfix.edits import AppendElement, Edit
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.lifecycle import Lifecycle, LifecycleRule, camel
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.imports import write

_VERSIONED = ("versioned", "object_lock_enabled", "object_lock_default_retention")
_STRUCT = "<aws_s3.CfnBucket.LifecycleConfigurationProperty>"


def expire(app: App, bucket: Construct, lifecycle: Lifecycle) -> tuple[Edit, ...] | Obstacle:
    """The edits that let every object of a bucket expire after the days that are set.

    They go into the rule that covers the whole bucket, or into a new one. A versioned bucket's
    noncurrent versions expire too.
    """
    rule = next(filter(_can_take, lifecycle.rules), None)
    in_dict = rule.value.kind == "dict" if rule is not None else _has_dicts(lifecycle)
    members = _members(app, bucket, lifecycle, in_dict)
    obstacle = _obstacle(app, lifecycle, members)
    if obstacle is not None:
        return Obstacle(obstacle)
    if rule is not None:
        return _into(app, rule, members)
    return _new_rule(app, bucket, lifecycle, members)


def _has_dicts(lifecycle: Lifecycle) -> bool:
    """Whether the rules that the constructor gets are written as dicts."""
    listed = lifecycle.rules_list.items if lifecycle.rules_list is not None else ()
    return bool(listed) and all(item.kind == "dict" for item in listed)


def _members(app: App, bucket: Construct, lifecycle: Lifecycle, in_dict: bool) -> dict[str, str]:
    """What a rule must say so that the bucket's objects expire, as templates.

    ``in_dict``: the rule is a dict, and what it holds is written as dicts too.
    """
    is_l1 = bucket.cls.level == 1
    number = app.settings.expiration_days
    members = {"expiration": f"<Duration>.days({number})"}
    if is_l1:
        members = {"expiration_in_days": str(number)}
    old = app.settings.noncurrent_days
    done = any(rule.expires_noncurrent and not rule.is_off for rule in lifecycle.rules)
    if _may_be_versioned(bucket) and not done:
        members["noncurrent_version_expiration"] = f"<Duration>.days({old})"
        if is_l1:
            members["noncurrent_version_expiration"] = _struct(
                "NoncurrentVersionExpirationProperty", {"noncurrent_days": str(old)}, in_dict
            )
    return members


def _struct(name: str, members: dict[str, str], as_dict: bool) -> str:
    """A template for a struct of ``CfnBucket``, or for a dict that says the same."""
    if as_dict:
        return _dict(members)
    said = ", ".join(f"{member}={template}" for member, template in members.items())
    return f"<aws_s3.CfnBucket.{name}>({said})"


def _dict(members: dict[str, str]) -> str:
    said = (f'"{camel(name)}": {template}' for name, template in members.items())
    return f"{{{', '.join(said)}}}"


def _may_be_versioned(bucket: Construct) -> bool:
    values = (bucket.value(name) for name in _VERSIONED)
    given = any(
        v is not None and not (_is_constant(v, False) or _is_constant(v, None)) for v in values
    )
    return given or bucket.argument("versioning_configuration") is not None


def _is_constant(value: Value, constant: object) -> bool:
    return value.kind == "constant" and value.constant is constant


def _obstacle(app: App, lifecycle: Lifecycle, members: dict[str, str]) -> str | None:
    """Why S3 would refuse the expiration, or why the rules cannot be changed."""
    active = [rule for rule in lifecycle.rules if not rule.is_off]
    last = max((rule.last_transition for rule in active), default=0)
    if last >= app.settings.expiration_days:
        return _too_early(last, app.settings.expiration_days)
    if "noncurrent_version_expiration" in members:
        last = max((rule.last_noncurrent_transition for rule in active), default=0)
        if last >= app.settings.noncurrent_days:
            return _too_early(last, app.settings.noncurrent_days)
    return lifecycle.argument.obstacle if lifecycle.argument is not None else None


def _too_early(last: float, number: int) -> str:
    after = f"after {last:g} days" if last < float("inf") else "at a time that is not in the source"
    return (
        f"objects move to another storage class {after},"
        f" and S3 refuses an expiration ({number} days) that is not later"
    )


def _can_take(rule: LifecycleRule) -> bool:
    # S3 refuses an expiration in the rule that cleans up delete markers.
    return (
        rule.covers_bucket
        and rule.can_change
        and rule.member("expired_object_delete_marker") is None
    )


def _into(app: App, rule: LifecycleRule, members: dict[str, str]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for name, template in members.items():
        code = write(app, rule.value.origin_module, rule.value.origin, template)
        edits += [rule.set(name, code.text), *code.imports]
    return tuple(edits)


def _new_rule(
    app: App, bucket: Construct, lifecycle: Lifecycle, members: dict[str, str]
) -> tuple[Edit, ...]:
    said = ", ".join(f"{name}={template}" for name, template in members.items())
    rule = f"<aws_s3.LifecycleRule>({said})"
    if bucket.cls.level == 1:
        members = {"status": '"Enabled"', **members}
        rule = _struct("RuleProperty", members, _has_dicts(lifecycle))
    elif _has_dicts(lifecycle):
        rule = _dict(members)
    listed = lifecycle.rules_list
    if listed is not None:
        code = write(app, listed.origin_module, listed.origin, rule)
        return (AppendElement(listed.origin_ref, code.text), *code.imports)
    if bucket.cls.level == 1:
        code = write(app, bucket.module, bucket.node, f"{_STRUCT}(rules=[{rule}])")
        return (bucket.set("lifecycle_configuration", code.text), *code.imports)
    code = write(app, bucket.module, bucket.node, f"[{rule}]")
    return (bucket.set("lifecycle_rules", code.text), *code.imports)
