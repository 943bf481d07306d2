"""Functions that make something at their first call and give the same at all others.

``global connection`` and ``if connection is None: connection = …`` is how handlers keep what is
costly to open; what each invocation sets anew is another thing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.lambdas.effects import own_nodes

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_CACHES = ("cache", "lru_cache")


def shares(function: ast.AST) -> bool:
    """Whether a function sets names that outlive its call, other than once for all."""
    nodes = list(ast.walk(function))
    if any(isinstance(node, ast.Nonlocal) for node in nodes):
        return True
    if not any(isinstance(node, ast.Global) for node in nodes):
        return False
    return not isinstance(function, _Function) or not _sets_once(function)


def is_kept(function: _Function) -> bool:
    """Whether a function gives at each call what it made at its first one."""
    names = (ast.unparse(node).partition("(")[0] for node in function.decorator_list)
    if any(name.rpartition(".")[2] in _CACHES for name in names):
        return True
    last = function.body[-1]
    given = last.value if isinstance(last, ast.Return) else None
    is_global = isinstance(given, ast.Name) and given.id in _globals(function)
    return is_global and _sets_once(function)


def _globals(function: _Function) -> set[str]:
    nodes = own_nodes(function.body)
    return {name for node in nodes if isinstance(node, ast.Global) for name in node.names}


def _sets_once(function: _Function) -> bool:
    """Whether all that a function sets of the module's is set where it is missing."""
    names = _globals(function)
    return all(
        _is_asked_for(function, node) for node in _stored(function) if node.id in names
    ) and not any(
        isinstance(node, ast.AugAssign) and getattr(node.target, "id", "") in names
        for node in own_nodes(function.body)
    )


def _stored(function: _Function) -> Iterator[ast.Name]:
    for node in own_nodes(function.body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node


def _is_asked_for(function: _Function, stored: ast.Name) -> bool:
    """Whether an ``if`` about a name lets a store of it happen, or one before it has returned."""
    for node in own_nodes(function.body):
        if isinstance(node, ast.If) and _speaks_of(node.test, stored.id):
            if any(stored is inner for one in node.body for inner in ast.walk(one)):
                return True
            if isinstance(node.body[-1], ast.Return) and node.lineno < stored.lineno:
                return True
    return False


def _speaks_of(test: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(test))
