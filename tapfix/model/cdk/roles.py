"""In what role an app hands a construct to others: the words around each of its uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.uses import Use


def roles(app: App, construct: Construct) -> frozenset[str]:
    """The keywords, dict keys and callees that a construct, or something of it, is given to.

    ``sqs.DeadLetterQueue(queue=failed)`` gives ``queue`` and ``DeadLetterQueue``.
    """
    given = (word for use in app.uses(construct) for word in _around(use))
    # What is made in the place where it is needed is bound to no name.
    return frozenset((*given, *_words(construct.module.names.parents, construct.node)))


def _around(use: Use) -> Iterator[str]:
    yield from _words(use.module.names.parents, use.node)


def _words(parents: dict[ast.AST, ast.AST], node: ast.AST) -> Iterator[str]:
    """The words between an expression and its statement, or the construct it is an argument of."""
    child, parent = node, parents.get(node)
    while parent is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.keyword) and parent.arg is not None:
            yield parent.arg
        elif isinstance(parent, ast.Call) and child is not parent.func:
            yield _last(parent.func)
        elif isinstance(parent, ast.Dict) and child in parent.values:
            key = parent.keys[parent.values.index(child)]
            # `ARCHIVE_BUCKET` is the name of an environment variable, which says nothing sure.
            if isinstance(key, ast.Constant) and not str(key.value).isupper():
                yield str(key.value)
        child, parent = parent, parents.get(parent)


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
