"""How the statements after the one that makes a construct can speak of it."""

from __future__ import annotations

import ast

from tapfix.model.cdk.constructs import Construct


def carrier(construct: Construct) -> str | None:
    """The name or attribute that the construct's statement assigns it to, as the source has it.

    None if the call is not the whole right side of an assignment to one.
    """
    statement = construct.module.names.parents[construct.node]
    if isinstance(statement, ast.Assign):
        target = statement.targets[-1]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    if not isinstance(target, (ast.Name, ast.Attribute)):
        return None
    return construct.module.file.source(construct.module.ref(target))


def stands_alone(construct: Construct) -> bool:
    """Whether the call is a whole statement: nothing takes what it makes."""
    return isinstance(construct.module.names.parents[construct.node], ast.Expr)
