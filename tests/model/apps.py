"""Small apps in memory."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping

from tapfix.model.app import App, read_app
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value
from tapfix.model.settings import Settings

ROOT = "/app"


def read(source: str, files: Mapping[str, str] = {}) -> App:
    """An app whose ``app.py`` is ``source``, with further files by relative path."""
    return read_tree({"app.py": source, **files})


def read_tree(files: Mapping[str, str]) -> App:
    """An app of files by relative path."""
    texts = {path: textwrap.dedent(text) for path, text in files.items()}
    app = read_app(
        ROOT, {f"{ROOT}/{path}": text.encode() for path, text in texts.items()}, Settings()
    )
    assert not app.problems, app.problems
    return app


def module_of(app: App, path: str = "app.py") -> Module:
    """A module of an app by relative path."""
    module = app.modules.get(f"{ROOT}/{path}")
    assert module is not None
    return module


def last_expression(module: Module) -> ast.expr:
    """The value of the module's last statement, wherever it is nested."""
    statement: ast.AST = module.file.tree.body[-1]
    while isinstance(body := getattr(statement, "body", None), list):
        statement = body[-1]
    value = getattr(statement, "value", None)
    assert isinstance(value, ast.expr)
    return value


def value_of(source: str, files: Mapping[str, str] = {}) -> Value:
    """What is known of the last expression of ``app.py``, which imports ``aws_cdk`` first."""
    app = read("import aws_cdk\n" + textwrap.dedent(source), files)
    module = module_of(app)
    return app.evaluator.value(module, last_expression(module))
