"""Whether what reaches constructs from afar does the same in every environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.app import App
from tapfix.model.python.branches import branches
from tapfix.model.python.modules import Module

VISITORS = ("visit", "inject")
"""The methods by which aspects and property injectors are asked about constructs."""
_KINDS = ("isinstance", "is_cfn_resource", "is_construct", "is_resource", "is_stack")
_ASPECTS = ("aws_cdk.Aspects.of", "aws_cdk.PropertyInjectors.of")


def is_steady(app: App, module: Module, node: ast.AST) -> bool:
    """Whether code that sets something on constructs that it does not name does so in every run.

    It may ask for the kinds of what it meets. An aspect has to be added unconditionally too.
    """
    if not all(_asks_for_kinds(branch) for branch in branches(module, node)):
        return False
    around = (one for one in module.names.ancestors(node) if isinstance(one, ast.FunctionDef))
    function = next(around, None)
    if function is None or function.name not in VISITORS:
        return True
    return not any(branches(other, call) for other, call in app.once(_additions))


def _asks_for_kinds(branch: ast.AST) -> bool:
    if isinstance(branch, ast.If):
        return _asked(branch.test)
    return isinstance(branch, (ast.For, ast.AsyncFor))


def _asked(test: ast.expr) -> bool:
    """Whether a test is made of questions for a kind alone."""
    match test:
        case ast.BoolOp(values=parts):
            return all(map(_asked, parts))
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return _asked(part)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _KINDS
    return False


def _additions(app: App) -> tuple[tuple[Module, ast.Call], ...]:
    """Where aspects are added."""
    return tuple(_added(app))


def _added(app: App) -> Iterator[tuple[Module, ast.Call]]:
    for module in app.cdk_modules:
        for node in module.names.attributes.get("of", ()):
            call = module.names.parents[node]
            symbol = app.evaluator.resolver.symbol(module, node)
            if isinstance(call, ast.Call) and symbol in _ASPECTS:
                yield module, call
