"""Whose rights a function has: those of a role that CDK makes for it, or of one it is given."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import Reference, reference

_ROLE_READS = ((), ("role_arn",), ("attr_arn",))


@dataclass(frozen=True, eq=False)
class Principal:
    """The one that acts when a function runs.

    ``role`` is the role that the app gives the function, with the expression that gives it; None
    for one that CDK makes. ``imported`` says that the role lies outside of the app.
    """

    function: Construct
    role: Reference | None = None
    imported: bool = False


def principal(app: App, function: Construct) -> Principal | None:
    """Whose rights a function has; None where the source does not tell."""
    given = function.value("role")
    if given is None or (given.kind == "constant" and given.constant is None):
        own = not function.open and function.cls.level > 1
        return Principal(function) if own else None
    if given.cdk.startswith("aws_iam.Role.from_"):
        return Principal(function, imported=True)
    found = reference(app, given.module, given.node)
    if found is None or found.chain not in _ROLE_READS or found.construct.name != "aws_iam.Role":
        return None
    return Principal(function, found)


def is_granted_somewhere(app: App, function: Construct) -> bool:
    """Whether any grant of the app is to the imported role of a function."""
    role = function.value("role")
    return role is not None and any(
        app.evaluator.value(module, argument).origin is role.origin
        for module in app.cdk_modules
        for call in module.names.calls
        if isinstance(call.func, ast.Attribute) and call.func.attr.startswith(("grant", "add_to"))
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
    )
