"""The environment variables that stack code gives to a Lambda function."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import Reference, given_for, reference
from tapfix.model.python.values import Value


@dataclass(frozen=True, eq=False)
class Variable:
    """What the stack code gives for a variable.

    ``reference`` is the construct that the value speaks of, None for any other value.
    """

    name: str
    value: Value
    reference: Reference | None


def variables(app: App, function: Construct) -> Mapping[str, Variable]:
    """The variables of a function that always have one and the same value."""
    found: dict[str, Variable | None] = {}
    for name, value in _given(app, function):
        if name in found:
            found[name] = None
        else:
            found[name] = Variable(name, value, reference(app, value.module, value.node))
    return {name: variable for name, variable in found.items() if variable is not None}


def _given(app: App, function: Construct) -> Iterator[tuple[str, Value]]:
    given = function.value("environment")
    if given is not None:
        calls = given_for(app, given.module, given.node) if given.entries is None else []
        if len(calls) == 1 and calls[0] is not None:
            given = app.evaluator.value(calls[0].module, calls[0].node)
        if given.cdk.endswith(".EnvironmentProperty"):
            given = given.argument("variables")
        elif given.kind == "dict" and function.cls.level == 1 and given.entries:
            given = given.entries.get("variables", given)
    if given is not None and given.entries is not None:
        yield from _entries(app, given).items()
    for use in app.uses(function):
        if use.kind == "call" and use.chain == ("add_environment",) and not use.conditional:
            key = use.value.argument("key", 0) if use.value is not None else None
            value = use.value.argument("value", 1) if use.value is not None else None
            if key is not None and value is not None and isinstance(key.constant, str):
                yield key.constant, value


def _entries(app: App, given: Value) -> Mapping[str, Value]:
    """The entries of a dict, with those of the dicts that it is told to take in: ``{**common}``."""
    found: dict[str, Value] = {}
    node, module = given.origin, given.origin_module
    if not isinstance(node, ast.Dict):
        return given.entries or found
    for key, item in zip(node.keys, node.values, strict=True):
        value = app.evaluator.value(module, item)
        if key is None:
            found |= _entries(app, value) if value.entries is not None else {}
            continue
        name = app.evaluator.value(module, key).constant
        if isinstance(name, str):
            found[name] = value
    return found
