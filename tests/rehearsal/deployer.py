"""Creates stacks and takes them away, as CloudFormation does.

Resources are created wave by wave: whatever waits for nothing more is begun, all of it, so that
one failed deployment tells of every name of its wave that is taken. Then it is rolled back.
"""

from __future__ import annotations

import graphlib
import secrets
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from tests.cycles import resource_graph
from tests.rehearsal import caches, compute, databases, network, providers, storage
from tests.rehearsal.assembly import ASSETS, App
from tests.rehearsal.cloud import Cloud, client, is_there
from tests.rehearsal.kinds import Kind, Made, Order, Refused, Unsupported
from tests.rehearsal.stack import NESTED, DeployFailed, Failure, Stack
from tests.rehearsal.values import NO_VALUE, Scope
from tests.synthesis import Template

KINDS: Mapping[str, Kind] = {
    **caches.KINDS,
    **compute.KINDS,
    **databases.KINDS,
    **network.KINDS,
    **providers.KINDS,
    **storage.KINDS,
}
"""Every resource type but nested stacks."""


def deploy(cloud: Cloud, app: App, *, prefix: str = "") -> tuple[Stack, ...]:
    """Deploy an app's stacks, under other names if there is a prefix.

    Raises DeployFailed at the first stack that cannot be created.
    """
    _publish(app)
    stacks: list[Stack] = []
    for name, template in app.stacks.items():
        stack = Stack(cloud, app, f"{prefix}{name}", template, _defaults(template))
        try:
            _create(stack)
        except DeployFailed as failed:
            raise DeployFailed(failed.failures, failed.left, tuple(stacks)) from None
        stacks.append(stack)
    return tuple(stacks)


def destroy(stacks: tuple[Stack, ...]) -> list[Failure]:
    """Delete an app's stacks, the last first; what could not be deleted.

    A stack with such a resource stays, and so does what the resource needs. Another call tries
    again.
    """
    failures = []
    for stack in reversed(stacks):
        if stack.name in stack.cloud.stacks:
            failures += _delete(stack)
    return failures


def bootstrap() -> None:
    """Make the bucket that assets are uploaded to, as ``cdk bootstrap`` does once."""
    if not is_there("404", "s3", "head_bucket", Bucket=ASSETS):
        client("s3").create_bucket(Bucket=ASSETS)


def _publish(app: App) -> None:
    bootstrap()
    for key, data in app.assets.items():
        client("s3").put_object(Bucket=ASSETS, Key=key, Body=data)


def _defaults(template: Template) -> dict[str, Any]:
    """The values of a template's parameters where nobody gives any."""
    parameters = template.get("Parameters", {})
    return {name: one["Default"] for name, one in parameters.items() if "Default" in one}


def _create(stack: Stack) -> None:
    if stack.name in stack.cloud.stacks:
        raise DeployFailed([Failure(NESTED, stack.name, "the stack exists already")], [])
    stack.cloud.stacks.add(stack.name)
    imported = stack.cloud.imports.setdefault(stack.name, set())
    scope = Scope(
        stack.name, stack.template, stack.parameters, stack.made, stack.cloud.exports, imported
    )
    failures: list[Failure] = []
    waves = graphlib.TopologicalSorter(resource_graph(stack.template))
    waves.prepare()
    while waves.is_active() and not failures:
        for logical_id in waves.get_ready():
            failures += _create_resource(stack, scope, logical_id)
            waves.done(logical_id)
    failures = failures or _export(stack, scope)
    if failures:
        raise DeployFailed(failures, _delete(stack, created=False))


def _create_resource(stack: Stack, scope: Scope, logical_id: str) -> list[Failure]:
    resource = stack.template["Resources"][logical_id]
    if "Condition" in resource and not scope.condition(resource["Condition"]):
        return []
    kind = _kind(stack, resource["Type"])
    name = f"{stack.name}/{logical_id}"
    try:
        properties = scope.resolve(resource.get("Properties", {}))
        order = Order(stack.cloud, stack.name, logical_id, properties)
        kind.check(order)
        name = properties.get(kind.named, name)
        stack.made[logical_id] = kind.create(order)
    except DeployFailed as failed:
        return failed.failures
    except (ClientError, Refused) as reason:
        return [Failure(resource["Type"], name, str(reason))]
    stack.orders[logical_id] = order
    return []


def _kind(stack: Stack, name: str) -> Kind:
    if name == NESTED:
        return _nested_kind(stack)
    if name not in KINDS:
        raise Unsupported(name)
    return KINDS[name]


def _nested_kind(parent: Stack) -> Kind:
    """What a nested stack is to the stack it is in."""

    def create(order: Order) -> Made:
        key = order.properties["TemplateURL"].rpartition("/")[2].removesuffix(".json")
        template = parent.app.nested[key]
        name = f"{parent.name}-{order.logical_id[:20]}-{secrets.token_hex(4)}"
        parameters = _defaults(template) | order.properties.get("Parameters", {})
        stack = Stack(parent.cloud, parent.app, name, template, parameters)
        _create(stack)
        parent.nested[order.logical_id] = stack
        scope = Scope(name, template, parameters, stack.made, parent.cloud.exports, set())
        outputs = {
            f"Outputs.{key}": scope.resolve(output["Value"])
            for key, output in template.get("Outputs", {}).items()
        }
        return Made(name, outputs)

    def delete(order: Order, _: Made) -> None:
        if failures := _delete(parent.nested[order.logical_id]):
            raise Refused("; ".join(f"{one.kind} {one.name}: {one.reason}" for one in failures))
        del parent.nested[order.logical_id]

    return Kind(create, delete, properties="Parameters TemplateURL")


def _export(stack: Stack, scope: Scope) -> list[Failure]:
    """Compute a stack's outputs and publish those with an export name."""
    failures = []
    for key, output in stack.template.get("Outputs", {}).items():
        if "Condition" in output and not scope.condition(output["Condition"]):
            continue
        value = scope.resolve(output["Value"])
        if value is NO_VALUE or "Export" not in output:
            continue
        name = scope.resolve(output["Export"]["Name"])
        if name in stack.cloud.exports:
            failures.append(Failure(f"output {key}", name, f"export {name} exists already"))
        else:
            stack.cloud.exports[name] = value
            stack.exports.append(name)
    return failures


def _delete(stack: Stack, *, created: bool = True) -> list[Failure]:
    """Delete a stack, or roll back one that was not ``created``; what is in the way."""
    if failures := _imported_elsewhere(stack):
        return failures
    for name in stack.exports:
        del stack.cloud.exports[name]
    stack.exports.clear()
    graph = resource_graph(stack.template)
    needed: set[str] = set()
    for logical_id in reversed(list(stack.made)):
        failure = None
        if logical_id not in needed:
            failure = _delete_resource(stack, logical_id, created)
        if failure:
            failures.append(failure)
        if failure or logical_id in needed:
            needed |= graph[logical_id]
        else:
            del stack.made[logical_id], stack.orders[logical_id]
    if not failures:
        stack.cloud.stacks.remove(stack.name)
        del stack.cloud.imports[stack.name]
    return failures


def _imported_elsewhere(stack: Stack) -> list[Failure]:
    return [
        Failure(NESTED, stack.name, f"export {name} is in use by {other}")
        for other, names in stack.cloud.imports.items()
        for name in names
        if name in stack.exports
    ]


def _delete_resource(stack: Stack, logical_id: str, created: bool) -> Failure | None:
    order, made = stack.orders[logical_id], stack.made[logical_id]
    kind, policy = _kind(stack, stack.kind(logical_id)), stack.policy(logical_id)
    if policy == "Retain" or (policy == "RetainExceptOnCreate" and created):
        return None
    delete = kind.delete
    if policy == "Snapshot":
        if kind.snapshot is None:
            raise Unsupported(f"{logical_id}: a snapshot of {stack.kind(logical_id)}")
        delete = kind.snapshot
    try:
        delete(order, made)
    except (ClientError, Refused) as reason:
        name = order.properties.get(kind.named, f"{stack.name}/{logical_id}")
        return Failure(stack.kind(logical_id), name, str(reason))
    return None
