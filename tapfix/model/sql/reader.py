"""What the modules that read the parts of one statement ask of each other."""

from __future__ import annotations

import itertools
from typing import Protocol

from sqlglot import exp

from tapfix.model.sql.notes import Notes
from tapfix.model.sql.scopes import Rows, Scope, Term
from tapfix.model.sql.trees import children


class Reader(Protocol):
    """Reads any part of one statement: queries hold expressions, and these hold queries."""

    @property
    def notes(self) -> Notes:
        """Where what is read is noted."""

    def term(self, node: exp.Expr, scope: Scope) -> Term:
        """What an expression is; all columns in it are noted."""

    def condition(self, node: exp.Expr, scope: Scope) -> None:
        """Read an expression that is true or false."""

    def rows(self, node: exp.Expr, scope: Scope) -> Rows:
        """Read a query, or a statement that writes, with the rows that it gives back."""


def visit(reader: Reader, node: exp.Expr, scope: Scope) -> None:
    """Read all that stands within a node of which nothing itself is known."""
    for child in children(node):
        reader.term(child, scope)


def alike(reader: Reader, nodes: list[exp.Expr], scope: Scope) -> Term:
    """Expressions that must be of one type."""
    terms = [reader.term(node, scope) for node in nodes]
    for one, other in itertools.pairwise(terms):
        reader.notes.connect(one, other, compares=True)
    return sum(terms, Term())
