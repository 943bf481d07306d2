"""The loop in which a handler works on its records, one after the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.model.lambdas.effects import Act, Acting, is_changer, own_nodes, returns_of
from tapfix.model.lambdas.kept import is_kept, shares
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.flow import is_bound
from tapfix.model.python.modules import AppFunction, Module

_SHOWING = ("critical", "debug", "error", "exception", "info", "len", "print", "warning")
_FLAT = (ast.With, ast.AsyncWith)
_CONNECTING = ("connect", "connection")


@dataclass(frozen=True, eq=False)
class RecordLoop:
    """A ``for`` over the records of the event, in the handler itself.

    ``record`` is the name of one record. ``acts`` is what one turn does, with the app's own
    functions; ``rollback`` is what a failed turn has to roll back, as an expression (``conn``);
    ``obstacle`` says why the turns cannot fail one by one. ``varies``: a turn uses the invocation's
    own context. ``connects``: what is rolled back is a connection that the handler itself opens, so
    that nothing of it is left once the handler has returned.
    """

    function: AppFunction
    node: ast.For
    record: str
    acts: tuple[Act, ...]
    rollback: str | None
    obstacle: str | None
    varies: bool
    connects: bool

    @property
    def module(self) -> Module:
        """The module it stands in."""
        return self.function.module

    @property
    def final(self) -> ast.Return | None:
        """The ``return`` that ends the function, if one does."""
        last = self.function.node.body[-1]
        return last if isinstance(last, ast.Return) else None

    @property
    def returns_early(self) -> bool:
        """Whether a turn, or something between the loop and the end, may return."""
        start = self.node.lineno
        others = (one for one in returns_of(self.function.node) if one is not self.final)
        return any(one.lineno >= start for one in others)


def reads_records(function: AppFunction) -> bool:
    """Whether a function looks up ``Records`` anywhere."""
    nodes = ast.walk(function.node)
    return any(isinstance(node, ast.Constant) and node.value == "Records" for node in nodes)


def find_loop(acting: Acting, function: AppFunction) -> RecordLoop | None:
    """The one loop over the records of the event that stands in a function's own block."""
    found = [
        (node, record)
        for node in _flat(function.node.body)
        if isinstance(node, ast.For)
        and (record := _record(acting.evaluator, function, node)) is not None
    ]
    if len(found) != 1:
        return None
    node, record = found[0]
    acts = acting.acts(function.module, node.body, function.node)
    rollback, obstacle = _transaction(acting, function, node, acts)
    obstacle = _obstacle(acting, function, node, acts) or obstacle
    varies = any(_is_context(function, inner) for inner in own_nodes(node.body))
    connects = rollback is not None and _is_opened(acting, function, node, rollback)
    return RecordLoop(function, node, record, tuple(acts), rollback, obstacle, varies, connects)


def _flat(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block and those in ``with`` blocks that only hold a cursor."""
    for node in nodes:
        yield node
        if isinstance(node, _FLAT) and all(_is_cursor(item.context_expr) for item in node.items):
            yield from _flat(node.body)


def _is_cursor(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr == "cursor"


# Records


def _record(evaluator: Evaluator, function: AppFunction, loop: ast.For) -> str | None:
    """The name of a loop over the event's records, as they come."""
    source, target = loop.iter, loop.target
    if isinstance(source, ast.Call) and isinstance(source.func, ast.Name):
        counted = source.func.id == "enumerate" and isinstance(target, ast.Tuple)
        if not counted or not source.args or len(target.elts) != 2:  # type: ignore[attr-defined]
            return None
        source, target = source.args[0], target.elts[1]  # type: ignore[attr-defined]
    if not isinstance(target, ast.Name) or not _are_records(evaluator, function, source, 0):
        return None
    bindings = function.module.scope_of(target).lookup(target.id)
    return target.id if len(bindings) == 1 else None


def _are_records(evaluator: Evaluator, function: AppFunction, node: ast.expr, depth: int) -> bool:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        rest = node.values[1:]
        empty = all(isinstance(one, (ast.List, ast.Tuple)) and not one.elts for one in rest)
        return empty and _are_records(evaluator, function, node.values[0], depth)
    if isinstance(node, ast.Subscript):
        return _is_event(function, node.value) and _is_key(node.slice)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner, keys = node.func.value, node.args[:1]
        is_get = node.func.attr == "get" and bool(keys)
        return is_get and _is_event(function, owner) and _is_key(keys[0])
    if isinstance(node, ast.Name) and depth < 2:
        found = evaluator.binding(function.module, node)
        if found is None or found[1].value is None or found[0] is not function.module:
            return False
        return _are_records(evaluator, function, found[1].value, depth + 1)
    return False


def _is_key(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "Records"


def _is_event(function: AppFunction, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and _is_parameter(function, node, 0)


def _is_context(function: AppFunction, node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and _is_parameter(function, node, 1)


def _is_parameter(function: AppFunction, node: ast.Name, place: int) -> bool:
    """Whether a name is the handler's event (0) or context (1), bound once."""
    names = function.positional[1:] if is_bound(function) else function.positional
    if len(names) <= place or node.id != names[place]:
        return False
    bindings = function.module.scope_of(node).lookup(node.id)
    return len(bindings) == 1 and bindings[0].scope.node is function.node


# What stands in the way


def _obstacle(acting: Acting, function: AppFunction, loop: ast.For, acts: list[Act]) -> str | None:
    """Why a failed record cannot be told from the others, if it cannot."""
    nodes = list(own_nodes(function.node.body))
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in nodes):
        return "it yields"
    if isinstance(function.node, ast.AsyncFunctionDef):
        return "it is asynchronous"
    if loop.orelse:
        return "its loop has an else"
    if _later(acting, function, loop):
        return "it does more for the whole batch behind its loop"
    if any(act.buffers for act in acts):
        return "it sends what several records left together"
    carried = _carried(function, loop)
    if carried is not None:
        return f"its records have {carried} in common"
    if any(shares(act.function) for act in acts):
        return "its records share global variables"
    return None


def _later(acting: Acting, function: AppFunction, loop: ast.For) -> bool:
    """Whether something with effects comes behind the loop."""
    for block in _blocks_around(function, loop):
        for act in acting.acts(function.module, block, function.node):
            if act.outside and act.method not in ("close",):
                return True
            if act.deed == "once":
                return True
        if any(isinstance(node, ast.Raise) for node in own_nodes(block)):
            return True
    return False


def _blocks_around(function: AppFunction, loop: ast.For) -> Iterator[list[ast.stmt]]:
    """The statements behind the loop, in its own block and in those around it."""
    node: ast.AST = loop
    while node is not function.node:
        parent = function.module.names.parents[node]
        body: list[ast.stmt] = parent.body  # type: ignore[attr-defined]  # a function or a `with`
        yield body[body.index(node) + 1 :]  # type: ignore[arg-type]  # a statement of it
        node = parent


def _carried(function: AppFunction, loop: ast.For) -> str | None:
    """A name of the function that turns change for each other, and that is more than shown."""
    module, inside = function.module, set(own_nodes(loop.body))
    for name, node in _changes(inside, module):
        bindings = module.scope_of(node).lookup(name)
        if not bindings or all(binding.node in inside for binding in bindings):
            continue
        if any(_is_import(binding.kind) for binding in bindings):
            continue
        for load in module.names.readers(name, bindings):
            if not _only_shows(module, load):
                return name
    return None


def _is_import(kind: str) -> bool:
    return kind in ("import", "function", "class")


def _changes(inside: set[ast.AST], module: Module) -> Iterator[tuple[str, ast.Name]]:
    for node in inside:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id, node
        elif isinstance(node, ast.Attribute) and is_changer(node.attr):
            called = module.names.parents[node]
            root = _root(node)
            if isinstance(called, ast.Call) and called.func is node and root is not None:
                yield root.id, root
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and node in module.names.stores:
            root = _root(node)
            if root is not None:
                yield root.id, root


def _root(node: ast.expr) -> ast.Name | None:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def _only_shows(module: Module, load: ast.Name) -> bool:
    """Whether a value is only changed, returned, counted or logged at a place."""
    child: ast.AST = load
    for node in module.names.ancestors(load):
        if isinstance(node, (ast.Return, ast.AugAssign)):
            return True
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if child is called:
                return is_changer(name) and isinstance(called, ast.Attribute)
            return name in _SHOWING
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            return child is not node.value
        if isinstance(node, ast.stmt):
            return False
        child = node
    return False


# Transactions

_STATEMENTS = ("callproc", "execute", "execute_batch", "execute_values", "executemany")


def _transaction(
    acting: Acting, function: AppFunction, loop: ast.For, acts: list[Act]
) -> tuple[str | None, str | None]:
    """What a failed turn rolls back, or why that cannot be told."""
    commits = [act for act in acts if act.method == "commit" and act.outside]
    queries = [act for act in acts if act.method in _STATEMENTS and act.outside]
    if not commits and not queries:
        return None, None
    if not commits:
        held = all(_is_held(act) for act in queries) or _commits_alone(function.module, queries)
        return None, None if held else "no commit of a single record is to be seen"
    found = {ast.unparse(act.call.func.value) for act in commits if _has_owner(act)}  # type: ignore[attr-defined]
    homes = {act.function for act in (*commits, *queries)}
    if len(found) != 1 or len(homes) != 1:
        return None, "its records use several transactions"
    owner = commits[0].call.func
    assert isinstance(owner, ast.Attribute)
    return _owner(acting, function, loop, commits[0], owner.value)


def kept_transaction(acting: Acting, function: AppFunction) -> str | None:
    """The connection that the next invocation finds as a failed one leaves it.

    It is one of the module itself, made when that loads, and the code commits what it does there.
    """
    acts = acting.acts(function.module, function.node.body, function.node)
    commits = [act for act in acts if act.method == "commit" and act.outside and _has_owner(act)]
    found = {ast.unparse(act.call.func.value): act for act in commits}  # type: ignore[attr-defined]
    if len(found) != 1:
        return None
    text, act = next(iter(found.items()))
    root = _root(act.call.func)
    bindings = act.module.scope_of(root).lookup(root.id) if root is not None else []
    if len(bindings) != 1 or act.module is not function.module:
        return None
    at_top = bindings[0].scope.node is act.module.names.module.node
    return text if at_top and _is_made(acting, act.module, bindings[0].value) else None


def _has_owner(act: Act) -> bool:
    return isinstance(act.call.func, ast.Attribute)


def _owner(
    acting: Acting, function: AppFunction, loop: ast.For, act: Act, owner: ast.expr
) -> tuple[str | None, str | None]:
    """The connection of a commit as the loop can name it; nothing where each turn has its own."""
    root = _root(owner)
    if root is None:
        return None, "whose transaction it commits is not to be seen"
    bindings = act.module.scope_of(root).lookup(root.id)
    scopes = {binding.scope.node for binding in bindings}
    inside = set(own_nodes(loop.body))
    kept = _given_again(acting, function.module, bindings[0].value) if len(bindings) == 1 else None
    if kept is not None and act.module is function.module and root is owner:
        return ast.unparse(kept), None
    if act.function is not function.node:
        if scopes == {act.function} and _is_made(acting, act.module, bindings[0].value):
            return None, None
        if scopes != {act.module.names.module.node} or act.module is not function.module:
            return None, "whose transaction it commits is not to be seen"
        return ast.unparse(owner), None
    if bindings and all(binding.node in inside for binding in bindings):
        return None, None
    return ast.unparse(owner), None


def _is_made(acting: Acting, module: Module, value: ast.expr | None) -> bool:
    """Whether a value is a connection made on the spot."""
    return isinstance(value, ast.Call) and isinstance(acting.evaluator.callee(module, value), str)


def _given_again(acting: Acting, module: Module, value: ast.expr | None) -> ast.Call | None:
    """The call, if a value is what a function of the module makes once and gives at each call."""
    if not isinstance(value, ast.Call) or value.args or value.keywords:
        return None
    known = acting.evaluator.callee(module, value)
    if not isinstance(known, AppFunction) or known.owner is not None:
        return None
    return value if known.module is module and is_kept(known.node) else None


def _is_opened(acting: Acting, function: AppFunction, loop: ast.For, name: str) -> bool:
    """Whether a name is bound once, in the function, to a new connection of a library."""
    bindings = function.module.scope_of(loop).lookup(name)
    if len(bindings) != 1 or bindings[0].kind != "assign":
        return False
    value = bindings[0].value
    if bindings[0].scope.node is not function.node or not isinstance(value, ast.Call):
        return False
    callee = acting.evaluator.callee(function.module, value)
    return isinstance(callee, str) and callee.rpartition(".")[2].lower() in _CONNECTING


def _is_held(act: Act) -> bool:
    """Whether a statement runs in a ``with`` of its own turn that commits or rolls back."""
    for node in act.module.names.ancestors(act.call):
        if isinstance(node, _FLAT) and not all(_is_cursor(i.context_expr) for i in node.items):
            return True
        if isinstance(node, (ast.For, ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
    return False


def _commits_alone(module: Module, acts: list[Act]) -> bool:
    """Whether connections are set to commit each statement."""
    texts = {module.file.text, *(act.module.file.text for act in acts)}
    spelled = ("autocommit=True", "autocommit = True", 'isolation_level="AUTOCOMMIT"')
    return any(mark in text for text in texts for mark in spelled)
