"""Which names a file binds, where, and to what, and how a reader asks for it.

Python's own rules hold: functions, lambdas, comprehensions and classes open scopes, a class's names
are not seen from the functions inside it. What is bound more than once is kept with every binding,
so that a reader can tell a known value from a decision.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

BindingKind = Literal["assign", "import", "class", "function", "parameter", "loop", "other"]
ScopeKind = Literal["module", "class", "function", "comprehension"]


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One thing that binds a name.

    ``value`` is the expression that an assignment gives, or that a loop runs over. ``target`` is
    the dotted name that an import binds, one leading dot for each level of a relative import.
    ``scope`` is where the binding statement stands, also if ``global`` sends the name elsewhere.
    """

    kind: BindingKind
    node: ast.AST
    scope: Scope
    value: ast.expr | None = None
    target: str | None = None


@dataclass(slots=True, eq=False)
class Scope:
    """A namespace of a file. ``node`` is the module, class, function, lambda or comprehension."""

    kind: ScopeKind
    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outer_names: dict[str, Scope] = field(default_factory=dict)

    def lookup(self, name: str) -> list[Binding]:
        """All bindings of the name as seen from here; empty if nothing in the file binds it."""
        scope: Scope | None = self
        while scope is not None:
            if scope is self or scope.kind != "class":
                scope = scope.outer_names.get(name, scope)
                found = scope.bindings.get(name)
                if found is not None:
                    return found
            scope = scope.parent
        return []

    def outward(self) -> Iterator[Scope]:
        """This scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    @property
    def function(self) -> Scope | None:
        """The innermost function around (or at) this scope."""
        return next((scope for scope in self.outward() if scope.kind == "function"), None)

    @property
    def owner(self) -> Scope | None:
        """The innermost class around (or at) this scope."""
        return next((scope for scope in self.outward() if scope.kind == "class"), None)


@dataclass(slots=True, eq=False)
class Names:
    """What one walk over a file found.

    ``inner`` gives the scope that a definition opens; ``scopes`` the scope in which a call, a name
    or an attribute is evaluated; ``loads`` and ``attributes`` index nodes by their name; ``stores``
    gives the expression that an attribute or subscript is assigned (None: it is not to be seen).
    """

    module: Scope
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    inner: dict[ast.AST, Scope] = field(default_factory=dict)
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    calls: list[ast.Call] = field(default_factory=list)
    classes: list[ast.ClassDef] = field(default_factory=list)
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    stars: list[str] = field(default_factory=list)
    loads: dict[str, list[ast.Name]] = field(default_factory=dict)
    attributes: dict[str, list[ast.Attribute]] = field(default_factory=dict)
    stores: dict[ast.AST, ast.expr | None] = field(default_factory=dict)
    strings: list[ast.Constant] = field(default_factory=list)
    joined: list[ast.JoinedStr] = field(default_factory=list)
    jumps: list[ast.Return | ast.Break | ast.Continue] = field(default_factory=list)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, innermost first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def readers(self, name: str, bindings: list[Binding]) -> Iterator[ast.Name]:
        """The places that read a name where it has these very bindings."""
        for load in self.loads.get(name, ()):
            if self.scopes[load].lookup(name) is bindings:
                yield load

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that holds the node (the node itself if it is one)."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node
