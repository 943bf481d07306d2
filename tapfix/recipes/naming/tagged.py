"""Constructs that a Name tag of their own names, whatever their ids are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.steady import VISITORS
from tapfix.model.cdk.uses import Use
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value

_TAGS, _ASPECTS, _TAG = "aws_cdk.Tags.of", "aws_cdk.Aspects.of", "aws_cdk.Tag"
_OVERRIDES = ("add_property_override", "add_override")


@dataclass(frozen=True, eq=False)
class _NameTag:
    """A Name tag that code sets on ``target``: ``Tags.of(target).add("Name", …)``.

    ``wide``: it may reach what stands below the target, or anything in the app.
    """

    module: Module
    target: ast.expr
    wide: bool


@dataclass(eq=False)
class NameTags:
    """The Name tags that the code of one app sets itself."""

    app: App

    def may_name(self, construct: Construct) -> bool:
        """Whether a construct has a Name tag of its own, or may have one."""
        if any(tag.wide for tag in self._found):
            return True
        uses = self.app.uses(construct)
        targets = {tag.target for tag in self._found}
        if any(use.node in targets or _sets(use) for use in uses):
            return True
        return self._astray and any(use.kind == "escape" for use in uses)

    @cached_property
    def _astray(self) -> bool:
        """Whether something gets a Name tag of which nobody can tell what it is."""
        symbols = self.app.evaluator.resolver
        return any(
            tag.target not in self.app.followed
            and symbols.self_class(tag.module, tag.target) is None
            for tag in self._found
        )

    @cached_property
    def _found(self) -> tuple[_NameTag, ...]:
        return tuple(
            tag
            for module in self.app.cdk_modules
            for call in module.names.calls
            for tag in self._set_by(module, call)
        )

    def _set_by(self, module: Module, call: ast.Call) -> Iterator[_NameTag]:
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr != "add":
            return
        of = function.value
        owner = self.app.evaluator.callee(module, of) if isinstance(of, ast.Call) else None
        tag: Value | None = self.app.evaluator.value(module, call)
        if owner == _ASPECTS and tag is not None:
            given = tag.argument("aspect", 0)
            tag = given if given is not None and given.name == _TAG else None
        elif owner != _TAGS:
            return
        if tag is not None and isinstance(of, ast.Call) and of.args and _is_name(tag):
            # A construct's own tag wins over those from above, unless these are told to win.
            strong = tag.argument("priority") is not None and of.args[0] not in self.app.followed
            yield _NameTag(module, of.args[0], strong or _visits(module, call))


def _sets(use: Use) -> bool:
    """Whether a use of a construct sets a tag of its resource: ``default_child.tags.set_tag``."""
    if use.kind == "assign":
        return use.method == "tags"
    if use.kind != "call" or use.value is None:
        return False
    if use.method in _OVERRIDES:
        path = use.value.argument("property_path", 0) or use.value.argument("path", 0)
        return path is None or not isinstance(path.constant, str) or "Tags" in path.constant
    return use.method == "set_tag" and _is_name(use.value)


def _is_name(tag: Value) -> bool:
    """Whether the key of a tag is ``Name``, or cannot be told."""
    key = tag.argument("key", 0)
    return key is None or not isinstance(key.constant, str) or key.constant == "Name"


def _visits(module: Module, node: ast.AST) -> bool:
    """Whether code runs in an aspect, for every construct."""
    return any(
        isinstance(around, ast.FunctionDef) and around.name in VISITORS
        for around in module.names.ancestors(node)
    )
