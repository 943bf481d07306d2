"""The logger that a module writes its errors to, made where there is none."""

from __future__ import annotations

import ast

from tapfix.edits import Edit, InsertStatements
from tapfix.model.app import App
from tapfix.model.python.modules import Module
from tapfix.model.python.resolve import split_target
from tapfix.model.python.scopes import Binding
from tapfix.recipes.imports import Code
from tapfix.recipes.library import spell_function

_MAKERS = (
    "aws_lambda_powertools.Logger",
    "aws_lambda_powertools.logging.Logger",
    "aws_lambda_powertools.logging.logger.Logger",
    "logging.getLogger",
    "structlog.get_logger",
    "structlog.getLogger",
    "structlog.stdlib.get_logger",
)
_READY = ("loguru.logger",)
_NAMES = ("logger", "log", "handler_logger")
_LEVELS = ("critical", "debug", "error", "exception", "info", "warning")


def spell_logger(app: App, module: Module, near: ast.AST) -> Code | None:
    """What to call ``exception`` on at a place in a module; None where every name is taken."""
    scope = module.scope_of(near)
    for name, bindings in module.names.module.bindings.items():
        is_seen = scope.lookup(name) is bindings and len(bindings) == 1
        if is_seen and _is_logger(app, module, bindings[0]):
            return Code(name)
    plain = _plain_logging(app, module)
    if plain is not None:
        return Code(plain)
    return _made(app, module)


def _is_logger(app: App, module: Module, binding: Binding) -> bool:
    if binding.kind == "import" and binding.target is not None:
        if binding.target in _READY:
            return True
        head, name = split_target(binding.target)
        package = app.modules.imported(module, head) if head else None
        found = package.names.module.bindings.get(name, []) if package is not None else []
        if package is None or len(found) != 1 or found[0].kind == "import":
            return False
        return _is_logger(app, package, found[0])
    value = binding.value if binding.kind == "assign" else None
    return isinstance(value, ast.Call) and app.evaluator.callee(module, value) in _MAKERS


def _plain_logging(app: App, module: Module) -> str | None:
    """``logging``, where the module logs through that itself."""
    for level in _LEVELS:
        for node in module.names.attributes.get(level, ()):
            name = node.value.id if isinstance(node.value, ast.Name) else ""
            is_plain = app.evaluator.resolver.symbol(module, node) == f"logging.{level}"
            if is_plain and name in module.names.module.bindings:
                return name
    return None


def _made(app: App, module: Module) -> Code | None:
    tree = module.file.tree
    names = {name for scope in module.names.inner.values() for name in scope.bindings}
    name = next((one for one in _NAMES if one not in names), None)
    if name is None:
        return None
    spelled = spell_function(app, module, tree, "logging", "getLogger")
    text = f"{name} = {spelled.text}(__name__)"
    return Code(name, (*spelled.imports, _insertion(module, tree, text)))


def _insertion(module: Module, tree: ast.Module, text: str) -> Edit:
    """Behind the imports, else above the first statement."""
    imports: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            break
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.append(node)
    if imports:
        return InsertStatements(module.ref(imports[-1]), text, blank=1)
    first = tree.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if is_docstring and len(tree.body) > 1:
        return InsertStatements(module.ref(tree.body[1]), text, before=True, blank=1)
    return InsertStatements(module.ref(first), text, before=True, blank=1)
