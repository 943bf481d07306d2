"""How a file spells a function of a Python library, and the import where it cannot spell it yet."""

from __future__ import annotations

import ast

from tapfix.edits import AddImport
from tapfix.model.app import App
from tapfix.model.python.modules import Module
from tapfix.model.python.scopes import Binding
from tapfix.recipes.imports import Code


def spell_function(app: App, module: Module, near: ast.AST, library: str, name: str) -> Code:
    """How a place in a file calls ``library.name``, as ``base64.b64decode``.

    What the file imports already is used as it is spelled, ``from library import …`` is extended;
    else ``import library`` is added.
    """
    scope = module.scope_of(near)
    extends = False
    for place in scope.outward():
        for bound, bindings in place.bindings.items():
            if scope.lookup(bound) is not bindings or not _are_there(module, bindings, near):
                continue
            symbol = app.evaluator.resolver.lookup(module, scope, bound)
            if symbol == f"{library}.{name}":
                return Code(bound)
            if symbol == library:
                return Code(f"{bound}.{name}")
            if place.kind == "module" and str(symbol).rpartition(".")[0] == library:
                extends = not scope.lookup(name)
    if extends:
        return Code(name, (AddImport(module.path, library, name),))
    alias = f"{library}_" if scope.lookup(library) else None
    return Code(f"{alias or library}.{name}", (AddImport(module.path, library, alias=alias),))


def _are_there(module: Module, bindings: list[Binding], near: ast.AST) -> bool:
    """Whether a name is surely imported when the code at ``near`` runs."""
    if not all(binding.kind == "import" for binding in bindings):
        return False
    around = {module.names.module.node, *module.names.ancestors(near)}
    parents = [module.names.parents[binding.node] for binding in bindings]
    # `try: import … except ImportError: …` binds it either way.
    return all(p in around or (isinstance(p, ast.Try) and p not in around) for p in parents)
