"""What an app's stacks ask the context themselves, to know which environment they are for.

Such an app has no variable for it where it is made. One that is added there must ask the same, or
the stacks would be of one environment and what is handed to them of another.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tapfix.model.python.callers import home
from tapfix.model.python.modules import Module
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


def own_choice(
    modules: list[Module], names: list[str], context: Mapping[str, object]
) -> OwnChoice | None:
    """What most methods of some modules that ask at all read into variables of some names.

    ``context`` is that of ``cdk.json``: what is no text there is left out.
    """
    read = [choice for module in modules for choice in _in(module)]
    found = [c for c in read if c.name in names and isinstance(context.get(c.key, ""), str)]
    if not found:
        return None
    key = Counter(choice.key for choice in found).most_common(1)[0][0]
    same = [choice for choice in found if choice.key == key]
    chosen = next((choice for choice in same if choice.default is not None), same[0])
    # Without a value from anywhere a stack would be called `None`.
    is_given = chosen.default is not None or key in context
    return chosen if is_given else replace(chosen, default=DEFAULT)


def _in(module: Module) -> Iterator[OwnChoice]:
    for attribute in module.names.attributes.get(_ASKS, ()):
        call = module.names.parents.get(attribute)
        owner = home(module, attribute).parent
        if isinstance(call, ast.Call) and owner is not None and owner.kind == "class":
            choice = _read(module, call)
            if choice is not None:
                yield choice


def _read(module: Module, call: ast.Call) -> OwnChoice | None:
    value: ast.AST = call
    default = None
    around = module.names.parents.get(call)
    if isinstance(around, ast.BoolOp) and isinstance(around.op, ast.Or):
        value, (_, *others) = around, around.values
        default = _text(others[0]) if len(others) == 1 else None
        if default is None:
            return None
    match module.names.parents.get(value), call.args, call.keywords:
        case ast.Assign(targets=[ast.Name(id=name)]), [argument], []:
            key = _text(argument)
            return OwnChoice(name, key, default) if key is not None else None
    return None


def _text(node: ast.expr) -> str | None:
    """A literal text that can be written again as it is."""
    text = node.value if isinstance(node, ast.Constant) else None
    plain = isinstance(text, str) and text.isprintable() and not set(text) & set('"\\')
    return text if plain and isinstance(text, str) else None
