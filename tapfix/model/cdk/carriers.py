"""How the statements after the one that makes a construct can speak of it."""

from __future__ import annotations

import ast

from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.modules import Module


def carrier(construct: Construct) -> str | None:
    """The name or attribute that the construct's statement assigns it to, as the source has it.

    None if the call is not the whole right side of an assignment to one.
    """
    return taken_as(construct.module, construct.node)


def taken_as(module: Module, node: ast.expr) -> str | None:
    """The name or attribute that an expression's statement assigns it to."""
    statement = module.names.parents[node]
    if isinstance(statement, ast.Assign):
        target = statement.targets[-1]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    if not isinstance(target, (ast.Name, ast.Attribute)):
        return None
    return module.file.source(module.ref(target))


def stands_alone(construct: Construct) -> bool:
    """Whether the call is a whole statement: nothing takes what it makes."""
    return isinstance(construct.module.names.parents[construct.node], ast.Expr)
