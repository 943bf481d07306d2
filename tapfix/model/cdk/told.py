"""Classes that a call does not name in a way that can be followed, but that a synthesis showed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.python.modules import Module, Modules
from tapfix.model.python.resolve import split_target
from tapfix.model.python.scopes import Binding
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
        if len(calls) == 1 and _is_settled(modules, module, calls[0].func):
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


def _is_settled(modules: Modules, module: Module, node: ast.expr, depth: int = 0) -> bool:
    """Whether an expression says the same in every run: imports, constants, what is below them."""
    if depth > DEPTH:
        return False
    match node:
        case ast.Constant() | ast.Dict():
            return True
        case ast.Name(id=name):
            bindings = module.scope_of(node).lookup(name)
            return _are_settled(modules, module, name, bindings, depth + 1)
        case ast.Attribute(value=owner, attr=name):
            other = _app_module(modules, module, owner)
            if other is not None:
                bindings = other.names.module.lookup(name)
                return _are_settled(modules, other, name, bindings, depth + 1)
            return _is_settled(modules, module, owner, depth + 1)
        case ast.Subscript(value=owner, slice=ast.Constant()):
            return _is_settled(modules, module, owner, depth + 1)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=parts, keywords=[]):
            given = all(_is_settled(modules, module, part, depth + 1) for part in parts)
            return name in _LOOK_UPS and given
    return False


def _are_settled(
    modules: Modules, module: Module, name: str, bindings: list[Binding], depth: int
) -> bool:
    """Whether what binds a name gives it one value, which nothing changes later."""
    if not bindings or _is_changed(modules, name):
        return False
    if all(binding.kind == "import" for binding in bindings):
        return all(_is_imported(modules, module, binding.target, depth) for binding in bindings)
    value = bindings[0].value
    if len(bindings) > 1 or bindings[0].kind != "assign" or value is None:
        return False
    return _is_settled(modules, module, value, depth)


def _is_imported(modules: Modules, module: Module, target: str | None, depth: int) -> bool:
    """Whether an import brings what never changes: a library's, or what the app settles itself."""
    if target is None:
        return False
    if modules.imported(module, target) is not None:
        return True
    head, name = split_target(target)
    home = modules.imported(module, head) if head else None
    if home is None:
        return not target.startswith(".")
    return _are_settled(modules, home, name, home.names.module.lookup(name), depth + 1)


def _app_module(modules: Modules, module: Module, node: ast.expr) -> Module | None:
    """The app's module that a name imports."""
    if not isinstance(node, ast.Name):
        return None
    bindings = module.scope_of(node).lookup(node.id)
    targets = [one.target for one in bindings if one.kind == "import" and one.target]
    return modules.imported(module, targets[0]) if len(targets) == 1 else None


def _is_changed(modules: Modules, name: str) -> bool:
    """Whether some code may change what a name stands for: an entry, an attribute, the whole."""
    return any(
        name in (getattr(changed, "id", None), getattr(changed, "attr", None))
        for module in modules.loaded()
        for changed in _changed(module)
    )


def _changed(module: Module) -> Iterator[ast.expr]:
    """What code of a module stores into, stores from outside, or calls a changing method of."""
    for target in module.names.stores:
        if isinstance(target, (ast.Subscript, ast.Attribute)):
            yield target.value
        if isinstance(target, ast.Attribute) and getattr(target.value, "id", None) != "self":
            yield target
    for method in ("update", "setdefault", "pop", "popitem", "clear"):
        for node in module.names.attributes.get(method, ()):
            yield node.value
