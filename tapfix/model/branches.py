"""On what it depends whether a statement runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tapfix.model.modules import Module

_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match, ast.IfExp)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def branches(module: Module, node: ast.AST) -> frozenset[ast.AST]:
    """The branches and loops that decide within a function whether (how often) a node is reached.

    They stand around it, or before it and may leave its block: ``if not is_prod: return``.
    """
    found: set[ast.AST] = set()
    inner = node
    for ancestor in module.names.ancestors(node):
        if isinstance(inner, ast.stmt):
            found.update(_exits_before(inner, ancestor))
        if isinstance(ancestor, _DEFINITIONS):
            break
        if isinstance(ancestor, _BRANCHES):
            found.add(ancestor)
        inner = ancestor
    return frozenset(found)


def _exits_before(statement: ast.stmt, parent: ast.AST) -> Iterator[ast.stmt]:
    """The statements before one in its block that may end the block's run without an error."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            earlier = block[: block.index(statement)]
            yield from (other for other in earlier if _may_leave(other))


def _may_leave(node: ast.AST, in_loop: bool = False) -> bool:
    if isinstance(node, _DEFINITIONS):
        return False
    if isinstance(node, ast.Return):
        return True
    if isinstance(node, (ast.Break, ast.Continue)):
        return not in_loop
    in_loop = in_loop or isinstance(node, _LOOPS)
    return any(
        _may_leave(child, in_loop)
        for child in ast.iter_child_nodes(node)
        if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
    )


_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DECIDING = re.compile(
    "env|environment|stage|prod|production|nonprod|dev|develop|development|staging|preprod|qa|uat"
    "|sandbox|ephemeral|retain|keep|persist|protect|protected",
    re.IGNORECASE,
)


def is_decided(module: Module, node: ast.AST) -> bool:
    """Whether a node stands in a branch that asks for the environment, or whether to keep data.

    ``if env == "prod": … else: …`` around whole constructs is a decision on all their arguments.
    """
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, _DEFINITIONS):
            return False
        if isinstance(ancestor, (ast.If, ast.IfExp)) and _asks(ancestor.test):
            return True
        if isinstance(ancestor, ast.Match) and _asks(ancestor.subject):
            return True
    return False


def _asks(test: ast.expr) -> bool:
    """Whether a name or a text in a condition speaks of environments or of keeping data."""
    for node in ast.walk(test):
        text = getattr(node, "id", None) or getattr(node, "attr", None)
        text = text or getattr(node, "value", None)
        if isinstance(text, str) and any(map(_DECIDING.fullmatch, _WORD.findall(text))):
            return True
    return False
