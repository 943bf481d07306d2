"""Which construct of the app an expression is, or speaks of: ``data.table.table_name``."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.uses import Use
from tapfix.model.python.evaluate import decided
from tapfix.model.python.modules import Module

_DEEPEST = 8


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


def reference(app: App, module: Module, node: ast.expr) -> Reference | None:
    """The construct that an expression speaks of; None if it is none that is known for sure."""
    chain: tuple[str, ...] = ()
    for _ in range(_DEEPEST):
        construct = construct_at(app, module, node)
        if construct is not None:
            return Reference(construct, chain, module, node)
        if not isinstance(node, (ast.Name, ast.Attribute)):
            return None
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


def construct_at(app: App, module: Module, node: ast.expr) -> Construct | None:
    """The one construct that an expression is."""
    value = app.evaluator.value(module, node)
    if value.kind in ("call", "instance"):
        found = app.once(_by_call).get(value.origin)
        if found is not None:
            return found
    carried = app.once(_carried).get(node, [])
    return carried[0] if len(carried) == 1 else None


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
