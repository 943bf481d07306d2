"""What stands around an expression: the call, the dict or the assignment that it is given to."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tapfix.model.python.modules import Module

_VARIABLES = ("environment", "environment_variables")
_WHOLES = (ast.BinOp, ast.List, ast.Tuple, ast.Set, ast.IfExp, ast.Starred)
_NOWHERE = (ast.Compare, ast.Expr, ast.Raise, ast.Assert, ast.Subscript, ast.arg, ast.match_case)


@dataclass(frozen=True, eq=False)
class Given:
    """An argument of a call: its keyword (else empty) or its 0-based position (else -1)."""

    call: ast.Call
    keyword: str = ""
    position: int = -1

    @property
    def method(self) -> str:
        """The last name of what is called."""
        function = self.call.func
        if isinstance(function, ast.Attribute):
            return function.attr
        return function.id if isinstance(function, ast.Name) else ""

    def is_second_of(self, method: str) -> bool:
        """Whether it is the second argument of a method of that name."""
        return self.method == method and (self.position == 1 or self.keyword == "value")


@dataclass(frozen=True, eq=False)
class Place:
    """Where an expression stands.

    ``whole`` is the sum that it is part of, or the expression itself. ``key`` is the key of the
    dict entry that it is the value of; ``is_variable`` says that the dict holds environment
    variables, ``is_definition`` that a name takes the whole.
    """

    whole: ast.expr
    given: Given | None = None
    key: str = ""
    is_variable: bool = False
    is_definition: bool = False


def place_of(module: Module, node: ast.expr) -> Place | None:
    """The place of an expression; None where it is no value: compared, raised, a key."""
    parents = module.names.parents
    child, parent = node, parents.get(node)
    whole = node
    while isinstance(parent, _WHOLES):
        if isinstance(parent, ast.BinOp):
            whole = parent
        child, parent = parent, parents.get(parent)
    if parent is None or isinstance(parent, _NOWHERE):
        return None
    if isinstance(parent, (ast.Assign, ast.AnnAssign)):
        target = parent.targets[0] if isinstance(parent, ast.Assign) else parent.target
        named = isinstance(target, (ast.Name, ast.Attribute)) and child is node
        return Place(whole, is_definition=named)
    if isinstance(parent, ast.Dict):
        return _in_dict(module, whole, child, parent)
    if isinstance(parent, ast.keyword):
        call = parents[parent]
        assert isinstance(call, ast.Call)
        return Place(whole, Given(call, keyword=parent.arg or ""))
    if isinstance(parent, ast.Call) and child in parent.args:
        return Place(whole, Given(parent, position=parent.args.index(child)))
    return Place(whole)


def _in_dict(module: Module, whole: ast.expr, child: ast.expr, parent: ast.Dict) -> Place | None:
    if child not in parent.values:
        return None
    key = parent.keys[parent.values.index(child)]
    text = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
    holder = module.names.parents.get(parent)
    variables = isinstance(holder, ast.keyword) and holder.arg in _VARIABLES
    return Place(whole, key=text, is_variable=variables)
