"""On what it depends whether a statement runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Set

from tapfix.model.python.modules import Module

_BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match, ast.IfExp)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def branches(module: Module, node: ast.AST) -> frozenset[ast.AST]:
    """The branches and loops that decide within a function whether (how often) a node is reached.

    They stand around it, or before it and may leave its block: ``if not is_prod: return``.
    """
    found: set[ast.AST] = set()
    leaving = module.leaving
    inner = node
    for ancestor in module.names.ancestors(node):
        if ancestor in leaving and isinstance(inner, ast.stmt):
            found.update(_exits_before(inner, ancestor, leaving[ancestor]))
        if isinstance(ancestor, _DEFINITIONS):
            break
        if isinstance(ancestor, _BRANCHES):
            found.add(ancestor)
        inner = ancestor
    return frozenset(found)


def _exits_before(
    statement: ast.stmt, parent: ast.AST, leaving: Set[ast.AST]
) -> Iterator[ast.stmt]:
    """The statements before one in its block that may end the block's run without an error."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            earlier = block[: block.index(statement)]
            yield from (other for other in earlier if other in leaving)


_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_DECIDING = re.compile(
    "env|environment|stage|prod|production|nonprod|dev|develop|development|staging|preprod|qa|uat"
    "|sandbox|ephemeral|retain|keep|persist|protect|protected",
    re.IGNORECASE,
)
_PRODUCTION = re.compile("prod|production", re.IGNORECASE)


def is_decided(module: Module, node: ast.AST) -> bool:
    """Whether a node stands in a branch that asks for the environment, or whether to keep data.

    ``if env == "prod": … else: …`` around whole constructs, or ``if env == "dev": return`` before
    them, is a decision on all their arguments.
    """
    return any(_speaks(part, _DECIDING) for part in _conditions(module, node))


def is_for_production(module: Module, node: ast.AST) -> bool:
    """Whether a node stands in a branch whose condition speaks of production."""
    return any(_speaks(part, _PRODUCTION) for part in _conditions(module, node))


def _conditions(module: Module, node: ast.AST) -> Iterator[ast.AST]:
    """What is asked before a node is reached, in its own function and in those around it."""
    inner = node
    for ancestor in module.names.ancestors(node):
        if ancestor in module.leaving and isinstance(inner, ast.stmt):
            earlier = _exits_before(inner, ancestor, module.leaving[ancestor])
            yield from (other.test for other in earlier if isinstance(other, ast.If))
        if isinstance(ancestor, (ast.If, ast.IfExp)) and inner is not ancestor.test:
            yield ancestor.test
        if isinstance(ancestor, ast.Match):
            yield ancestor.subject
        if isinstance(ancestor, ast.match_case):
            yield ancestor.pattern
        inner = ancestor


def _speaks(condition: ast.AST, words: re.Pattern[str]) -> bool:
    """Whether a name or a text in a condition has one of these words in it."""
    for node in ast.walk(condition):
        text = getattr(node, "id", None) or getattr(node, "attr", None)
        text = text or getattr(node, "value", None)
        if isinstance(text, str) and any(map(words.fullmatch, _WORD.findall(text))):
            return True
    return False
