"""Whether a text that holds a name can hold another one in its place.

A path, an ARN or a word in quotes can: ``collection/orders``, ``{"Resource": ["table/orders"]}``. A
text with a syntax of its own may not: in ``type orders { … }``, ``SELECT * FROM orders`` or
``orders.handler`` the name is a word of another language, or one of a file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tapfix.model.app import App
from tapfix.model.python.callers import Callers
from tapfix.model.python.frames import Frame, arguments
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.recipes.naming.renaming import UNKNOWN

_MARKED = re.compile("\ue000.*?\ue001", re.DOTALL)
_LETTER = r"[\w\-./:*@#=?&+,%~\ue002]"
_PATH = re.compile(f"{_LETTER}*")
_FIELD = re.compile(r"%(?:\(\w+\))?s|\{[^{}]*\}")
_FILLING = frozenset(
    ["format", "format_map", "replace", "substitute", "safe_substitute", "sub", "render", "join"]
)
_MOST = 100
"""So many places are looked at behind one argument."""


def can_change(text: str, name: str) -> bool:
    """Whether a name in a text can give way to a longer one with hyphens."""
    text, name = _MARKED.sub(UNKNOWN, text), _MARKED.sub(UNKNOWN, name)
    places = [match.span() for match in re.finditer(re.escape(name), text)]
    if _PATH.fullmatch(text):
        around = (text[max(start - 1, 0) : start] + text[end : end + 1] for start, end in places)
        return not any("." in letters for letters in around)
    return all(_is_quoted(text[:start], text[end:]) for start, end in places)


def _is_quoted(before: str, behind: str) -> bool:
    """Whether a name stands in a word in quotes that is no key."""
    left = re.search(rf"(['\"]){_LETTER}*$", before)
    right = re.match(rf"{_LETTER}*(['\"])(?!\s*:)", behind)
    return left is not None and right is not None and left[1] == right[1]


def text_around(module: Module, node: ast.expr, known: Callable[[ast.expr], str]) -> str | None:
    """The text that an expression is put into; None if it stands alone.

    ``known`` tells the text of a part. A text that is filled in another way is not told at all.
    """
    parents = module.names.parents
    whole, parent = node, parents.get(node)
    while isinstance(parent, (ast.JoinedStr, ast.FormattedValue, ast.BinOp)):
        whole, parent = parent, parents.get(parent)
    if isinstance(parent, ast.keyword):
        parent = parents.get(parent)
    if whole is node and isinstance(parent, ast.Call) and parent.func is not node:
        function = parent.func
        if not isinstance(function, ast.Attribute) or function.attr not in _FILLING:
            return None
        plain = function.attr == "format"
        return _filled(function.value, known(node)) if plain else f" {known(node)} "
    return None if whole is node else "".join(_spelled(whole, node, known))


def _spelled(part: ast.expr, node: ast.expr, known: Callable[[ast.expr], str]) -> Iterator[str]:
    if part is node:
        yield known(node)
    elif isinstance(part, ast.JoinedStr):
        for piece in part.values:
            yield from _spelled(piece, node, known)
    elif isinstance(part, ast.FormattedValue):
        yield from _spelled(part.value, node, known)
    elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
        yield from _spelled(part.left, node, known)
        yield from _spelled(part.right, node, known)
    elif isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod):
        yield _filled(part.left, known(node))
    else:
        yield known(part)


def _filled(template: ast.expr, text: str) -> str:
    """A template with a text in each of its fields."""
    value = template.value if isinstance(template, ast.Constant) else None
    return _FIELD.sub(lambda _: text, value) if isinstance(value, str) else f" {text} "


@dataclass(frozen=True, eq=False)
class Wording:
    """Follows what an argument gives to the app's own functions and classes."""

    app: App
    callers: Callers

    def is_bound(self, module: Module, node: ast.expr, name: str) -> bool:
        """Whether the app's code puts what an argument gives it into a text that cannot change."""

        def known(part: ast.expr) -> str:
            if isinstance(part, ast.Constant):
                return str(part.value)
            return name if part in seen else UNKNOWN

        pending, seen = [(module, node)], {node}
        while pending and len(seen) < _MOST:
            for reader, load in self._readers(*pending.pop()):
                if load in seen:
                    continue
                seen.add(load)
                text = text_around(reader, load, known)
                if text is not None and not can_change(text, name):
                    return True
                pending.append((reader, load))
        return False

    def _readers(self, module: Module, node: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
        """Where the value of an expression is read next."""
        parent = module.names.parents.get(node)
        if isinstance(parent, ast.keyword):
            parent = module.names.parents.get(parent)
        if isinstance(parent, ast.Call):
            yield from self._parameters(module, parent, node)
        elif isinstance(parent, ast.Assign):
            for target in parent.targets:
                yield from self._carried(module, target)

    def _carried(self, module: Module, target: ast.expr) -> Iterator[tuple[Module, ast.expr]]:
        if isinstance(target, ast.Name):
            bindings = module.scope_of(target).lookup(target.id)
            yield from ((module, load) for load in module.names.readers(target.id, bindings))
        elif isinstance(target, ast.Attribute):
            by_owner = self.app.evaluator.attribute_reads(target.attr)
            cls = self.app.evaluator.resolver.self_class(module, target.value)
            for owner in (
                None,
                *(self.app.evaluator.resolver.descendants(cls) if cls else ()),
                cls,
            ):
                yield from by_owner.get(owner, ())

    def _parameters(
        self, module: Module, call: ast.Call, node: ast.expr
    ) -> Iterator[tuple[Module, ast.expr]]:
        callee = self.app.evaluator.callee(module, call)
        if isinstance(callee, AppClass):
            callee = self.callers.constructor(callee)
        if not isinstance(callee, AppFunction):
            return
        for binding, given in arguments(callee, module, call, Frame()).items():
            if given.node is node and isinstance(binding.node, ast.arg):
                name = binding.node.arg
                bindings = callee.scope.bindings[name]
                for load in callee.module.names.readers(name, bindings):
                    yield callee.module, load
