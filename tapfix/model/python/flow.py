"""One step of a value on its way through a handler's code.

A value moves from an expression to where its name is read, into parameters of the app's own
functions and back out of their ``return``. What else is done with it is for the caller to judge.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.modules import AppFunction, Module
from tapfix.model.python.scopes import Binding

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_PLAIN_DECORATORS = frozenset(
    {
        "staticmethod",
        "classmethod",
        "wraps",
        "capture_method",
        "capture",
        "capture_lambda_handler",
        "inject_lambda_context",
        "log_metrics",
        "retry",
    }
)
_UNPACKING = (b"b64", b"base64", b"decode")


@dataclass(frozen=True, slots=True, eq=False)
class Holder:
    """An expression that holds a followed value.

    ``crossed`` says that the last step led to where other values may arrive too: into another
    function, out of one, or to the value of ``x if … else y``; ``parameter`` is
    the parameter that took the value there. Not ``sure``: the name may hold another value by then.
    """

    module: Module
    node: ast.expr
    crossed: bool = False
    parameter: tuple[AppFunction, str] | None = None
    sure: bool = True


def next_holders(evaluator: Evaluator, module: Module, node: ast.expr) -> list[Holder] | None:
    """Where a value goes from an expression; None if the code does something with it there."""
    parent = module.names.parents[node]
    match parent:
        case ast.Assign() | ast.AnnAssign():
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            if all(isinstance(target, ast.Name) for target in targets):
                return [h for target in targets for h in readers(module, target)]
        case ast.NamedExpr():
            return [Holder(module, parent), *readers(module, parent.target)]
        case ast.Tuple() | ast.List():
            return _unpacked(module, node, parent)
        case ast.IfExp() if node is not parent.test:
            return [Holder(module, parent, crossed=True)]
        case ast.BoolOp(op=ast.And()) if node is parent.values[-1]:
            return [Holder(module, parent, crossed=True)]
        case ast.Return():
            return _returned(evaluator, module, parent)
        case ast.keyword():
            call = module.names.parents[parent]
            return _handed(evaluator, module, call, parent.arg) if parent.arg else None
        case ast.Call() if node is not parent.func:
            return _handed(evaluator, module, parent, parent.args.index(node))
    return None


def readers(module: Module, target: ast.expr) -> list[Holder]:
    """Where a name that an assignment or a loop binds is read before it is bound anew."""
    if not isinstance(target, ast.Name):
        return []
    scope = module.scope_of(target)
    holder = module.names.parents[target]
    found = [b for b in scope.lookup(target.id) if b.node is holder]
    return _loads(module, target.id, found[0]) if len(found) == 1 else []


def parameter_readers(function: AppFunction, name: str) -> list[Holder]:
    """Where a function reads a parameter before it is bound anew."""
    found = [b for b in function.scope.bindings.get(name, []) if b.kind == "parameter"]
    holders = _loads(function.module, name, found[0]) if found else []
    return [Holder(h.module, h.node, True, (function, name), h.sure) for h in holders]


def lambda_readers(module: Module, function: ast.Lambda) -> list[Holder]:
    """Where a ``lambda`` reads its first parameter."""
    scope = module.names.inner[function]
    first = next(iter((*function.args.posonlyargs, *function.args.args)), None)
    return _loads(module, first.arg, scope.bindings[first.arg][0]) if first is not None else []


def _loads(module: Module, name: str, binding: Binding) -> list[Holder]:
    bindings = binding.scope.lookup(name)
    found = []
    for load in module.names.loads.get(name, ()):
        if module.names.scopes[load].lookup(name) is bindings:
            last = [one for one in bindings if _reaches(module, one, bindings, load)]
            if not last or binding in last:
                found.append(Holder(module, load, sure=bool(last)))
    return found


def _reaches(module: Module, binding: Binding, others: list[Binding], load: ast.Name) -> bool:
    """Whether what a binding gives is surely what a load reads.

    It is if there is no other binding, or if the binding's own block holds the load, later, and no
    other one stands between.
    """
    if len(others) == 1:
        return True
    if module.names.scopes[load] is not binding.scope:
        return False
    start = _end(binding)
    between = (start, (load.lineno, load.col_offset))
    if binding.kind != "parameter":
        home = module.names.statement(binding.node)
        blocks = {home, *_siblings(module, home)}
        if isinstance(home, (ast.For, ast.AsyncFor)):
            blocks = {home}
        if not blocks.intersection((load, *module.names.ancestors(load))):
            return False
    return between[0] <= between[1] and not any(
        between[0] <= _end(other) <= between[1] for other in others if other is not binding
    )


def _siblings(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    """The statements of the block that a statement stands in."""
    parent = module.names.parents.get(statement)
    for field in ("body", "orelse", "finalbody", "handlers"):
        block = getattr(parent, field, None)
        if isinstance(block, list) and statement in block:
            return block
    return []


def _end(binding: Binding) -> tuple[int, int]:
    """The place from which a binding holds: behind its value, or behind a loop's head."""
    node = binding.node
    if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        node = node.iter
    elif isinstance(node, _DEFINITIONS):
        return node.lineno, node.col_offset
    line, column = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
    return (line or 0, column or 0)


def _unpacked(module: Module, node: ast.expr, parent: ast.Tuple | ast.List) -> list[Holder] | None:
    """``a, b = x, node``: the name that takes the node's place."""
    statement = module.names.parents[parent]
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    if not isinstance(target, (ast.Tuple, ast.List)) or len(target.elts) != len(parent.elts):
        return None
    if any(isinstance(item, ast.Starred) for item in (*target.elts, *parent.elts)):
        return None
    taker = target.elts[parent.elts.index(node)]
    return readers(module, taker) if isinstance(taker, ast.Name) else None


# Functions


def _returned(evaluator: Evaluator, module: Module, node: ast.Return) -> list[Holder] | None:
    function = function_around(evaluator, module, node)
    calls = list(evaluator.calls_of(function)) if function is not None else []
    if function is None or not calls or not is_plain(evaluator, function):
        return None
    return [Holder(caller, call, True) for caller, call in calls]


def function_around(evaluator: Evaluator, module: Module, node: ast.AST) -> AppFunction | None:
    """The function in whose body a node stands."""
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return evaluator.resolver.modules.function_at(module, ancestor)
        if isinstance(ancestor, ast.ClassDef):
            return None
    return None


def _handed(
    evaluator: Evaluator, module: Module, call: ast.AST, place: int | str
) -> list[Holder] | None:
    assert isinstance(call, ast.Call)
    callee = evaluator.callee(module, call)
    if callee == "typing.cast":
        return [Holder(module, call)]
    if not isinstance(callee, AppFunction) or not is_plain(evaluator, callee):
        return None
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    names = callee.positional[1:] if is_bound(callee) else callee.positional
    if isinstance(place, int):
        name = names[place] if place < len(names) else None
    else:
        name = place if place in callee.parameters else None
    return parameter_readers(callee, name) if name is not None else None


def is_bound(function: AppFunction) -> bool:
    """Whether calls leave out the first parameter: ``self`` or ``cls``."""
    decorators = function.node.decorator_list
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in decorators)
    return function.owner is not None and not static


def is_plain(evaluator: Evaluator, function: AppFunction) -> bool:
    """Whether a function gets its arguments, and gives its result, as they are written.

    A decorator that is not known to leave them alone may do anything with them; one of the app
    that has nothing to do with encodings is taken to leave them alone.
    """
    return all(_is_plain(evaluator, function, d) for d in function.node.decorator_list)


def _is_plain(evaluator: Evaluator, function: AppFunction, decorator: ast.expr) -> bool:
    name = decorator.func if isinstance(decorator, ast.Call) else decorator
    symbol = evaluator.resolver.symbol(function.module, name)
    if isinstance(symbol, AppFunction):
        text = symbol.module.file.source(symbol.ref).encode()
        return not any(mark in text for mark in _UNPACKING)
    last = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
    return last in _PLAIN_DECORATORS


def callers_agree(
    evaluator: Evaluator, function: AppFunction, name: str, known: set[ast.AST]
) -> bool:
    """Whether every call of a function gives one of the ``known`` expressions for a parameter."""
    return all(
        any(argument in known for argument in _given(function, name, call))
        for _, call in evaluator.calls_of(function)
    )


def _given(function: AppFunction, name: str, call: ast.Call) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg == name)
    names = function.positional[1:] if is_bound(function) else function.positional
    if name in names and names.index(name) < len(call.args):
        yield call.args[names.index(name)]
