"""Giving an argument of a construct another value, in the words of the file it stands in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tapfix.edits import Edit, ReplaceExpression
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.values import Value
from tapfix.recipes.imports import write


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an argument cannot be changed by a machine."""

    reason: str


def give(app: App, construct: Construct, name: str, template: str) -> tuple[Edit, ...] | Obstacle:
    """The edits that give the argument ``name`` of a construct the value ``template``.

    The value is written where the argument gets it: in the call, in the dict behind ``**``, or, if
    a constant that nothing else reads stands between, in that constant.
    """
    found = construct.argument(name)
    if found is None:
        code = write(app, construct.module, construct.node, template)
        return (construct.set(name, code.text), *code.imports)
    if found.obstacle is not None:
        return Obstacle(found.obstacle)
    if is_own_constant(found.value):
        return replace_value(app, found.value, template)
    place = found.holder.origin_module
    near = found.value.node if found.value.is_direct else found.holder.origin
    code = write(app, place, near, template)
    return (found.set(code.text), *code.imports)


def is_own_constant(value: Value) -> bool:
    """Whether a value stands in an assignment that only the place of use reads."""
    return value.is_known and not value.is_direct and not value.shared


def replace_value(app: App, value: Value, template: str) -> tuple[Edit, ...]:
    """The edits that put another value in the place that gives this one."""
    code = write(app, value.origin_module, value.origin, template)
    return (ReplaceExpression(value.origin_ref, code.text), *code.imports)


def put(app: App, value: Value, template: str) -> tuple[Edit, ...]:
    """The edits that make an expression another one, for the place where it is used alone.

    A constant that only this place reads changes where it is defined; one that others read too is
    no longer read here.
    """
    if is_own_constant(value):
        return replace_value(app, value, template)
    code = write(app, value.module, value.node, template)
    return (ReplaceExpression(value.ref, code.text), *code.imports)


def add_beside(
    app: App, construct: Construct, neighbour: str, name: str, template: str
) -> tuple[Edit, ...]:
    """The edits that add an argument where ``neighbour`` stands: in the call, or in its dict."""
    found = construct.argument(neighbour)
    if found is None or found.obstacle is not None:
        code = write(app, construct.module, construct.node, template)
        return (construct.set(name, code.text), *code.imports)
    code = write(app, found.holder.origin_module, found.holder.origin, template)
    return (replace(found, name=name).set(code.text), *code.imports)
