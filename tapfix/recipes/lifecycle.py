"""Letting the objects of an S3 bucket expire, within what S3 accepts."""

from __future__ import annotations

from tapfix.edits import AppendElement, Edit
from tapfix.model.app import App
from tapfix.model.constructs import Construct
from tapfix.model.lifecycle import Lifecycle, LifecycleRule
from tapfix.model.values import Value
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.imports import write

_VERSIONED = ("versioned", "object_lock_enabled", "object_lock_default_retention")
_STRUCT = "<aws_s3.CfnBucket.LifecycleConfigurationProperty>"


def expire(app: App, bucket: Construct, lifecycle: Lifecycle) -> tuple[Edit, ...] | Obstacle:
    """The edits that let every object of a bucket expire after the days that are set.

    They go into the rule that covers the whole bucket, or into a new one. A versioned bucket's
    noncurrent versions expire too.
    """
    members = _members(app, bucket, lifecycle)
    obstacle = _obstacle(app, lifecycle, members)
    if obstacle is not None:
        return Obstacle(obstacle)
    rule = next(filter(_can_take, lifecycle.rules), None)
    if rule is not None:
        return _into(app, rule, members)
    return _new_rule(app, bucket, lifecycle, members)


def _members(app: App, bucket: Construct, lifecycle: Lifecycle) -> dict[str, str]:
    """What a rule must say so that the bucket's objects expire, as templates."""
    is_l1 = bucket.cls.level == 1
    number = app.settings.expiration_days
    members = {"expiration": f"<Duration>.days({number})"}
    if is_l1:
        members = {"expiration_in_days": str(number)}
    old = app.settings.noncurrent_days
    done = any(rule.expires_noncurrent and not rule.is_off for rule in lifecycle.rules)
    if _may_be_versioned(bucket) and not done:
        members["noncurrent_version_expiration"] = (
            f"<aws_s3.CfnBucket.NoncurrentVersionExpirationProperty>(noncurrent_days={old})"
            if is_l1
            else f"<Duration>.days({old})"
        )
    return members


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
    if bucket.cls.level == 1:
        rule = f'<aws_s3.CfnBucket.RuleProperty>(status="Enabled", {said})'
    else:
        rule = f"<aws_s3.LifecycleRule>({said})"
    listed = lifecycle.rules_list
    if listed is not None:
        code = write(app, listed.origin_module, listed.origin, rule)
        return (AppendElement(listed.origin_ref, code.text), *code.imports)
    if bucket.cls.level == 1:
        code = write(app, bucket.module, bucket.node, f"{_STRUCT}(rules=[{rule}])")
        return (bucket.set("lifecycle_configuration", code.text), *code.imports)
    code = write(app, bucket.module, bucket.node, f"[{rule}]")
    return (bucket.set("lifecycle_rules", code.text), *code.imports)
