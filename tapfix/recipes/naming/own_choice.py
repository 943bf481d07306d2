"""What an app's stacks ask the context themselves, to know which environment they are for.

Such an app has no variable for it where it is made. One that is added there must ask the same, or
the stacks would be of one environment and what is handed to them of another.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tapfix.model.python.modules import Module
from tapfix.model.python.scopes import Binding
from tapfix.recipes.naming.suffix_source import DEFAULT

_ASKS = "try_get_context"


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """A variable that a stack reads from the context: ``stage = self.node.try_get_context(…)``.

    ``default`` is the text that stands in for nothing, if there is one.
    """

    name: str
    key: str
    default: str | None

    def statement(self, app: str) -> str:
        """The statement that gives the variable its value where ``app`` spells the App."""
        default = f' or "{self.default}"' if self.default is not None else ""
        return f'{self.name} = {app}.node.{_ASKS}("{self.key}"){default}'


@dataclass(frozen=True, slots=True, eq=False)
class _Assigned:
    """A variable of a method; ``choice`` is what it asks the context for, if it does that alone."""

    module: Module
    name: str
    bindings: list[Binding]
    choice: OwnChoice | None


def own_choice(
    modules: list[Module], names: list[str], context: Mapping[str, object]
) -> OwnChoice | None:
    """What methods of some modules that ask at all read into variables of some names.

    None if they do not all ask the same, if it may be no text (``context`` is that of
    ``cdk.json``), or if others get a variable of that name from somewhere else.
    """
    assigned = [one for module in modules for one in _assigned(module, names)]
    found = [one.choice for one in assigned if one.choice is not None]
    keys, defaults = {one.key for one in found}, {one.default for one in found} - {None}
    if len(keys) != 1 or len(defaults) > 1:
        return None
    (key,), name = keys, found[0].name
    asked = [one for one in assigned if one.choice is not None]
    is_text = key in context or bool(defaults) or all(_goes_into_text(one) for one in asked)
    if not isinstance(context.get(key, ""), str) or not is_text or any(map(_is_taken_apart, asked)):
        return None
    if any(one.choice is None and one.name == name for one in assigned):
        return None
    # Without a value from anywhere a stack would be called `None`.
    default = None if key in context else DEFAULT
    return OwnChoice(name, key, next(iter(defaults), default))


def _assigned(module: Module, names: list[str]) -> Iterator[_Assigned]:
    for scope in module.names.inner.values():
        if scope.kind != "function" or scope.parent is None or scope.parent.kind != "class":
            continue
        for name in names:
            bindings = scope.bindings.get(name, [])
            for binding in bindings:
                if binding.kind == "assign":
                    yield _Assigned(module, name, bindings, _read(name, binding.value))


def _goes_into_text(one: _Assigned) -> bool:
    """Whether an f-string is made of a variable."""
    loads = one.module.names.readers(one.name, one.bindings)
    return any(isinstance(one.module.names.parents[load], ast.FormattedValue) for load in loads)


def _is_taken_apart(one: _Assigned) -> bool:
    """Whether something is asked of a variable that only other things than texts have."""
    for load in one.module.names.readers(one.name, one.bindings):
        match one.module.names.parents[load]:
            case ast.Subscript(value=base) if base is load:
                return True
            case ast.Attribute(attr=attribute) if not hasattr(str, attribute):
                return True
    return False


def _read(name: str, value: ast.expr | None) -> OwnChoice | None:
    default = None
    match value:
        case ast.BoolOp(op=ast.Or(), values=[asked, other]):
            value, default = asked, _text(other)
            if default is None:
                return None
    match value:
        case ast.Call(func=ast.Attribute(attr=asks), args=[argument], keywords=[]) if asks == _ASKS:
            key = _text(argument)
            return OwnChoice(name, key, default) if key is not None else None
    return None


def _text(node: ast.expr) -> str | None:
    """A literal text that can be written again as it is."""
    text = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(text, str) or not text.isprintable() or set(text) & set('"\\'):
        return None
    return text
