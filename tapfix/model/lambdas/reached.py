"""Which code of a handler runs, and where the values in it come from.

A module that a handler imports may hold far more than the handler uses. What is *reached* is the
code at module level, the handler's function, and from there on every function that reached code
names. It may be a little too much, never too little.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tapfix.model.lambdas.handlers import Handler
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.frames import Frame, arguments
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.resolve import DEPTH
from tapfix.model.python.scopes import Binding

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_QUIET = ("staticmethod", "classmethod", "property", "cached_property", "lru_cache", "cache")
_SAME = ("str", "int")
_SAME_METHODS = ("strip", "lower")


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """An expression that gives a value, at the end of all names for it."""

    module: Module
    node: ast.expr


@dataclass(frozen=True, eq=False)
class Code:
    """The code that runs with one handler."""

    evaluator: Evaluator
    handler: Handler

    def calls(self) -> Iterator[Leaf]:
        """Every call in the reached code."""
        for module in self.handler.modules:
            for call in module.names.calls:
                if self._runs(module, call):
                    yield Leaf(module, call)

    def _runs(self, module: Module, node: ast.AST) -> bool:
        unit = _unit(module, node)
        return unit is None or unit in self._reached

    # Reached functions

    @cached_property
    def _reached(self) -> frozenset[ast.AST]:
        """The outermost functions (methods among them) that are reached."""
        names: set[str] = set()
        reached: set[ast.AST] = set()
        if self.handler.function is not None:
            reached.add(self.handler.function.node)
        else:
            reached.update(node for _, node, _ in self._units)
        reached.update(node for _, node, _ in self._units if _is_registered(node))
        pending: list[ast.AST | None] = [None, *reached]
        while pending:
            found, methods = self._named(pending.pop())
            names |= methods
            found.update(
                node
                for _, node, is_method in self._units
                if is_method and (node.name in names or node.name.startswith("__"))
            )
            pending += found - reached
            reached |= found
        return frozenset(reached)

    def _named(self, unit: ast.AST | None) -> tuple[set[ast.AST], set[str]]:
        """The functions that a unit names, and the names of methods of objects not known."""
        found: set[ast.AST] = set()
        methods: set[str] = set()
        for module, node in self._mentions.get(unit, ()):
            symbol = self.evaluator.named(module, node)
            if isinstance(symbol, AppFunction):
                found.add(symbol.node)
            elif symbol is None and isinstance(node, ast.Attribute):
                methods.add(node.attr)
        return found, methods

    @cached_property
    def _mentions(self) -> dict[ast.AST | None, list[tuple[Module, ast.Name | ast.Attribute]]]:
        found: dict[ast.AST | None, list[tuple[Module, ast.Name | ast.Attribute]]] = {}
        for module in self.handler.modules:
            nodes: list[ast.Name | ast.Attribute] = []
            for loads in module.names.loads.values():
                nodes += loads
            for attributes in module.names.attributes.values():
                nodes += attributes
            for node in nodes:
                found.setdefault(_unit(module, node), []).append((module, node))
        return found

    @cached_property
    def _units(self) -> list[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
        """The outermost functions with their modules, and whether they are methods."""
        return [
            (module, node, isinstance(module.names.parents[node], ast.ClassDef))
            for module in self.handler.modules
            for node in module.names.functions
            if _unit(module, node) is node
        ]

    # Where values come from

    def leaves(self, module: Module, node: ast.expr, depth: int = 0) -> list[Leaf] | None:
        """The expressions that may give a value; None if one of them cannot be followed to.

        Names are followed through assignments, parameters and what functions of the app return.
        ``None`` that a variable holds before its real value comes is none of them.
        """
        if depth > DEPTH:
            return None
        match node:
            case ast.Constant(value=None):
                return []
            case ast.Name():
                return self._name(module, node, depth)
            case ast.Attribute():
                return self._attribute(module, node, depth)
            case ast.BoolOp(values=values):
                return self._all([(module, value) for value in values], depth)
            case ast.IfExp(body=body, orelse=orelse):
                return self._all([(module, body), (module, orelse)], depth)
            case ast.Await(value=value):
                return self.leaves(module, value, depth + 1)
            case ast.Call():
                return self._call(module, node, depth)
        return [Leaf(module, node)]

    def _all(self, places: list[tuple[Module, ast.expr]], depth: int) -> list[Leaf] | None:
        found: list[Leaf] = []
        for module, node in places:
            leaves = self.leaves(module, node, depth + 1)
            if leaves is None:
                return None
            found += leaves
        return found

    def _name(self, module: Module, node: ast.Name, depth: int) -> list[Leaf] | None:
        bindings = module.scope_of(node).lookup(node.id)
        if len(bindings) == 1 and bindings[0].kind == "import":
            found = self.evaluator.binding(module, node)
            if found is None or found[1].value is None:
                return [Leaf(module, node)]
            return self.leaves(found[0], found[1].value, depth + 1)
        places: list[tuple[Module, ast.expr]] = []
        for binding in bindings:
            given = self._given(module, binding)
            if given is None:
                return None
            places += given
        return self._all(places, depth) if places else None

    def _given(self, module: Module, binding: Binding) -> list[tuple[Module, ast.expr]] | None:
        if binding.kind == "parameter":
            return self._arguments(module, binding)
        if binding.kind == "assign" and binding.value is not None:
            return [(module, binding.value)]
        return None

    def _arguments(self, module: Module, binding: Binding) -> list[tuple[Module, ast.expr]] | None:
        """What every call of a function gives for a parameter."""
        node = binding.scope.node
        if not isinstance(node, _DEFINITIONS):
            return None
        function = self.evaluator.resolver.modules.function_at(module, node)
        found: list[tuple[Module, ast.expr]] = []
        for caller, call in self._callers(function):
            given = arguments(function, caller, call, Frame()).get(binding)
            if given is None:
                return None
            found.append((given.module, given.node))
        return found or None

    def _callers(self, function: AppFunction) -> Iterator[tuple[Module, ast.Call]]:
        is_constructor = function.owner is not None and function.name == "__init__"
        target = function.owner if is_constructor and function.owner else function
        found: dict[Module, list[ast.Call]] = {}
        for module, call in self.evaluator.calls_of(target):
            found.setdefault(module, []).append(call)
        for module in self.handler.modules:
            yield from ((module, call) for call in found.get(module, ()))

    def _attribute(self, module: Module, node: ast.Attribute, depth: int) -> list[Leaf] | None:
        found = self.evaluator.binding(module, node)
        if found is not None and found[1].value is not None:
            return self.leaves(found[0], found[1].value, depth + 1)
        cls = self.evaluator.instance_class(module, node.value)
        if cls is None:
            return [Leaf(module, node)]
        bindings = self.evaluator.resolver.attribute_bindings(cls, node.attr)
        values = [(member.module, b.value) for member, b in bindings if b.kind == "assign"]
        places = [(home, value) for home, value in values if value is not None]
        return self._all(places, depth) if places and len(places) == len(bindings) else None

    def _call(self, module: Module, node: ast.Call, depth: int) -> list[Leaf] | None:
        callee = self.evaluator.callee(module, node)
        if isinstance(callee, AppFunction):
            returned = _returned(callee)
            return self._all([(callee.module, value) for value in returned], depth)
        function = node.func
        if isinstance(function, ast.Name) and function.id in _SAME and len(node.args) == 1:
            return self.leaves(module, node.args[0], depth + 1)
        stripped = isinstance(function, ast.Attribute) and function.attr in _SAME_METHODS
        if stripped and not node.args and callee is None:
            assert isinstance(function, ast.Attribute)
            return self.leaves(module, function.value, depth + 1)
        return [Leaf(module, node)] if not isinstance(callee, AppClass) else None

    def variable(self, leaf: Leaf) -> str | None:
        """The environment variable that an expression reads, if that is what it does."""
        node, key = leaf.node, None
        resolver = self.evaluator.resolver
        if isinstance(node, ast.Subscript):
            if resolver.symbol(leaf.module, node.value) == "os.environ":
                key = node.slice
        elif (
            isinstance(node, ast.Call)
            and node.args
            and resolver.symbol(leaf.module, node.func) in ("os.environ.get", "os.getenv")
        ):
            key = node.args[0]
        known = self.evaluator.value(leaf.module, key).constant if key is not None else None
        return known if isinstance(known, str) else None


def _returned(function: AppFunction) -> list[ast.expr]:
    """The expressions that a function returns."""
    names = function.module.names
    return [
        node.value
        for node in ast.walk(function.node)
        if isinstance(node, ast.Return) and node.value is not None
        if next(a for a in names.ancestors(node) if isinstance(a, (*_DEFINITIONS, ast.Lambda)))
        is function.node
    ]


def _unit(module: Module, node: ast.AST) -> ast.AST | None:
    """The outermost function or method around (or at) a node; None at module or class level."""
    around = [a for a in (node, *module.names.ancestors(node)) if isinstance(a, _DEFINITIONS)]
    return around[-1] if around else None


def _is_registered(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a decorator may keep the function for a framework that calls it (``@app.get``)."""
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name not in _QUIET:
            return True
    return False
