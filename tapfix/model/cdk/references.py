"""Which construct of the app an expression is, or speaks of: ``data.table.table_name``."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.uses import Use
from tapfix.model.python.callers import Callers
from tapfix.model.python.evaluate import decided
from tapfix.model.python.frames import Frame, Given, arguments
from tapfix.model.python.modules import AppFunction, Module

_DEEPEST = 8
_PROPERTIES = ("property", "cached_property")


@dataclass(frozen=True, eq=False)
class Reference:
    """An expression that begins with a construct.

    ``base`` is the part that is the construct, ``chain`` the attributes read from it.
    """

    construct: Construct
    chain: tuple[str, ...]
    module: Module
    base: ast.expr

    @property
    def text(self) -> str:
        """The source of the part that is the construct."""
        return self.module.file.source(self.module.ref(self.base))


def reference(app: App, module: Module, node: ast.expr, depth: int = 0) -> Reference | None:
    """The construct that an expression speaks of; None if it is none that is known for sure."""
    chain: tuple[str, ...] = ()
    for step in range(depth, _DEEPEST):
        construct = construct_at(app, module, node)
        if construct is not None:
            return Reference(construct, chain, module, node)
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return None
        read = _read(app, module, node)
        if read is not None:
            module, node = read
            continue
        given = _given(app, module, node, step + 1)
        if given is not None and given.chain:
            return replace(given, chain=(*given.chain, *chain))
        if given is not None:
            return Reference(given.construct, chain, module, node)
        found = app.evaluator.binding(module, node)
        if found is not None and found[1].value is not None:
            if decided(found[0], found[1].node, module, node):
                return None
            module, node = found[0], found[1].value
        elif isinstance(node, ast.Attribute):
            chain, node = (node.attr, *chain), node.value
        else:
            return None
    return None


def construct_at(app: App, module: Module, node: ast.expr, depth: int = 0) -> Construct | None:
    """The one construct that an expression is."""
    value = app.evaluator.value(module, node)
    if value.kind in ("call", "instance"):
        found = app.once(_by_call).get(value.origin)
        if found is not None:
            return found
    carried = app.once(_carried).get(node, [])
    if not carried and isinstance(value.of, AppFunction) and depth < _DEEPEST:
        # A helper that is called once makes one construct.
        given = returned(value.of) if only_call(app, value.of) is not None else None
        return construct_at(app, value.of.module, given, depth + 1) if given is not None else None
    return carried[0] if len(carried) == 1 else None


# What an expression leads to in other code


def _read(app: App, module: Module, node: ast.expr) -> tuple[Module, ast.expr] | None:
    """What the property returns that an expression reads."""
    known = app.evaluator.named(module, node) if isinstance(node, ast.Attribute) else None
    if not isinstance(known, AppFunction) or not _is_property(app, known):
        return None
    given = returned(known)
    return (known.module, given) if given is not None else None


def _given(app: App, module: Module, node: ast.expr, depth: int) -> Reference | None:
    """The construct that all callers of a function give for a parameter, by its name."""
    found = []
    for one in given_for(app, module, node):
        known = reference(app, one.module, one.node, depth) if one is not None else None
        if known is None:
            return None
        found.append(known)
    is_one = len({(one.construct, one.chain) for one in found}) == 1
    return found[0] if is_one else None


def given_for(app: App, module: Module, node: ast.expr) -> list[Given | None]:
    """What each call of a function gives for the parameter that a name stands for.

    None for a call that does not show it; nothing at all if the name is no parameter.
    """
    bindings = module.scope_of(node).lookup(node.id) if isinstance(node, ast.Name) else []
    owner = bindings[0].scope.node if len(bindings) == 1 else None
    if not isinstance(owner, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return []
    if bindings[0].kind != "parameter":
        return []
    function = app.modules.function_at(module, owner)
    sites = sites_of(app, function)
    return [arguments(function, *site, Frame()).get(bindings[0]) for site in sites]


def sites_of(app: App, function: AppFunction) -> list[tuple[Module, ast.Call]]:
    """The calls that run a function, outside tests."""
    sites = app.once(_callers).of(function)
    return [(site.module, site.node) for site in sites if not site.in_test]


def only_call(app: App, function: AppFunction) -> tuple[Module, ast.Call] | None:
    """The one call that runs a function; None if a subclass has another one to be run there."""
    sites = sites_of(app, function)
    return sites[0] if len(sites) == 1 and not _is_overridden(app, function) else None


def _callers(app: App) -> Callers:
    return Callers(app.evaluator)


def _is_property(app: App, function: AppFunction) -> bool:
    """Whether a method is a property that no subclass has another one of."""
    names = (ast.unparse(node).rpartition(".")[2] for node in function.node.decorator_list)
    is_one = function.owner is not None and any(name in _PROPERTIES for name in names)
    return is_one and not _is_overridden(app, function)


def _is_overridden(app: App, function: AppFunction) -> bool:
    owner = function.owner
    return owner is not None and app.evaluator.resolver.is_overridden(owner, function.name)


def returned(function: AppFunction) -> ast.expr | None:
    """The one expression that a function returns, at its end."""
    returns = [node for node in ast.walk(function.node) if isinstance(node, ast.Return)]
    last = function.node.body[-1]
    return last.value if isinstance(last, ast.Return) and len(returns) == 1 else None


def _by_call(app: App) -> Mapping[ast.AST, Construct]:
    return {construct.node: construct for construct in app.constructs}


def _carried(app: App) -> Mapping[ast.AST, list[Construct]]:
    """The constructs that each expression of the app's uses may be."""
    found: dict[ast.AST, list[Construct]] = {}
    for construct in app.constructs:
        for use in app.uses(construct):
            base = _base(use)
            if base is not None and construct not in found.setdefault(base, []):
                found[base].append(construct)
    return found


def _base(use: Use) -> ast.expr | None:
    """The part of a use's expression that is the construct itself."""
    node: ast.expr = use.node
    if use.kind == "call" and isinstance(node, ast.Call):
        node = node.func
    for _ in use.chain:
        if not isinstance(node, ast.Attribute):
            return None
        node = node.value
    return node
