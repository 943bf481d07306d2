"""The function by which a handler reads the secret of its database."""

from __future__ import annotations

import ast
from pathlib import Path

from tapfix.edits import Edit, InsertStatements
from tapfix.model.app import App
from tapfix.model.python.modules import Module
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.imports import Code
from tapfix.recipes.library import spell_function

TEMPLATE = Path(__file__).parents[1] / "templates" / "database_secret.py"
_NAME = "database_secret"
_VARIABLE = "DB_SECRET_ARN"
_LIBRARY = (("functools", "cache"), ("boto3", "client"), ("os", "environ"), ("json", "loads"))
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LOCALS = ("secret", "database_login", "stored_login")


def reader(app: App, module: Module, variable: str, needed: ast.stmt) -> Code | Obstacle:
    """How a module calls the function that reads the secret, which is added where it is missing.

    It stands above ``needed``, if that runs while the module is imported.
    """
    tree = module.file.tree
    text, imports = _text(), list[Edit]()
    for library, name in _LIBRARY:
        code = spell_function(app, module, tree, library, name)
        text = text.replace(f"{library}.{name}", code.text)
        imports += code.imports
    text = text.replace(_VARIABLE, variable)
    for node in module.names.functions:
        if node.name == _NAME and _is_same(node, text):
            return Code(_NAME)
    if _is_taken(module, _NAME):
        return Obstacle(f"{_NAME} is something else in the handler")
    place = _place(module, tree, needed)
    if place is None:
        return Obstacle("its imports stand behind its code")
    insertion = InsertStatements(module.ref(place), text, before=True)
    return Code(_NAME, (*imports, insertion))


def local_name(module: Module) -> str | Obstacle:
    """A name for the secret that means nothing else in a module."""
    for name in _LOCALS:
        if not _is_taken(module, name) or _is_secret(module, name):
            return name
    return Obstacle("every name for the secret is something else in the handler")


def _text() -> str:
    """The function in the template, with its decorator."""
    source = TEMPLATE.read_text(encoding="utf-8")
    node = next(one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef))
    first = node.decorator_list[0].lineno - 1
    return "\n".join(source.splitlines()[first : node.end_lineno])


def _is_same(node: ast.FunctionDef | ast.AsyncFunctionDef, text: str) -> bool:
    return ast.dump(node) == ast.dump(ast.parse(text).body[0])


def _is_taken(module: Module, name: str) -> bool:
    scopes = [module.names.module, *module.names.inner.values()]
    return any(name in scope.bindings for scope in scopes) or name in module.names.loads


def _is_secret(module: Module, name: str) -> bool:
    """Whether a name stands for what the function gave everywhere in a module."""
    scopes = [module.names.module, *module.names.inner.values()]
    given = [one.value for scope in scopes for one in scope.bindings.get(name, ())]
    return bool(given) and all(
        isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == _NAME
        for value in given
    )


def _place(module: Module, tree: ast.Module, needed: ast.stmt) -> ast.stmt | None:
    """The first definition below the imports, or what needs the function sooner."""
    around = {needed, *module.names.ancestors(needed)}
    for index, statement in enumerate(tree.body):
        if statement in around or isinstance(statement, _DEFINITIONS):
            later = any(isinstance(one, (ast.Import, ast.ImportFrom)) for one in tree.body[index:])
            if not later:
                return statement
            if statement in around:
                return None
    return None
