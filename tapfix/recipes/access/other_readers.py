"""Who else, besides the handlers that the app deploys, runs or reads a handler's file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from tapfix.model.app import App
from tapfix.model.python.callers import Callers
from tapfix.model.python.modules import Module
from tapfix.recipes.naming.mentions import is_tested


def run_by(app: App, module: Module) -> str | None:
    """Who may import a handler's file outside of Lambda, where its variables are not set."""
    callers = Callers(app.evaluator)
    if is_tested(app, callers, module):
        return "a test"
    deployed = {one.path for handler in app.handlers for one in handler.modules}
    others = (path for path in _importers(app, module) if path not in deployed)
    return "a script" if any(not callers.is_test_path(path) for path in others) else None


def is_read_elsewhere(app: App, module: Module, name: str) -> bool:
    """Whether another file may read what a module defines, by name or with all the rest."""
    if "__all__" in module.names.module.bindings:
        return True
    return any(name.encode() in app.files[path] for path in _importers(app, module))


def _importers(app: App, module: Module) -> Iterator[str]:
    """The files that may import a module: told from its last word, and rather too many."""
    folder, name = posixpath.split(posixpath.splitext(module.path)[0])
    word = posixpath.basename(folder) if name == "__init__" else name
    for path in app.files:
        is_other = path.endswith(".py") and path != module.path
        if is_other and word in app.modules.imported_words(path):
            yield path
