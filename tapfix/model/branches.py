"""On what it depends whether a statement runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.modules import Module

_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match, ast.IfExp)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def branches(module: Module, node: ast.AST) -> frozenset[ast.AST]:
    """The branches and loops that decide within a function whether (how often) a node is reached.

    They stand around it, or before it and may leave its block: ``if not is_prod: return``.
    """
    found: set[ast.AST] = set()
    inner = node
    for ancestor in module.names.ancestors(node):
        if isinstance(inner, ast.stmt):
            found.update(_exits_before(inner, ancestor))
        if isinstance(ancestor, _DEFINITIONS):
            break
        if isinstance(ancestor, _BRANCHES):
            found.add(ancestor)
        inner = ancestor
    return frozenset(found)


def _exits_before(statement: ast.stmt, parent: ast.AST) -> Iterator[ast.stmt]:
    """The statements before one in its block that may end the block's run without an error."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            earlier = block[: block.index(statement)]
            yield from (other for other in earlier if _may_leave(other))


def _may_leave(node: ast.AST, in_loop: bool = False) -> bool:
    if isinstance(node, _DEFINITIONS):
        return False
    if isinstance(node, ast.Return):
        return True
    if isinstance(node, (ast.Break, ast.Continue)):
        return not in_loop
    in_loop = in_loop or isinstance(node, _LOOPS)
    return any(
        _may_leave(child, in_loop)
        for child in ast.iter_child_nodes(node)
        if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
    )
