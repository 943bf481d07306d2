"""Names that are made of their stack's name: they grow with the stack's id."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.modules import AppClass
from tapfix.model.python.values import Value

_STACK_NAMES = ("stack_name", "STACK_NAME")


@dataclass(frozen=True, eq=False)
class Grown:
    """A name made of the stack's name; ``room`` is how long the latter may be at most."""

    construct: Construct
    owner: AppClass | None
    room: int


@dataclass(eq=False)
class GrownNames:
    """The names of one app that its stacks' names are part of, where their length is limited."""

    app: App

    def beyond(self, made: object, length: int) -> Construct | None:
        """A construct whose name passes its limit if the name of its stack has that length.

        ``made`` is what makes the stack, as the evaluator tells it: a class of the app or of CDK.
        """
        for grown in self._found:
            if grown.room < length and self._stands_in(grown.owner, made):
                return grown.construct
        return None

    def _stands_in(self, owner: AppClass | None, made: object) -> bool:
        if owner is None:
            return True
        return isinstance(made, AppClass) and owner in self.app.evaluator.resolver.lineage(made)

    @cached_property
    def _found(self) -> Sequence[Grown]:
        return [grown for construct in self.app.constructs for grown in self._of(construct)]

    def _of(self, construct: Construct) -> Iterator[Grown]:
        name = construct.cls.name_argument
        value = construct.value(name) if name is not None else None
        if name is None or value is None or value.kind != "text":
            return
        limit = construct.cls.arguments[name].max_length
        times = sum(_is_stack_name(part) for part in value.parts)
        if limit is not None and times:
            known = sum(len(part) for part in value.parts if isinstance(part, str))
            yield Grown(construct, self._owner(construct), (limit - known) // times)

    def _owner(self, construct: Construct) -> AppClass | None:
        """The stack's class that a construct stands in; None if it is made elsewhere."""
        scope = construct.module.scope_of(construct.node).function
        if scope is None or not isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        owner = self.app.modules.function_at(construct.module, scope.node).owner
        if owner is None:
            return None
        bases = self.app.evaluator.resolver.library_bases(owner)
        return owner if "aws_cdk.Stack" in bases else None


def _is_stack_name(part: str | Value) -> bool:
    """Whether it is the stack's name, or made of it: ``self.stack_name.lower()``."""
    if isinstance(part, str):
        return False
    nodes = ast.walk(part.node)
    return any(isinstance(node, ast.Attribute) and node.attr in _STACK_NAMES for node in nodes)
