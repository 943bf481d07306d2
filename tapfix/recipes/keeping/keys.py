"""What KMS keys encrypt: without its key, data that is kept cannot be read any more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.recipes.keeping.removal import Policies


def kept_with(policies: Policies, key: Construct) -> Construct | None:
    """Something encrypted with a key that stays, or may stay, when its stack goes."""
    for construct in _given(policies.app, key):
        removal = policies.of(construct)
        if removal is None or removal.keeps:
            return construct
    return None


def _given(app: App, key: Construct) -> Iterator[Construct]:
    """The constructs that the key, or something of it, is an argument of."""
    by_call = app.once(_by_call)
    for use in app.uses(key):
        for ancestor in use.module.names.ancestors(use.node):
            if ancestor in by_call and ancestor is not key.node:
                yield by_call[ancestor]
            if isinstance(ancestor, ast.stmt):
                break


def _by_call(app: App) -> dict[ast.AST, Construct]:
    return {construct.node: construct for construct in app.constructs}
