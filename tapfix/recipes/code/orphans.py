"""The handler that an app holds for a function and does not deploy."""

from __future__ import annotations

import posixpath
import sys

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.functions import LambdaFunction
from tapfix.model.lambdas.handlers import Handler
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.code.asset_folders import is_free_of_stacks
from tapfix.recipes.code.handler_names import GENERIC, PROVIDED, own_names, snake


def waiting_handler(app: App, function: LambdaFunction) -> Handler | Obstacle | None:
    """The orphan that is a function's handler: called like it, and with the same function in it.

    It is an obstacle where there is more than one, or where it cannot run by itself.
    """
    name = (function.handler or "").rpartition(".")[2]
    wanted = set(own_names(function.construct))
    found = [
        handler
        for handler in app.handlers
        if handler.is_orphan and handler.name == name and _title(handler) in wanted
    ]
    if not found or not function.may_be_python:
        return None
    files = [app.relative(handler.module.path) for handler in found]
    if len(found) > 1:
        return Obstacle(f"{' and '.join(files)} could both be its handler")
    reason = _why_not(app, found[0])
    if reason is not None:
        return Obstacle(f"{files[0]}, which nothing deploys, is its handler, but {reason}")
    return found[0]


def _title(handler: Handler) -> str:
    """The name of a handler's module, or of its folder where that says more."""
    folder, file = posixpath.split(handler.module.path)
    stem = file.removesuffix(".py")
    return snake(posixpath.basename(folder) if stem in GENERIC else stem)


def _why_not(app: App, handler: Handler) -> str | None:
    """Why the folder of a handler cannot be deployed as it is, if it cannot."""
    folder = posixpath.dirname(handler.module.path)
    if not is_free_of_stacks(app, folder):
        return "its folder holds stack code too: move it to one of its own"
    for name in handler.module.names.imports:
        found = app.modules.imported(handler.module, name)
        if name.startswith("."):
            return "its relative imports need a package around it"
        path = f"{folder}/{name.replace('.', '/')}"
        if found is not None and found.path not in (f"{path}.py", f"{path}/__init__.py"):
            return f"it imports {name}, which is not in its folder"
    return None


def missing_imports(app: App, handler: Handler, construct: Construct) -> list[str]:
    """Top-level names that a handler imports and that neither Lambda nor its folder has."""
    if "layers" in construct.arguments:
        return []
    names = {
        name.partition(".")[0]
        for module in handler.modules
        for name in module.names.imports
        if not name.startswith(".") and app.modules.imported(module, name) is None
    }
    return sorted(names - PROVIDED - sys.stdlib_module_names)
