"""Finding the nodes of a syntax tree that edits speak of."""

from __future__ import annotations

import ast
import bisect
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.edits import (
    AddParameter,
    AppendArgument,
    AppendElement,
    Edit,
    InsertStatements,
    Ref,
    RemoveArgument,
    RemoveStatement,
    ReplaceExpression,
    SetArgument,
    SetEntry,
    WrapExpression,
    WrapStatements,
)
from tapfix.engine.outline import Outline

_OF_STATEMENTS = (AddParameter, InsertStatements, RemoveStatement, WrapStatements)


@dataclass(frozen=True, slots=True)
class Slot:
    """A node, and where it hangs."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    def now(self) -> ast.AST:
        """What hangs there now."""
        value = getattr(self.parent, self.field)
        node: ast.AST = value if self.index is None else value[self.index]
        return node


def place_of(edit: Edit) -> Ref | None:
    """Where in the file an edit takes place; None where it has no place yet."""
    match edit:
        case SetArgument(ref) | RemoveArgument(ref) | AppendArgument(ref):
            return ref
        case SetEntry(ref) | AppendElement(ref) | AddParameter(ref) | InsertStatements(ref):
            return ref
        case ReplaceExpression(ref) | WrapExpression(ref) | RemoveStatement(ref):
            return ref
        case _:
            return None


def kind_of(edit: Edit) -> type[ast.AST]:
    """Whether an edit's place is that of a statement or of an expression."""
    return ast.stmt if isinstance(edit, _OF_STATEMENTS) else ast.expr


def find(outline: Outline, refs: set[Ref]) -> Iterator[tuple[tuple[type[ast.AST], Ref], Slot]]:
    """The statements and expressions that stand at ``refs``."""
    by_span = {(ref.offset, ref.end): ref for ref in refs}
    lines = sorted({bisect.bisect_right(outline.starts, ref.offset) for ref in refs})
    todo: list[ast.AST] = [outline.tree]
    while todo:
        parent = todo.pop()
        if isinstance(parent, ast.JoinedStr) and sys.version_info < (3, 12):
            continue  # inside f-strings, older versions give places that are not true
        for slot in _slots(parent):
            node = slot.node
            if isinstance(node, (ast.stmt, ast.expr)):
                ref = by_span.get(outline.span(node))
                if ref is not None:
                    yield (ast.stmt if isinstance(node, ast.stmt) else ast.expr, ref), slot
                if not _holds_line(node, lines):
                    continue
            todo.append(node)


def _slots(parent: ast.AST) -> Iterator[Slot]:
    for field, value in ast.iter_fields(parent):
        if isinstance(value, ast.AST):
            yield Slot(parent, field, None, value)
        elif isinstance(value, list):
            for index, node in enumerate(value):
                if isinstance(node, ast.AST):
                    yield Slot(parent, field, index, node)


def _holds_line(node: ast.stmt | ast.expr, lines: list[int]) -> bool:
    """Whether one of ``lines`` is a line of the node (decorators may stand above it)."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    place = bisect.bisect_left(lines, first)
    return place < len(lines) and lines[place] <= (node.end_lineno or first)
