"""The ways in which code is run: what its parameters and loop variables stand for each time.

A construct in a helper function is made once for each call of that function, one in a loop once for
each element. A *frame* is one such time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.modules import AppFunction, Module
from tapfix.model.python.scopes import Binding, Scope

_DEEPEST = 3
"""So many calls are followed outwards."""
_MOST = 100
"""Code that is run in more ways than this is not looked into."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The expression that a parameter or a loop variable stands for, and the frame around that."""

    module: Module
    node: ast.expr
    frame: Frame


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What bindings without a value of their own stand for in one run of the code."""

    given: Mapping[Binding, Given] = field(default_factory=dict)

    def with_(self, other: Mapping[Binding, Given]) -> Frame:
        """The frame and what ``other`` gives."""
        return Frame({**self.given, **other})

    def of(self, bindings: list[Binding]) -> Given | None:
        """What a name with these bindings stands for; the name of several loops is one of each."""
        found = [self.given[binding] for binding in bindings if binding in self.given]
        sure = len(bindings) == 1 or all(b.kind in ("loop", "other") for b in bindings)
        return found[0] if len(found) == 1 and sure else None


def frames_of(evaluator: Evaluator, module: Module, node: ast.AST, depth: int = 0) -> list[Frame]:
    """Every way in which the code at a node is run, as far as calls and loops can be seen.

    There is at least one: the frame that gives nothing.
    """
    found = [Frame()]
    function = _function_around(evaluator, module, node)
    if function is not None and depth < _DEEPEST:
        calls = list(_calls(evaluator, function, depth))
        found = calls if 0 < len(calls) <= _MOST else found
    for loop in _loops(module, node):
        turns = [turn for frame in found for turn in _turns(evaluator, module, loop, frame)]
        found = turns if 0 < len(turns) <= _MOST else found
    return found


def _function_around(evaluator: Evaluator, module: Module, node: ast.AST) -> AppFunction | None:
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return evaluator.resolver.modules.function_at(module, ancestor)
    return None


# Calls


def _calls(evaluator: Evaluator, function: AppFunction, depth: int) -> Iterator[Frame]:
    is_constructor = function.owner is not None and function.name == "__init__"
    target = function.owner if is_constructor else function
    assert target is not None
    for module, call in evaluator.calls_of(target):
        for around in frames_of(evaluator, module, call, depth + 1):
            yield Frame(arguments(function, module, call, around))


def arguments(
    function: AppFunction, module: Module, call: ast.Call, around: Frame
) -> dict[Binding, Given]:
    """What a call gives for each parameter of a function of the app, defaults included."""
    names = list(function.positional)
    if function.owner is not None and not _is_static(function):
        names = names[1:]
    given = _defaults(function)
    plain = list(call.args)
    if any(isinstance(argument, ast.Starred) for argument in plain):
        plain = []
    given |= {n: Given(module, a, around) for n, a in zip(names, plain, strict=False)}
    given |= {k.arg: Given(module, k.value, around) for k in call.keywords if k.arg is not None}
    bindings = {name: function.scope.bindings.get(name, []) for name in given}
    return {
        found[0]: given[name]
        for name, found in bindings.items()
        if len(found) == 1 and found[0].kind == "parameter"
    }


def _is_static(function: AppFunction) -> bool:
    decorators = function.node.decorator_list
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in decorators)


def _defaults(function: AppFunction) -> dict[str, Given]:
    a = function.node.args
    positional = (*a.posonlyargs, *a.args)
    pairs = zip(reversed(positional), reversed(a.defaults), strict=False)
    found = {arg.arg: Given(function.module, value, Frame()) for arg, value in pairs}
    for arg, value in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        if value is not None:
            found[arg.arg] = Given(function.module, value, Frame())
    return found


# Loops


def _loops(module: Module, node: ast.AST) -> list[ast.For | ast.comprehension]:
    """The loops around a node within its function, outermost first."""
    found: list[ast.For | ast.comprehension] = []
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            break
        if isinstance(ancestor, ast.For):
            found.append(ancestor)
        elif isinstance(ancestor, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)):
            found += reversed(ancestor.generators)
    return found[::-1]


def _turns(
    evaluator: Evaluator, module: Module, loop: ast.For | ast.comprehension, frame: Frame
) -> Iterator[Frame]:
    inside = isinstance(loop, ast.comprehension)
    scope = module.names.inner[module.names.parents[loop]] if inside else module.scope_of(loop.iter)
    for element in _elements(evaluator, module, loop.iter, frame):
        yield frame.with_(dict(_bound(evaluator, scope, loop, loop.target, element)))


def _elements(
    evaluator: Evaluator, module: Module, node: ast.expr, frame: Frame
) -> Iterator[Given]:
    """The expressions that a loop runs over, if they stand in the source."""
    source, method = node, None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
        source, method = node.func.value, node.func.attr
    value = evaluator.value(module, source)
    if value.open:
        return
    if value.kind == "list" and method is None:
        yield from (Given(item.module, item.node, frame) for item in value.items)
    elif value.kind == "dict" and value.entries is not None:
        for key, entry in value.entries.items():
            parts = {
                None: ast.Constant(key),
                "keys": ast.Constant(key),
                "values": entry.node,
                "items": ast.Tuple([ast.Constant(key), entry.node], ast.Load()),
            }
            if method in parts:
                yield Given(entry.module, parts[method], frame)


def _bound(
    evaluator: Evaluator, scope: Scope, holder: ast.AST, target: ast.expr, element: Given
) -> Iterator[tuple[Binding, Given]]:
    """What the names on the left of a loop stand for in one turn."""
    if isinstance(target, ast.Name):
        yield from ((b, element) for b in scope.lookup(target.id) if b.node is holder)
    elif isinstance(target, (ast.Tuple, ast.List)):
        parts = _parts(evaluator, element)
        if len(parts) == len(target.elts):
            for item, part in zip(target.elts, parts, strict=True):
                yield from _bound(evaluator, scope, target, item, part)


def _parts(evaluator: Evaluator, element: Given) -> list[Given]:
    if isinstance(element.node, (ast.Tuple, ast.List)):
        return [Given(element.module, part, element.frame) for part in element.node.elts]
    value = evaluator.value(element.module, element.node)
    return [Given(item.module, item.node, element.frame) for item in value.items]
