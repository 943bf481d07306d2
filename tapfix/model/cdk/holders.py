"""What a construct lies in: the calls and classes that make the scopes around it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.frames import Frame, arguments
from tapfix.model.python.modules import AppClass, AppFunction, Module


@dataclass(frozen=True, eq=False)
class Holders:
    """The scopes around a construct.

    ``nodes`` are the calls that make one of them and the statements of the classes of which one is
    an instance. ``complete`` says that there are no others.
    """

    nodes: frozenset[ast.AST]
    complete: bool


def holders(evaluator: Evaluator, construct: Construct) -> Holders:
    """The scopes around a construct, up to the app, wherever its class or function is called."""
    climb = _Climb(evaluator)
    if construct.scope is None:
        climb.complete = False
    else:
        climb.pending.append((construct.scope.module, construct.scope.node))
    climb.run()
    return Holders(frozenset(climb.nodes), climb.complete)


@dataclass(eq=False)
class _Climb:
    evaluator: Evaluator
    complete: bool = True
    nodes: set[ast.AST] = field(default_factory=set)
    pending: list[tuple[Module, ast.expr]] = field(default_factory=list)

    def run(self) -> None:
        seen: set[ast.expr] = set()
        while self.pending:
            module, node = self.pending.pop()
            if node not in seen:
                seen.add(node)
                self.scope(module, node)

    def scope(self, module: Module, node: ast.expr) -> None:
        """Note what an expression that stands for a scope is."""
        cls = self.evaluator.resolver.self_class(module, node)
        if cls is not None:
            self.instance_of(cls)
            return
        value = self.evaluator.value(module, node)
        if isinstance(value.origin, ast.Call) and value.kind in ("call", "instance"):
            if isinstance(value.of, AppClass):
                self.nodes.update(known.node for known in self.evaluator.resolver.lineage(value.of))
            self.made(value.origin_module, value.origin, is_app=value.cdk == "App")
        elif not self.parameter(module, node):
            self.complete = False

    def instance_of(self, cls: AppClass) -> None:
        resolver = self.evaluator.resolver
        family = (*resolver.lineage(cls), *resolver.descendants(cls))
        self.nodes.update(known.node for known in family)
        calls = [call for known in family for call in self.evaluator.calls_of(known)]
        self.complete = self.complete and bool(calls)
        for module, call in calls:
            self.made(module, call)

    def made(self, module: Module, call: ast.Call, is_app: bool = False) -> None:
        """Note a call that makes a scope, and go on with the scope that it is given."""
        self.nodes.add(call)
        if is_app:
            return
        named = (keyword.value for keyword in call.keywords if keyword.arg == "scope")
        scope = call.args[0] if call.args else next(named, None)
        if scope is None or isinstance(scope, ast.Starred):
            self.complete = False
        else:
            self.pending.append((module, scope))

    def parameter(self, module: Module, node: ast.expr) -> bool:
        """Go on with what callers give for a parameter; whether they are known."""
        bindings = module.scope_of(node).lookup(node.id) if isinstance(node, ast.Name) else []
        if len(bindings) != 1 or bindings[0].kind != "parameter":
            return False
        function = self._function(module, bindings[0].scope.node)
        if function is None:
            return False
        is_constructor = function.owner is not None and function.name == "__init__"
        target = function.owner if is_constructor else function
        assert target is not None
        calls = list(self.evaluator.calls_of(target))
        given = [arguments(function, m, call, Frame()).get(bindings[0]) for m, call in calls]
        self.pending += [(one.module, one.node) for one in given if one is not None]
        return bool(given) and None not in given

    def _function(self, module: Module, node: ast.AST) -> AppFunction | None:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        return self.evaluator.resolver.modules.function_at(module, node)
