"""What would wait for itself if functions waited for the tables that they query."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import reference
from tapfix.model.cdk.stacks import made_from
from tapfix.recipes.arguments import Obstacle

_APART = ("grant", "allow_", "add_ingress_rule", "add_egress_rule")
"""Methods whose result is part of a role or of a security group, not of what they are called on."""


def circle(
    app: App, functions: Collection[Construct], awaited: Collection[Construct]
) -> Obstacle | None:
    """Why functions cannot wait for tables that wait for these constructs, if they cannot.

    A construct is waited for with all that its methods made in it: a rotation that names a function
    is part of its secret.
    """
    for function in functions:
        for construct in (*_waiting(app, function, awaited), *_holding(app, function, awaited)):
            return Obstacle(
                f"{construct.label} waits for {function.label}: then each would wait for the other"
            )
    return None


def _waiting(app: App, function: Construct, awaited: Collection[Construct]) -> Iterator[Construct]:
    yield from (one for one in made_from(app, function) if one in awaited)


def _holding(app: App, function: Construct, awaited: Collection[Construct]) -> Iterator[Construct]:
    """The constructs that a method makes something in of the function."""
    for use in app.uses(function):
        for ancestor in use.module.names.ancestors(use.node):
            if isinstance(ancestor, ast.stmt):
                break
            method = ancestor.func if isinstance(ancestor, ast.Call) else None
            if isinstance(method, ast.Attribute) and not method.attr.startswith(_APART):
                owner = reference(app, use.module, method.value)
                if owner is not None and owner.construct in awaited:
                    yield owner.construct
