"""What an app's stacks say of their resources once they are deployed: the outputs."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.uses import Use
from tapfix.model.python.frames import Frame, arguments
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.scopes import Binding

# Parts of a construct that say nothing about where to find the construct itself.
_PARTS = frozenset(
    [
        "connections",
        "encryption_key",
        "env",
        "grant_principal",
        "log_group",
        "role",
        "secret",
        "security_groups",
        "stack",
        "vpc",
    ]
)
_READS_ANY = ("getattr", "vars", "locals")


@dataclass(eq=False)
class Outputs:
    """What the outputs of an app are made of.

    ``nodes`` are the expressions that end up in one, ``names`` the variables and ``blind`` the
    modules where an output is made of what is looked up by a name that is not in the source.
    """

    app: App
    nodes: set[ast.AST] = field(default_factory=set)
    names: set[Binding] = field(default_factory=set)
    blind: set[Module] = field(default_factory=set)

    def tell(self, construct: Construct) -> bool:
        """Whether an output tells how to find a construct, or may do so."""
        if construct.module in self.blind:
            return True
        if any(use.node in self.nodes and _names_whole(use) for use in self.app.uses(construct)):
            return True
        return self._tell_name(construct)

    def _tell_name(self, construct: Construct) -> bool:
        """Whether the variable that names the resource is what an output is made of."""
        name = construct.value(construct.cls.name_argument or "")
        if name is None:
            return False
        if not name.is_direct and name.origin in self.nodes:
            return True
        if not isinstance(name.node, ast.Name):
            return False
        return not self.names.isdisjoint(name.module.scope_of(name.node).lookup(name.node.id))


def _names_whole(use: Use) -> bool:
    if use.chain[:1] == ("node",):
        return use.chain[1:2] == ("default_child",)
    return not _PARTS.intersection(use.chain[:1])


def read_outputs(app: App) -> Outputs:
    """Follow every output of an app back to what it is made of."""
    trace = _Trace(app, Outputs(app), {construct.node for construct in app.constructs})
    for output in app.of("CfnOutput"):
        value = output.value("value")
        if value is not None:
            trace.add(value.module, value.node)
    for module in app.cdk_modules:
        for node in module.names.attributes.get("export_value", ()):
            call = module.names.parents[node]
            if isinstance(call, ast.Call) and call.func is node:
                trace.add_all(module, _given(call))
    trace.run()
    return trace.found


@dataclass(eq=False)
class _Trace:
    """Walks from the outputs back through names, loops, parameters and returned values."""

    app: App
    found: Outputs
    constructs: set[ast.Call]
    pending: list[tuple[Module, ast.expr]] = field(default_factory=list)

    def add(self, module: Module, node: ast.expr | None) -> None:
        if node is not None and node not in self.found.nodes:
            self.pending.append((module, node))

    def add_all(self, module: Module, nodes: Iterable[ast.expr]) -> None:
        for node in nodes:
            self.add(module, node)

    def run(self) -> None:
        while self.pending:
            module, node = self.pending.pop()
            for inner in self.parts(module, node):
                self.step(module, inner)

    def parts(self, module: Module, node: ast.AST) -> Iterator[ast.AST]:
        """An expression and all within it, but not what a construct is given."""
        if node in self.found.nodes:
            return
        self.found.nodes.add(node)
        yield node
        if isinstance(node, ast.Call) and self.makes_construct(module, node):
            return
        for child in ast.iter_child_nodes(node):
            yield from self.parts(module, child)

    def makes_construct(self, module: Module, call: ast.Call) -> bool:
        if call in self.constructs:
            return True
        return isinstance(self.app.evaluator.callee(module, call), AppClass)

    def step(self, module: Module, node: ast.AST) -> None:
        if isinstance(node, ast.Name):
            for binding in module.scope_of(node).lookup(node.id):
                self.binding(module, binding, node.id)
        elif isinstance(node, ast.Attribute):
            self.attribute(module, node)
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in _READS_ANY:
                self.found.blind.add(module)
            callee = self.app.evaluator.callee(module, node)
            if isinstance(callee, AppFunction):
                self.returned(callee)

    def binding(self, module: Module, binding: Binding, name: str) -> None:
        if binding in self.found.names:
            return
        self.found.names.add(binding)
        if binding.kind == "parameter":
            self.parameter(module, binding)
        else:
            self.add(module, binding.value or _unpacked(module, binding.node))
            if _is_collection(binding.value):
                self.filled(module, binding, name)

    def filled(self, module: Module, binding: Binding, name: str) -> None:
        """``outputs["Bucket"] = …`` and ``outputs.append(…)`` on the way to the loop."""
        for load in module.names.readers(name, binding.scope.lookup(name)):
            parent = module.names.parents[load]
            if isinstance(parent, ast.Subscript) and parent in module.names.stores:
                self.add(module, module.names.stores[parent])
            elif isinstance(parent, ast.Attribute):
                call = module.names.parents[parent]
                if isinstance(call, ast.Call) and call.func is parent:
                    self.add_all(module, _given(call))

    def parameter(self, module: Module, binding: Binding) -> None:
        """What callers give; all that they give where it cannot be told apart."""
        node = binding.scope.node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        function = self.app.modules.function_at(module, node)
        is_constructor = function.owner is not None and function.name == "__init__"
        target = function.owner if is_constructor else function
        assert target is not None
        for caller, call in self.app.evaluator.calls_of(target):
            given = arguments(function, caller, call, Frame()).get(binding)
            if given is not None:
                self.add(given.module, given.node)
            elif any(k.arg is None for k in call.keywords):
                self.add_all(caller, _given(call))

    def attribute(self, module: Module, node: ast.Attribute) -> None:
        cls = self.app.evaluator.instance_class(module, node.value)
        if cls is None:
            return
        for member, binding in self.app.evaluator.resolver.attribute_bindings(cls, node.attr):
            self.add(member.module, binding.value)
        method = self.app.evaluator.named(module, node)
        if isinstance(method, AppFunction):
            self.returned(method)

    def returned(self, function: AppFunction) -> None:
        for node in ast.walk(function.node):
            if isinstance(node, ast.Return):
                self.add(function.module, node.value)


def _unpacked(module: Module, node: ast.AST) -> ast.expr | None:
    """What several names on the left of a loop or an assignment are taken out of."""
    while isinstance(node, (ast.Tuple, ast.List)):
        node = module.names.parents[node]
    if isinstance(node, (ast.For, ast.comprehension)):
        return node.iter
    return node.value if isinstance(node, ast.Assign) else None


def _is_collection(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("dict", "list")
    return isinstance(node, (ast.Dict, ast.List))


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)
