"""The proof that a rewrite did what was asked, and nothing else.

The edits are done a second time, on the syntax tree of the original and by other code; the tree of
the new text must be equal to that.
"""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Sequence

from tapfix.edits import (
    AddImport,
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
)
from tapfix.engine.errors import RewriteError
from tapfix.engine.imports import imported
from tapfix.engine.outline import Outline, parse
from tapfix.engine.slots import Slot, find, kind_of, place_of

_HOLE = "_tapfix_hole"
_IMPORTS = (ast.Import, ast.ImportFrom)


class Expected:
    """The tree that a file must have after its edits.

    The outline's tree is changed in place. Raises RewriteError where an edit's place is not in it.
    """

    def __init__(self, outline: Outline, edits: Sequence[Edit]) -> None:
        refs = {ref for ref in map(place_of, edits) if ref is not None}
        self.tree = outline.tree
        self._slots = dict(find(outline, refs))
        self._edits = edits
        self._inserted: Counter[tuple[Ref, bool]] = Counter()
        for edit in edits:
            ref = place_of(edit)
            if ref is not None and (kind_of(edit), ref) not in self._slots:
                raise RewriteError("the place of an edit is not in the file", ref)

    def check(self, text: bytes) -> None:
        """Raise RewriteError if ``text`` does not parse to what is expected."""
        for edit in sorted(self._edits, key=_turn):
            self._do(edit)
        result = parse(text)
        added = {_added(edit) for edit in self._edits if isinstance(edit, AddImport)}
        if added:
            old, new = Counter(imported(self.tree)), Counter(imported(result))
            if new != old + (Counter(added) - old):
                raise RewriteError("the imports did not come out as meant")
            for tree in (self.tree, result):
                tree.body = [node for node in tree.body if not isinstance(node, _IMPORTS)]
        if not same_tree(self.tree, result):
            raise RewriteError("the new text does not mean what was meant")

    def _do(self, edit: Edit) -> None:
        ref = place_of(edit)
        if ref is None:
            return
        slot = self._slots[kind_of(edit), ref]
        match edit, slot.node:
            case SetArgument(_, name, value), ast.Call() as call:
                _set_keyword(call, name, _expression(value))
            case RemoveArgument(_, name), ast.Call() as call:
                call.keywords = [keyword for keyword in call.keywords if keyword.arg != name]
            case AppendArgument(_, value), ast.Call() as call:
                call.args.append(_expression(value))
            case SetEntry(_, key, value), ast.Dict() as mapping:
                _set_entry(mapping, key, _expression(value))
            case AppendElement(_, value), ast.List() | ast.Tuple() as sequence:
                sequence.elts.append(_expression(value))
            case ReplaceExpression(_, text), _:
                slot.put(_expression(text))
            case WrapExpression(_, before, after), _:
                slot.put(_Fill(slot.now()).visit(_expression(f"{before}{_HOLE}{after}")))
            case AddParameter(), ast.FunctionDef() | ast.AsyncFunctionDef() as function:
                _add_parameter(function, edit)
            case InsertStatements(), _:
                self._insert(edit, slot)
            case RemoveStatement(), _:
                block: list[ast.stmt] = getattr(slot.parent, slot.field)
                block[:] = [node for node in block if node is not slot.node]
            case _:
                raise RewriteError("the place of an edit holds something else", ref)

    def _insert(self, edit: InsertStatements, slot: Slot) -> None:
        """Behind what was inserted at this anchor before."""
        block: list[ast.stmt] = getattr(slot.parent, slot.field)
        key = (edit.anchor, edit.before)
        position = next(i for i, node in enumerate(block) if node is slot.node)
        if not edit.before:
            position += 1 + self._inserted[key]
        body = parse(edit.text.encode()).body
        self._inserted[key] += len(body)
        block[position:position] = body


def _turn(edit: Edit) -> int:
    """Expressions are replaced before they are wrapped, and after changes inside of them.

    What is inserted beside a statement is there before that goes.
    """
    if isinstance(edit, ReplaceExpression):
        return 1
    if isinstance(edit, RemoveStatement):
        return 3
    return 2 if isinstance(edit, WrapExpression) else 0


class _Fill(ast.NodeTransformer):
    """Puts a node where the hole of a wrapping is."""

    def __init__(self, node: ast.AST) -> None:
        self.node = node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The hole is a name that no program has."""
        return self.node if node.id == _HOLE else node


def _expression(text: str) -> ast.expr:
    try:
        return ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        raise RewriteError("the new text is no expression") from None


def _set_keyword(call: ast.Call, name: str, value: ast.expr) -> None:
    for keyword in call.keywords:
        if keyword.arg == name:
            keyword.value = value
            return
    index = len(call.keywords)
    while index and call.keywords[index - 1].arg is None:
        index -= 1
    call.keywords.insert(index, ast.keyword(arg=name, value=value))


def _set_entry(mapping: ast.Dict, key: str, value: ast.expr) -> None:
    for index in reversed(range(len(mapping.keys))):
        node = mapping.keys[index]
        if isinstance(node, ast.Constant) and node.value == key:
            mapping.values[index] = value
            return
    mapping.keys.append(ast.Constant(key))
    mapping.values.append(value)


def _add_parameter(function: ast.FunctionDef | ast.AsyncFunctionDef, edit: AddParameter) -> None:
    annotation = None if edit.annotation is None else _expression(edit.annotation)
    function.args.kwonlyargs.append(ast.arg(edit.name, annotation))
    default = None if edit.default is None else _expression(edit.default)
    function.args.kw_defaults.append(default)


def _added(edit: AddImport) -> tuple[str, str | None, str | None]:
    alias = None if edit.alias == (edit.name or edit.module) else edit.alias
    return edit.module, edit.name, alias


def same_tree(expected: ast.Module, result: ast.Module) -> bool:
    """Whether two trees mean the same; both lose the indentation inside their docstrings."""
    if _are_alike(expected, result):
        return True
    for tree in (expected, result):
        _clean_docstrings(tree)
    return _are_alike(expected, result)


def _are_alike(expected: ast.Module, result: ast.Module) -> bool:
    """Whether two trees are equal but for places; to dump both would take several times as long."""
    todo: list[tuple[object, object]] = [(expected, result)]
    while todo:
        one, other = todo.pop()
        if type(one) is not type(other):
            return False
        if isinstance(one, ast.AST):
            for name in one._fields:
                here, there = getattr(one, name, None), getattr(other, name, None)
                if here is not there:
                    todo.append((here, there))
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return False
            todo.extend(zip(one, other, strict=True))
        elif one != other:
            return False
    return True


def _clean_docstrings(tree: ast.Module) -> None:
    """A docstring moves with its function: the indentation inside of it does not count."""
    for node in ast.walk(tree):
        for statement in getattr(node, "body", [])[:1]:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                value = statement.value.value
                statement.value.value = inspect.cleandoc(value) if isinstance(value, str) else value
