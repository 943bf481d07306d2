"""Constructs that only some environments have: what they are given is somebody's decision."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.branches import is_for_production
from tapfix.model.python.callers import Callers
from tapfix.model.python.modules import AppClass, AppFunction, Module


def is_decision(app: App, construct: Construct) -> bool:
    """Whether a construct stands in a branch that asks for the environment.

    So does one in a function, method or class of the app that is called once, in a branch that asks
    for production.
    """
    return construct.is_decided or app.once(_Callers).is_for_production(construct)


@dataclass(eq=False)
class _Callers:
    """Which functions and classes of an app are called for production alone."""

    app: App
    _known: dict[AppClass | AppFunction, bool] = field(default_factory=dict)

    def is_for_production(self, construct: Construct) -> bool:
        """Whether a construct is made in what is called for production alone."""
        return self._made_in(construct.module, construct.node)

    def _made_in(self, module: Module, node: ast.AST) -> bool:
        around = module.names.ancestors(node)
        define = next(
            (n for n in around if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))), None
        )
        if define is None:
            return False
        function = self.app.modules.function_at(module, define)
        is_constructor = function.owner is not None and function.name == "__init__"
        target = function.owner if is_constructor else function
        assert target is not None
        if target not in self._known:
            self._known[target] = False  # until it is known: functions may call each other
            self._known[target] = self._is_called(target)
        return self._known[target]

    def _is_called(self, target: AppClass | AppFunction) -> bool:
        if isinstance(target, AppClass) and self.app.evaluator.resolver.descendants(target):
            return False
        evaluator = self.app.evaluator
        is_test = Callers(evaluator).is_test
        calls = [(m, call) for m, call in evaluator.calls_of(target) if not is_test(m)]
        if len(calls) != 1:
            return False
        module, call = calls[0]
        return is_for_production(module, call) or self._made_in(module, call)
