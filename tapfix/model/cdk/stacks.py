"""Which stack a construct lies in, and which constructs are made from which others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import reference
from tapfix.model.python.modules import AppClass, Module

_STACKS = ("aws_cdk.Stack", "aws_cdk.NestedStack")
_DEEPEST = 6


def in_same_stack(app: App, first: Construct, second: Construct) -> bool:
    """Whether two constructs certainly lie in the same stack."""
    one, other = _stacks(app, first), _stacks(app, second)
    return one is not None and one == other


def may_refer(app: App, user: Construct, used: Construct) -> bool:
    """Whether the stack of ``user`` may refer to that of ``used``: it does not wait for the first.

    Stacks that are not known may not.
    """
    start, goal = _stacks(app, used), _stacks(app, user)
    if start is None or goal is None:
        return False
    known = app.once(_stack_graph)
    reached, pending = {start}, [start]
    while pending:
        new = known.get(pending.pop(), set()) - reached
        reached |= new
        pending += new
    return start is goal or goal not in reached


def _stack_graph(app: App) -> Mapping[ast.AST, set[ast.AST]]:
    """Which stack's code speaks of what which other one holds."""
    found: dict[ast.AST, set[ast.AST]] = {}
    for used, user in _speaking(app):
        one, other = _stacks(app, user), _stacks(app, used)
        if one is not None and other is not None and one is not other:
            found.setdefault(one, set()).add(other)
    for module in app.cdk_modules:
        for name in ("add_dependency", "add_stack_dependency"):
            for node in module.names.attributes.get(name, ()):
                call = module.names.parents[node]
                if isinstance(call, ast.Call) and call.func is node and call.args:
                    one = _stack_at(app, module, node.value, 0)
                    other = _stack_at(app, module, call.args[0], 0)
                    if one is not None and other is not None:
                        found.setdefault(one, set()).add(other)
    return found


def _speaking(app: App) -> Iterator[tuple[Construct, Construct]]:
    """Pairs of constructs of which the second speaks of the first, or may be made to."""
    for used, users in app.once(_graph).items():
        yield from ((used, user) for user in users)
    for construct in app.constructs:
        for use in app.uses(construct):
            for method in _methods_around(use.module, use.node):
                owner = reference(app, use.module, method.value)
                asking = _is_of_argument(use.module, method)
                if owner is not None and asking is not False:
                    yield owner.construct, construct
                if owner is not None and asking is not True:
                    yield construct, owner.construct


def _is_of_argument(module: Module, method: ast.Attribute) -> bool | None:
    """Whether what a method makes lies with its argument, and not with its owner; None: unknown.

    A grant is part of the role that gets it, a rule part of the group that has it, unless it is
    told to be remote.
    """
    if method.attr.startswith("grant"):
        return True
    if method.attr == "add_ingress_rule":
        call = module.names.parents[method]
        remote = [k.value for k in call.keywords if k.arg == "remote_rule"]  # type: ignore[attr-defined]  # a call
        return bool(remote) and isinstance(remote[0], ast.Constant) and remote[0].value is True
    return False if method.attr == "add_dependency" or method.attr.startswith("allow_") else None


def _methods_around(module: Module, node: ast.AST) -> Iterator[ast.Attribute]:
    """The methods of which a node is within an argument."""
    child = node
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, ast.stmt):
            return
        called = ancestor.func if isinstance(ancestor, ast.Call) else None
        if isinstance(called, ast.Attribute) and child is not called:
            yield called
        child = ancestor


def _stacks(app: App, construct: Construct) -> ast.AST | None:
    """The class of the stack, or the call that makes it; None if it is not just one."""
    scope = construct.scope
    return _stack_at(app, scope.module, scope.node, 0) if scope is not None else None


def _stack_at(app: App, module: Module, node: ast.expr, depth: int) -> ast.AST | None:
    """The stack that an expression for a scope is, or lies in."""
    evaluator = app.evaluator
    cls = evaluator.resolver.self_class(module, node)
    if cls is None and isinstance(node, ast.Name):
        cls = _of_parameter(app, module, node)
    if cls is not None:
        return _stack_of(app, cls, depth)
    value = evaluator.value(module, node)
    if value.kind == "call" and f"aws_cdk.{value.cdk}" in _STACKS:
        return value.origin
    if value.kind == "instance" and isinstance(value.of, AppClass):
        return _stack_of(app, value.of, depth)
    return None


def _of_parameter(app: App, module: Module, node: ast.Name) -> AppClass | None:
    """The class whose ``self`` all callers of a helper method hand to it: its own."""
    bindings = module.scope_of(node).lookup(node.id)
    if len(bindings) != 1 or bindings[0].kind != "parameter":
        return None
    return app.evaluator.instance_class(module, node)


def _stack_of(app: App, cls: AppClass, depth: int) -> ast.AST | None:
    resolver = app.evaluator.resolver
    lineage = resolver.lineage(cls)
    if any(base in _STACKS for base in resolver.library_bases(cls)):
        return lineage[-1].node
    if depth > _DEEPEST:
        return None
    found = {
        _stack_at(app, module, call.args[0], depth + 1) if call.args else None
        for known in (cls, *resolver.descendants(cls))
        for module, call in app.evaluator.calls_of(known)
    }
    return found.pop() if len(found) == 1 else None


def made_from(app: App, construct: Construct) -> frozenset[Construct]:
    """The constructs that wait for this one: made from it, or told to depend on it."""
    graph = app.once(_graph)
    found: set[Construct] = set()
    pending = [construct]
    while pending:
        new = graph.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return frozenset(found)


def _graph(app: App) -> Mapping[Construct, set[Construct]]:
    by_call = {construct.node: construct for construct in app.constructs}
    found: dict[Construct, set[Construct]] = {}
    for construct in app.constructs:
        places = [(use.module, use.node) for use in app.uses(construct)]
        for module, node in (*places, (construct.module, construct.node)):
            around = (by_call.get(a) for a in module.names.ancestors(node))  # type: ignore[call-overload]  # only calls are keys
            users = {one for one in around if one is not None and one is not construct}
            found.setdefault(construct, set()).update(users)
            if isinstance(node, ast.expr):
                found[construct].update(_depending(app, module, node))
    return found


def _depending(app: App, module: Module, node: ast.expr) -> Iterator[Construct]:
    """The construct ``x`` of ``x.node.add_dependency(construct)``."""
    for method in _methods_around(module, node):
        owner = method.value
        if method.attr == "add_dependency" and isinstance(owner, ast.Attribute):
            found = reference(app, module, owner.value)
            if found is not None:
                yield found.construct
