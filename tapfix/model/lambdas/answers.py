"""Whether a handler answers a batch with the records that it could not process."""

from __future__ import annotations

import ast

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.python.modules import AppFunction, Module

_KEY = "batchItemFailures"
_BATCH = "aws_lambda_powertools.utilities.batch"
_DEEPEST = 4


def answers_failures(app: App, functions: tuple[Construct, ...]) -> bool:
    """Whether all handlers of some Lambda functions answer with ``batchItemFailures``.

    Lambda reads such an answer only if the event source says ``ReportBatchItemFailures``; without
    that the failed records count as processed.
    """
    handlers = [
        handler
        for handler in (*app.handlers, *(inline for _, inline in app.inline_handlers))
        if any(by.construct in functions for by in handler.deployed_by)
    ]
    made = {by.construct for handler in handlers for by in handler.deployed_by}
    known = bool(functions) and made.issuperset(functions)
    return known and all(_answers(app, handler) for handler in handlers)


def _answers(app: App, handler: Handler) -> bool:
    function = handler.function
    if function is None:
        return False
    return _names_key(app, function.module, function.node, 0, set())


def _names_key(app: App, module: Module, node: ast.AST, depth: int, seen: set[ast.AST]) -> bool:
    """Whether the code of a function, or of one that it calls, makes such an answer."""
    if node in seen or depth > _DEEPEST:
        return False
    seen.add(node)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and inner.value == _KEY:
            return True
        if isinstance(inner, (ast.Name, ast.Attribute)):
            symbol = app.evaluator.named(module, inner)
            if isinstance(symbol, str) and symbol.startswith(_BATCH):
                return True
            if isinstance(symbol, AppFunction) and _names_key(
                app, symbol.module, symbol.node, depth + 1, seen
            ):
                return True
    return False
