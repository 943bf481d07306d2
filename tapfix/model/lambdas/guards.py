"""Whether a handler's code minds that parsing and I/O fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from tapfix.model.lambdas.effects import Act, Acting, calls_in
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.python.modules import AppClass, AppFunction

# Decorators that leave errors as they are.
_PLAIN_NAMES = (
    "capture",
    "capture_lambda_handler",
    "event_source",
    "inject_lambda_context",
    "log_metrics",
)
_WITHS = (ast.With, ast.AsyncWith)
_NARROW = frozenset(
    {
        *("ArithmeticError", "AssertionError", "AttributeError", "ImportError", "IndexError"),
        *("InvalidOperation", "JSONDecodeError", "KeyError", "LookupError", "ModuleNotFoundError"),
        *("NameError", "StopIteration", "TypeError", "UnicodeDecodeError", "UnicodeError"),
        *("ValueError", "ZeroDivisionError"),
    }
)
_DEEPEST = 6


def unguarded(acting: Acting, handler: Handler) -> Act | None:
    """The first thing in a handler that may fail and is in no ``try``.

    None if there is none, or if the handler itself already minds errors of its I/O: by a ``try``,
    by a decorator that is not known to leave them alone.
    """
    function = handler.function
    if function is None or handler.is_wrapped or not _is_bare(acting, function):
        return None
    if handler.is_orphan and not _takes_context(function):
        return None
    if any(_guards(node) for node in _tries(function.node.body)):
        return None
    return next(_open(acting, function, 0, set()), None)


def _takes_context(function: AppFunction) -> bool:
    """Whether a function that nothing deploys is one for Lambda, by its second parameter's name."""
    name = function.positional[1] if len(function.positional) > 1 else ""
    return name.startswith("_") or "context" in name or name == "ctx"


def _is_bare(acting: Acting, function: AppFunction) -> bool:
    for decorator in function.node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        symbol = acting.evaluator.resolver.symbol(function.module, called)
        if isinstance(symbol, AppFunction) and called is decorator and only_calls(symbol):
            continue
        own = isinstance(symbol, (AppFunction, AppClass))
        if last != "staticmethod" and (own or last not in _PLAIN_NAMES):
            return False
    return True


def only_calls(decorator: AppFunction) -> bool:
    """Whether a decorator of the app does nothing with a function but call it, in no ``try``."""
    names = decorator.positional
    nodes = list(ast.walk(decorator.node))
    if len(names) != 1 or any(is_try(node) or isinstance(node, _WITHS) for node in nodes):
        return False
    parents = decorator.module.names.parents
    mentions = [node for node in nodes if isinstance(node, ast.Name) and node.id == names[0]]
    return bool(mentions) and all(_is_plain(node, parents[node]) for node in mentions)


def _is_plain(node: ast.Name, parent: ast.AST) -> bool:
    """Whether a function is called, or only asked how it is called."""
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("__doc__", "__module__", "__name__", "__qualname__")
    if not isinstance(parent, ast.Call):
        return False
    called = parent.func
    last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return called is node or last == "wraps"


def _tries(nodes: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    for node in nodes:
        yield from (inner for inner in ast.walk(node) if is_try(inner))


def is_try(node: ast.AST) -> bool:
    """Whether a node is a ``try``, also one with ``except*``."""
    return isinstance(node, ast.Try) or type(node).__name__ == "TryStar"


def _guards(node: ast.AST) -> bool:
    """Whether a ``try`` around something that is called is about more than values."""
    return not _all_narrow(node) and any(calls_in(getattr(node, "body", [])))


def _is_narrow(kind: ast.expr | None) -> bool:
    """Whether an ``except`` is only about what values can be read as."""
    if isinstance(kind, ast.Tuple):
        return all(_is_narrow(one) for one in kind.elts)
    if isinstance(kind, (ast.Name, ast.Attribute)):
        return (kind.attr if isinstance(kind, ast.Attribute) else kind.id) in _NARROW
    return False


def _open(acting: Acting, function: AppFunction, depth: int, seen: set[ast.AST]) -> Iterator[Act]:
    """What may fail in a function, outside of every ``try`` that would catch it."""
    if function.node in seen or depth > _DEEPEST:
        return
    seen.add(function.node)
    for call in _unprotected(function.node.body):
        callee = acting.evaluator.callee(function.module, call)
        if isinstance(callee, AppFunction):
            yield from _open(acting, callee, depth + 1, seen)
            continue
        if isinstance(callee, AppClass):
            constructor = acting.constructor(callee)
            if constructor is not None:
                yield from _open(acting, constructor, depth + 1, seen)
            continue
        act = acting.act(function.module, call, callee, function.node)
        if act.may_fail:
            yield act


def _unprotected(nodes: Sequence[ast.AST]) -> Iterator[ast.Call]:
    pending = list(reversed(nodes))
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if is_try(node) and not _all_narrow(node):
            pending += reversed(_beside_body(node))
            continue
        if isinstance(node, ast.Call):
            yield node
        pending += reversed(list(ast.iter_child_nodes(node)))


def _all_narrow(node: ast.AST) -> bool:
    handlers: list[ast.ExceptHandler] = getattr(node, "handlers", [])
    return all(_is_narrow(clause.type) for clause in handlers)


def _beside_body(node: ast.AST) -> list[ast.AST]:
    return [
        part for name in ("handlers", "orelse", "finalbody") for part in getattr(node, name, [])
    ]
