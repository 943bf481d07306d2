"""From a name to what it stands for: a library's dotted name, or a symbol of the app."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tapfix.model.python.modules import AppClass, AppFunction, Module, Modules
from tapfix.model.python.scopes import Binding, Scope

Symbol = str | AppClass | AppFunction | Module
DEPTH = 12
"""How many names a value may go through: keeps circular definitions from running on."""


@dataclass(eq=False)
class Resolver:
    """Resolves the names of one app.

    ``star_exports`` gives the names that ``from module import *`` brings from a library module.
    ``told`` says of expressions that cannot be followed what they stand for.
    """

    modules: Modules
    star_exports: Callable[[str], frozenset[str]]
    told: Mapping[ast.expr, str] = field(default_factory=dict)
    _stored_outside: dict[str, bool] = field(default_factory=dict)
    _outside: set[tuple[Module, str]] = field(default_factory=set)
    _lineages: dict[AppClass, list[AppClass]] = field(default_factory=dict)
    _children: dict[AppClass, list[AppClass]] = field(default_factory=dict)
    _children_of: tuple[Module, ...] = ()
    _symbols: dict[ast.expr, Symbol | None] = field(default_factory=dict)

    # Names

    def symbol(self, module: Module, node: ast.expr, depth: int = 0) -> Symbol | None:
        """What a name or a dotted name stands for."""
        if depth:
            return self._symbol(module, node, depth)
        # Several rules ask for one and the same.
        if node not in self._symbols:
            self._symbols[node] = self._symbol(module, node, depth)
        return self._symbols[node]

    def _symbol(self, module: Module, node: ast.expr, depth: int) -> Symbol | None:
        if depth > DEPTH:
            return None
        if self.told and node in self.told:
            return self.told[node]
        if isinstance(node, ast.Name):
            scope = module.names.scopes.get(node) or module.scope_of(node)
            return self.lookup(module, scope, node.id, depth)
        if isinstance(node, ast.Attribute):
            owner = self.symbol(module, node.value, depth + 1)
            return self.member(owner, node.attr, depth + 1)
        return None

    def lookup(self, module: Module, scope: Scope, name: str, depth: int = 0) -> Symbol | None:
        """What a name means in a scope."""
        if depth > DEPTH:
            return None
        bindings = scope.lookup(name)
        if not bindings:
            return self._starred(module, name, depth)
        if len(bindings) > 1:
            return self._shim(module, bindings, depth)
        return self._bound(module, bindings[0], depth)

    def _shim(self, module: Module, bindings: list[Binding], depth: int) -> Symbol | None:
        """What a name imported more than once stands for (``try: … except ImportError: …``)."""
        if not all(binding.kind == "import" for binding in bindings):
            return None
        symbols = [self._bound(module, binding, depth) for binding in bindings]
        current = [s for s in symbols if s is not None and not _is_v1(s)]
        first = current[0] if current else None
        return first if all(symbol == first for symbol in current) else None

    def _bound(self, module: Module, binding: Binding, depth: int) -> Symbol | None:
        if binding.kind == "import" and binding.target is not None:
            return self._import(module, binding.target, depth)
        if binding.kind == "class" and isinstance(binding.node, ast.ClassDef):
            return self.modules.class_at(module, binding.node)
        if binding.kind == "function":
            assert isinstance(binding.node, (ast.FunctionDef, ast.AsyncFunctionDef))
            return self.modules.function_at(module, binding.node)
        if binding.kind == "assign" and isinstance(binding.value, (ast.Name, ast.Attribute)):
            return self.symbol(module, binding.value, depth + 1)
        return None

    def _import(self, module: Module, target: str, depth: int) -> Symbol | None:
        if (module, target) in self._outside:
            return target
        found = self.modules.imported(module, target)
        if found is not None:
            return found
        head, name = split_target(target)
        package = self.modules.imported(module, head) if head else None
        if package is not None:
            return self.lookup(package, package.names.module, name, depth + 1)
        if target.startswith("."):
            return None
        self._outside.add((module, target))
        return target

    def _starred(self, module: Module, name: str, depth: int) -> Symbol | None:
        for star in module.names.stars:
            package = self.modules.imported(module, star)
            if package is not None and depth < DEPTH:
                found = self.lookup(package, package.names.module, name, depth + 1)
                if found is not None:
                    return found
            elif package is None and name in self.star_exports(star):
                return f"{star}.{name}"
        return None

    def member(self, owner: Symbol | None, name: str, depth: int = 0) -> Symbol | None:
        """What ``owner.name`` stands for."""
        if isinstance(owner, str):
            return f"{owner}.{name}"
        if isinstance(owner, Module):
            found = self.lookup(owner, owner.names.module, name, depth)
            return found or self.modules.imported(owner, f".{name}")
        if isinstance(owner, AppClass):
            return owner.methods.get(name)
        return None

    # Classes

    def bases(self, cls: AppClass) -> list[Symbol | None]:
        """What the base classes of a class of the app stand for."""
        return [self.symbol(cls.module, base) for base in cls.node.bases]

    def lineage(self, cls: AppClass) -> list[AppClass]:
        """The class and its bases within the app, nearest first."""
        if cls not in self._lineages:
            found = [cls]
            for known in found:
                for base in self.bases(known):
                    if isinstance(base, AppClass) and base not in found:
                        found.append(base)
            self._lineages[cls] = found
        return self._lineages[cls]

    def library_bases(self, cls: AppClass) -> Iterator[str]:
        """Dotted names of the library classes that a class of the app derives from."""
        for known in self.lineage(cls):
            for base in self.bases(known):
                if isinstance(base, str):
                    yield base

    def descendants(self, cls: AppClass) -> list[AppClass]:
        """Classes of the app that derive from a class, among the modules read so far."""
        modules = self.modules.everything()
        if self._children_of is not modules:
            self._children_of, self._children = modules, {}
            for module in modules:
                for node in module.names.classes:
                    child = self.modules.class_at(module, node)
                    for base in self.lineage(child)[1:]:
                        self._children.setdefault(base, []).append(child)
        return self._children.get(cls, [])

    def is_overridden(self, cls: AppClass, method: str) -> bool:
        """Whether a class of the app that derives from a class has a method of its own instead."""
        return any(method in below.methods for below in self.descendants(cls))

    def attribute_bindings(self, cls: AppClass, name: str) -> list[tuple[AppClass, Binding]]:
        """All that binds an attribute of a class, in the class, its bases and its descendants."""
        family = [*self.lineage(cls), *self.descendants(cls)]
        return [(member, b) for member in family for b in member.attributes.get(name, ())]

    def stored_from_outside(self, name: str) -> bool:
        """Whether some code assigns ``x.name`` where ``x`` is not the ``self`` of a method."""
        known = self._stored_outside.get(name)
        if known is None:
            known = self._stored_outside[name] = any(
                node in module.names.stores and self.self_class(module, node.value) is None
                for module in list(self.modules.loaded())
                for node in module.names.attributes.get(name, ())
            )
        return known

    def self_class(self, module: Module, node: ast.expr) -> AppClass | None:
        """The class whose instance ``self`` (the node) is."""
        if not isinstance(node, ast.Name):
            return None
        scope = module.names.scopes.get(node)
        owner = scope.owner if scope is not None else None
        if owner is None or not isinstance(owner.node, ast.ClassDef):
            return None
        cls = self.modules.class_at(module, owner.node)
        return cls if cls.is_self(node) else None


def _is_v1(symbol: Symbol) -> bool:
    return isinstance(symbol, str) and symbol.startswith("aws_cdk.core")


def split_target(target: str) -> tuple[str, str]:
    """Module and name of an import's dotted target; dots in front stay with the module."""
    name = target.rpartition(".")[2]
    head = target[: len(target) - len(name)]
    return (head.rstrip(".") if head.strip(".") else head), name
