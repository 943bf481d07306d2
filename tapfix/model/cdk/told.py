"""Classes that a call does not name in a way that can be followed, but that a synthesis showed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.python.modules import Module, Modules
from tapfix.model.python.values import CDK
from tapfix.model.shown import Made, Shown

_LOOK_UPS = ("getattr", "import_module")
DEPTH = 6
"""Through so many names at most."""


def told_classes(modules: Modules, shown: Shown) -> dict[ast.expr, str]:
    """The classes of calls, by what is called: where a line made one kind, by one call.

    Only where the call names the same class in every run: a class that is a parameter, or one of
    several, is its caller's decision.
    """
    found = {}
    for (path, line), made in shown.lines.items():
        module = modules.get(path) if path in modules.files else None
        kinds = {one.cls for one in made if one.cls.startswith(CDK)}
        if module is None or len(kinds) != 1:
            continue
        calls = [call for call in _calls(module, line) if _may_make(call, made)]
        if len(calls) == 1 and _is_settled(module, calls[0].func):
            found[calls[0].func] = made[0].cls
    return found


def _calls(module: Module, line: int) -> Iterator[ast.Call]:
    for call in module.names.calls:
        if call.lineno <= line <= (call.end_lineno or call.lineno):
            yield call


def _may_make(call: ast.Call, made: tuple[Made, ...]) -> bool:
    """Whether a call gives the id with which a construct was made, or one that is not written."""
    named = [one.value for one in call.keywords if one.arg in ("id", "construct_id")]
    given = [*call.args[1:2], *named]
    ids = {one.id for one in made}
    return any(not isinstance(one, ast.Constant) or one.value in ids for one in given)


def _is_settled(module: Module, node: ast.expr, depth: int = 0) -> bool:
    """Whether an expression says the same in every run: imports, constants, what is below them."""
    if depth > DEPTH:
        return False
    match node:
        case ast.Constant() | ast.Dict():
            return True
        case ast.Name():
            bindings = module.scope_of(node).lookup(node.id)
            if bindings and all(binding.kind == "import" for binding in bindings):
                return True
            values = [one.value for one in bindings if one.kind == "assign"]
            if len(bindings) != 1 or len(values) != 1 or values[0] is None:
                return False
            return _is_settled(module, values[0], depth + 1)
        case ast.Attribute(value=owner):
            return _is_settled(module, owner, depth + 1)
        case ast.Subscript(value=owner, slice=ast.Constant()):
            return _is_settled(module, owner, depth + 1)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=parts, keywords=[]):
            given = all(_is_settled(module, part, depth + 1) for part in parts)
            return name in _LOOK_UPS and given
    return False
