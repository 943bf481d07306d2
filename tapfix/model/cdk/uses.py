"""What an app does with a construct after it is made, as far as names can be followed.

From the call that makes it, the construct flows into locals, attributes of ``self``, parameters of
the app's own functions and classes, lists that a loop runs over. Each place where such a carrier is
read is a use: a method called on it, something assigned below it, an argument it is given for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tapfix.edits import Ref
from tapfix.model.python.branches import branches
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.values import Value

UseKind = Literal["call", "assign", "read", "argument", "escape"]
_CHILD_LOOKUPS = (("node", "find_child"), ("node", "try_find_child"))


@dataclass(frozen=True, eq=False)
class Use:
    """One use of a construct.

    ``chain`` are the attributes between the construct and the use: ``("node", "default_child",
    "cfn_options", "deletion_policy")``. A ``call`` has the call's value in ``value``, an ``assign``
    what is assigned, an ``argument`` the call that the construct is handed to. An ``escape`` goes
    where names cannot be followed. ``conditional``: it stands under a branch or a loop that the
    construct's own statement does not stand under (a loop over a list of constructs is none), or
    it is reached by one of several callers of the function or class that makes the construct.
    """

    kind: UseKind
    module: Module
    node: ast.expr
    chain: tuple[str, ...]
    value: Value | None
    conditional: bool

    @property
    def ref(self) -> Ref:
        """The expression."""
        return self.module.ref(self.node)

    @property
    def taker(self) -> ast.Call | None:
        """The call that the expression is an argument of, perhaps by way of a dict."""
        if self.kind == "argument" and self.value is not None:
            return self.value.node if isinstance(self.value.node, ast.Call) else None
        parent = self.module.names.parents.get(self.node)
        if isinstance(parent, ast.keyword):
            parent = self.module.names.parents.get(parent)
        return parent if isinstance(parent, ast.Call) and parent.func is not self.node else None

    @property
    def method(self) -> str:
        """The last attribute: the method called or the property assigned; empty if none."""
        return self.chain[-1] if self.chain else ""


@dataclass(eq=False)
class _Flow:
    """Follows one construct: ``pending`` are expressions whose value is the construct itself, or
    what a chain of attributes leads to from it. ``branches`` are no conditions to it. ``partial``:
    what is followed now is one of several constructs that the same call makes."""

    evaluator: Evaluator
    origin: Module
    branches: set[ast.AST]
    partial: bool = False
    pending: list[tuple[Module, ast.expr, tuple[str, ...], bool]] = field(default_factory=list)
    seen: set[ast.AST] = field(default_factory=set)
    uses: list[Use] = field(default_factory=list)

    def run(self) -> list[Use]:
        while self.pending:
            module, node, chain, self.partial = self.pending.pop()
            if node not in self.seen:
                self.seen.add(node)
                self.follow(module, node, chain)
        return sorted(self.uses, key=lambda use: (use.module.path, use.ref))

    def add(self, module: Module, node: ast.expr, chain: tuple[str, ...]) -> None:
        self.pending.append((module, node, chain, self.partial))

    def use(
        self,
        kind: UseKind,
        module: Module,
        node: ast.expr,
        chain: tuple[str, ...],
        value: Value | None,
    ) -> None:
        conditional = self.partial or bool(branches(module, node) - self.branches)
        self.uses.append(Use(kind, module, node, chain, value, conditional))

    def follow(self, module: Module, node: ast.expr, chain: tuple[str, ...]) -> None:
        parent = module.names.parents[node]
        if isinstance(parent, ast.Attribute):
            self.attribute(module, parent, (*chain, parent.attr))
        elif isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            for target in targets:
                self.carry(module, target, chain)
            if isinstance(parent, ast.NamedExpr):
                self.add(module, parent, chain)
        elif isinstance(parent, ast.keyword):
            call = module.names.parents[parent]
            assert isinstance(call, ast.Call)
            if _is_dict(module, call):
                self.kept(module, node, call, parent.arg, chain)
            else:
                self.handed(module, node, call, parent.arg, chain)
        elif isinstance(parent, ast.Call) and node is not parent.func:
            if self.evaluator.callee(module, parent) == "typing.cast":
                self.add(module, parent, chain)
            else:
                self.handed(module, node, parent, parent.args.index(node), chain)
        elif isinstance(parent, (ast.List, ast.Tuple, ast.Set)):
            self.listed(module, parent, chain)
        elif isinstance(parent, ast.Dict):
            self.kept(module, node, parent, _key(parent, node), chain)
        elif isinstance(parent, ast.Return):
            self.returned(module, parent, chain)
        elif isinstance(parent, (ast.BoolOp, ast.IfExp)):
            self.add(module, parent, chain)
        elif not isinstance(parent, (ast.Expr, ast.Compare, ast.If)):
            self.use("escape", module, node, chain, None)

    def attribute(self, module: Module, node: ast.Attribute, chain: tuple[str, ...]) -> None:
        parent = module.names.parents[node]
        if node in module.names.stores:
            stored = module.names.stores[node]
            value = self.evaluator.value(module, stored) if stored is not None else None
            self.use("assign", module, node, chain, value)
        elif isinstance(parent, ast.Call) and parent.func is node:
            value = self.evaluator.value(module, parent)
            self.use("call", module, parent, chain, value)
            if chain[-2:] in _CHILD_LOOKUPS and _is_default_child(value):
                self.add(module, parent, (*chain[:-1], "default_child"))
        elif isinstance(parent, ast.Attribute):
            self.attribute(module, parent, (*chain, parent.attr))
        else:
            self.use("read", module, node, chain, None)
            # An attribute may be the same resource by another name: `bucket.node.default_child`.
            if isinstance(parent, (ast.Assign, ast.AnnAssign)) or node.attr == "default_child":
                self.follow(module, node, chain)

    def carry(self, module: Module, target: ast.expr, chain: tuple[str, ...]) -> None:
        """A name or an attribute takes the construct: follow where it is read."""
        if isinstance(target, ast.Name):
            self.readers(module, target, target.id, chain)
        elif isinstance(target, ast.Attribute):
            cls = self.evaluator.resolver.self_class(module, target.value)
            if cls is None:
                self.use("escape", module, target, chain, None)
            else:
                self.attribute_readers(cls, target.attr, chain)
        else:
            self.use("escape", module, target, chain, None)

    def readers(self, module: Module, at: ast.AST, name: str, chain: tuple[str, ...]) -> None:
        bindings = module.scope_of(at).lookup(name)
        for load in module.names.readers(name, bindings):
            self.add(module, load, chain)

    def attribute_readers(self, cls: AppClass, name: str, chain: tuple[str, ...]) -> None:
        resolver = self.evaluator.resolver
        by_owner = self.evaluator.attribute_reads(name)
        for owner in (None, *dict.fromkeys((*resolver.lineage(cls), *resolver.descendants(cls)))):
            for module, node in by_owner.get(owner, ()):
                self.add(module, node, chain)

    def handed(
        self,
        module: Module,
        node: ast.expr,
        call: ast.Call,
        place: int | str | None,
        chain: tuple[str, ...],
    ) -> None:
        """The construct is an argument of a call: follow it into the app's own functions."""
        callee = self.evaluator.callee(module, call)
        self.use("argument", module, node, chain, self.evaluator.value(module, call))
        if isinstance(callee, AppClass):
            lineage = self.evaluator.resolver.lineage(callee)
            constructors = (cls.methods.get("__init__") for cls in lineage)
            callee = next((c for c in constructors if c is not None), None)
            if callee is None:
                return
            bound = True
        else:
            bound = isinstance(callee, AppFunction) and callee.owner is not None
        if isinstance(callee, AppFunction):
            name = _parameter(callee, place, bound)
            if name is None:
                self.use("escape", module, node, chain, None)
            else:
                self.readers(callee.module, callee.node.body[0], name, chain)

    def listed(self, module: Module, node: ast.expr, chain: tuple[str, ...]) -> None:
        """The construct stands in a list: follow it through a loop over that list."""
        lists = [node]
        parent = module.names.parents[node]
        if isinstance(parent, ast.Assign) and all(isinstance(t, ast.Name) for t in parent.targets):
            lists = [
                load
                for target in parent.targets
                if isinstance(target, ast.Name)
                for load in module.names.loads.get(target.id, ())
            ]
        for item in lists:
            loop = module.names.parents[item]
            if isinstance(loop, (ast.For, ast.comprehension)) and loop.iter is item:
                self.branches.add(loop)
                self.carry(module, loop.target, chain)
            else:
                self.use("escape", module, item, chain, None)

    def kept(
        self,
        module: Module,
        node: ast.expr,
        mapping: ast.expr,
        key: str | None,
        chain: tuple[str, ...],
    ) -> None:
        """The construct stands in a dict: follow it where that gives a call its arguments."""
        calls = _spread_over(module, mapping) if key is not None else None
        if calls is None:
            self.use("escape", module, node, chain, None)
            return
        for call in calls:
            self.handed(module, node, call, key, chain)

    def instances(self, cls: AppClass) -> None:
        """Follow ``self`` within a class of the app, and what its calls make."""
        resolver = self.evaluator.resolver
        for member in (*resolver.lineage(cls), *resolver.descendants(cls)):
            loads = member.module.names.loads
            selves = {first for m in member.methods.values() for first in m.positional[:1]}
            for load in (load for name in selves for load in loads.get(name, ())):
                if member.is_self(load):
                    self.add(member.module, load, ())
        for made in (cls, *resolver.descendants(cls)):
            self.callers(made, ())

    def callers(self, target: AppClass | AppFunction, chain: tuple[str, ...]) -> None:
        """Every call of a function or class of the app gives the construct."""
        calls = list(self.evaluator.calls_of(target))
        before, self.partial = self.partial, self.partial or len(calls) > 1
        for module, call in calls:
            self.add(module, call, chain)
        self.partial = before

    def returned(self, module: Module, node: ast.Return, chain: tuple[str, ...]) -> None:
        """A function returns the construct: follow the calls of that function."""
        for ancestor in module.names.ancestors(node):
            if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef)):
                function = self.evaluator.resolver.modules.function_at(module, ancestor)
                self.callers(function, chain)
                decorators = _decorators(function)
                if "property" in decorators and isinstance(node.value, ast.Call):
                    self.use("escape", module, node.value, chain, None)  # each read makes another
                elif function.owner is not None and decorators & {"property", "cached_property"}:
                    self.attribute_readers(function.owner, function.name, chain)
                return


def _decorators(function: AppFunction) -> set[str]:
    return {ast.unparse(node).rpartition(".")[2] for node in function.node.decorator_list}


def _key(mapping: ast.Dict, node: ast.expr) -> str | None:
    """The text that a value stands under in a dict; None if it is none that is written down."""
    key = mapping.keys[mapping.values.index(node)] if node in mapping.values else None
    known = key.value if isinstance(key, ast.Constant) else None
    return known if isinstance(known, str) else None


def _is_dict(module: Module, call: ast.Call) -> bool:
    """Whether a call is ``dict(…)``."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    return name == "dict" and not call.args and not module.scope_of(call).lookup(name)


def _spread_over(module: Module, mapping: ast.expr) -> list[ast.Call] | None:
    """The calls that get a dict as ``**arguments``; None if it goes anywhere else, too."""
    statement = module.names.parents[mapping]
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if isinstance(statement, ast.AnnAssign):
        target = statement.target
    if not isinstance(target, ast.Name):
        return None
    bindings = module.scope_of(target).lookup(target.id)
    parents = [module.names.parents[one] for one in module.names.readers(target.id, bindings)]
    calls = [
        call
        for parent in parents
        if isinstance(parent, ast.keyword) and parent.arg is None
        if isinstance(call := module.names.parents[parent], ast.Call)
    ]
    return calls if calls and len(calls) == len(parents) and len(bindings) == 1 else None


def _parameter(function: AppFunction, place: int | str | None, bound: bool) -> str | None:
    """The parameter that an argument goes to; None if it cannot be told."""
    if isinstance(place, str):
        return place if place in function.parameters else None
    if place is None:
        return None
    names = function.positional[1:] if bound else function.positional
    return names[place] if place < len(names) else None


def _is_default_child(call: Value) -> bool:
    """Whether a look-up of a child by its id means the construct's own resource."""
    child = call.argument("id", 0)
    return child is not None and child.constant in ("Resource", "Default")


def find_uses(
    module: Module, node: ast.Call, evaluator: Evaluator, cls: AppClass | None = None
) -> Iterator[Use]:
    """Everything that the app does with what the call makes, in the order of files and places.

    ``cls`` is the class of the app in whose constructor ``super().__init__(…)`` is the call: what
    the call makes is then ``self`` in the class, and what the class's own calls make.
    """
    flow = _Flow(evaluator, module, set(branches(module, node)))
    flow.add(module, node, ())
    if cls is not None:
        flow.instances(cls)
    yield from flow.run()
