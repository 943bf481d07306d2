"""Which edits are the same, and which contradict each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from tapfix.edits import (
    AddImport,
    AddParameter,
    CreateFile,
    DeleteFile,
    Edit,
    RemoveArgument,
    RemoveStatement,
    ReplaceExpression,
    SetArgument,
    SetEntry,
    WrapExpression,
    WrapStatements,
)


def claim(edit: Edit) -> Hashable | None:
    """What an edit decides on alone: two different edits with one claim contradict each other.

    None for an edit that goes together with any other.
    """
    match edit:
        case SetArgument(call, name) | RemoveArgument(call, name):
            return "argument", call, name
        case SetEntry(mapping, key):
            return "entry", mapping, key
        case ReplaceExpression(expression):
            return "expression", expression
        case WrapExpression(expression):
            return "wrapping", expression
        case AddParameter(function, name):
            return "parameter", function, name
        case AddImport(path, module, name, alias):
            return "import", path, alias or name or module
        case CreateFile(path) | DeleteFile(path):
            return "file", path
        case RemoveStatement(statement):
            return "statement", statement
        case WrapStatements(first):
            return "statements from", first
        case _:
            return None


class Claims:
    """The edits taken so far, each once, in order."""

    def __init__(self) -> None:
        self._edits: dict[Edit, None] = {}
        self._claims: dict[Hashable, Edit] = {}

    def contradicted(self, edits: Iterable[Edit]) -> tuple[Edit, Edit] | None:
        """The first of ``edits`` that contradicts one taken, or another of them, with that one."""
        own: dict[Hashable, Edit] = {}
        for edit in edits:
            key = claim(edit)
            other = own.get(key) or self._claims.get(key)
            if key is not None and other is not None and other != edit:
                return edit, other
            own[key] = edit
        return None

    def take(self, edits: Iterable[Edit]) -> None:
        """Add edits that contradict nothing."""
        for edit in edits:
            self._edits.setdefault(edit)
            self._claims[claim(edit)] = edit

    def edits(self) -> list[Edit]:
        """What was taken, without repetitions."""
        return list(self._edits)


def subject(edit: Edit) -> str:
    """What an edit is about, for the line that says why it was refused: names, never a value."""
    match edit:
        case SetArgument(_, name) | RemoveArgument(_, name):
            return f"the argument {name}"
        case SetEntry(_, key):
            return f"the entry {key}"
        case AddParameter(_, name):
            return f"the parameter {name}"
        case AddImport(_, module, name, alias):
            return f"the name {alias or name or module}"
        case CreateFile(path) | DeleteFile(path):
            return f"the file {path}"
        case WrapStatements():
            return "what stands around a statement"
        case _:
            return "one expression"
