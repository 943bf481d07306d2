"""Functions that make something at their first call and give the same at all others.

``global connection`` and ``if connection is None: connection = …`` is how handlers keep what is
costly to open; what each invocation, or each record, sets anew is another thing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.lambdas.effects import own_nodes

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_CACHES = ("cache", "lru_cache")


def shares(function: ast.AST) -> bool:
    """Whether a function sets names that outlive its call, other than one that it keeps."""
    sets = any(isinstance(node, (ast.Global, ast.Nonlocal)) for node in ast.walk(function))
    return sets and not (isinstance(function, _Function) and _keeps(function))


def is_kept(function: _Function) -> bool:
    """Whether a function gives at each call what it made at its first one."""
    names = (ast.unparse(node).partition("(")[0] for node in function.decorator_list)
    return any(name.rpartition(".")[2] in _CACHES for name in names) or _keeps(function)


def _keeps(function: _Function) -> bool:
    """Whether a function gives a name of the module, and calls something for it if it is missing.

    It takes nothing: what is made of a record is no other record's.
    """
    last = function.body[-1]
    given = last.value if isinstance(last, ast.Return) else None
    names = set(_globals(function))
    if not isinstance(given, ast.Name) or given.id not in names or _takes(function):
        return False
    made = {
        id(target)
        for statement in _where_missing(function, given.id)
        for node in ast.walk(statement)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
    }
    stored = (
        node
        for node in own_nodes(function.body)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )
    return all(id(node) in made for node in stored if node.id in names)


def _globals(function: _Function) -> Iterator[str]:
    for node in own_nodes(function.body):
        if isinstance(node, ast.Global):
            yield from node.names


def _takes(function: _Function) -> bool:
    return any(isinstance(node, ast.arg) for node in ast.walk(function.args))


def _where_missing(function: _Function, name: str) -> Iterator[ast.stmt]:
    """The statements that run only if a name holds nothing yet, or nothing of use any more."""
    for node in own_nodes(function.body):
        if isinstance(node, ast.If) and _is_missing(node.test, name):
            yield from node.body
    for place, statement in enumerate(function.body):
        match statement:
            case ast.If(test=test, body=[*_, ast.Return()]) if _is_there(test, name):
                yield from function.body[place + 1 :]


def _is_missing(test: ast.expr, name: str) -> bool:
    """``name is None``, ``not name``, either of them or something else."""
    match test:
        case ast.BoolOp(op=ast.Or()):
            return any(_is_missing(one, name) for one in test.values)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=asked)):
            return asked == name
        case ast.Compare(left=ast.Name(id=asked), ops=[ast.Is()], comparators=[ast.Constant()]):
            return asked == name
    return False


def _is_there(test: ast.expr, name: str) -> bool:
    """``name is not None``, ``name``, either of them and something else."""
    match test:
        case ast.BoolOp(op=ast.And()):
            return any(_is_there(one, name) for one in test.values)
        case ast.Name(id=asked):
            return asked == name
        case ast.Compare(left=ast.Name(id=asked), ops=[ast.IsNot()], comparators=[ast.Constant()]):
            return asked == name
    return False
