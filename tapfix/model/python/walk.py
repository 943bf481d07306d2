"""One walk over a file's syntax tree that finds every name it binds and reads."""

from __future__ import annotations

import ast
from collections.abc import Callable

from tapfix.model.python.scopes import Binding, BindingKind, Names, Scope

_SKIP = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


def read_names(tree: ast.Module) -> Names:
    """Walk a module once."""
    walk = _Walk(Names(Scope("module", tree, None)))
    walk.names.inner[tree] = walk.names.module
    for statement in tree.body:
        walk.visit(statement, tree, walk.names.module)
    return walk.names


class _Walk:
    """One method for each node that binds a name or opens a scope."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.special: dict[type[ast.AST], Callable[..., None]] = {
            ast.Name: self.name,
            ast.Attribute: self.attribute,
            ast.Constant: self.constant,
            ast.Call: self.call,
            ast.Import: self.import_,
            ast.ImportFrom: self.import_from,
            ast.ClassDef: self.class_,
            ast.FunctionDef: self.function,
            ast.AsyncFunctionDef: self.function,
            ast.Lambda: self.lambda_,
            ast.ListComp: self.comprehension,
            ast.SetComp: self.comprehension,
            ast.DictComp: self.comprehension,
            ast.GeneratorExp: self.comprehension,
            ast.Assign: self.assign,
            ast.AnnAssign: self.annotated,
            ast.NamedExpr: self.walrus,
            ast.AugAssign: self.augmented,
            ast.For: self.loop,
            ast.AsyncFor: self.loop,
            ast.Return: self.jump,
            ast.Break: self.jump,
            ast.Continue: self.jump,
            ast.JoinedStr: self.joined,
            ast.Global: self.outer,
            ast.Nonlocal: self.outer,
        }

    def visit(self, node: ast.AST, parent: ast.AST, scope: Scope) -> None:
        self.names.parents[node] = parent
        special = self.special.get(node.__class__)
        if special is not None:
            special(node, scope)
        else:
            self.children(node, scope)

    def children(self, node: ast.AST, scope: Scope) -> None:
        visit = self.visit
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        visit(item, node, scope)
            elif isinstance(value, ast.AST):
                if not isinstance(value, _SKIP):
                    visit(value, node, scope)
            elif value.__class__ is str and name in ("name", "rest"):
                # `except … as name`, `case … as name`, `case {**rest}`; definitions come elsewhere.
                self.bind(value, Binding("other", node, scope))

    def bind(self, name: str, binding: Binding) -> None:
        # Assigned through `global` or `nonlocal` it is a further binding of the outer name.
        scope = binding.scope.outer_names.get(name, binding.scope)
        scope.bindings.setdefault(name, []).append(binding)

    # Leaves

    def name(self, node: ast.Name, scope: Scope) -> None:
        self.names.scopes[node] = scope
        if node.ctx.__class__ is ast.Load:
            self.names.loads.setdefault(node.id, []).append(node)
        else:
            self.bind(node.id, Binding("other", node, scope))

    def attribute(self, node: ast.Attribute, scope: Scope) -> None:
        self.names.scopes[node] = scope
        self.names.attributes.setdefault(node.attr, []).append(node)
        self.visit(node.value, node, scope)

    def constant(self, node: ast.Constant, scope: Scope) -> None:  # noqa: ARG002  # dispatch signature
        if node.value.__class__ is str:
            self.names.strings.append(node)

    def call(self, node: ast.Call, scope: Scope) -> None:
        self.names.scopes[node] = scope
        self.names.calls.append(node)
        self.children(node, scope)

    def joined(self, node: ast.JoinedStr, scope: Scope) -> None:
        self.names.joined.append(node)
        self.children(node, scope)

    def jump(self, node: ast.Return | ast.Break | ast.Continue, scope: Scope) -> None:
        self.names.jumps.append(node)
        self.children(node, scope)

    # Imports

    def import_(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            self.names.imports.append(alias.name)
            name = alias.asname or alias.name.partition(".")[0]
            target = alias.name if alias.asname else name
            self.bind(name, Binding("import", node, scope, target=target))

    def import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        module = "." * node.level + (node.module or "")
        self.names.imports.append(module)
        for alias in node.names:
            if alias.name == "*":
                self.names.stars.append(module)
                continue
            target = module + alias.name if module.endswith(".") else f"{module}.{alias.name}"
            self.names.imports.append(target)
            self.bind(alias.asname or alias.name, Binding("import", node, scope, target=target))

    # Definitions

    def class_(self, node: ast.ClassDef, scope: Scope) -> None:
        self.names.classes.append(node)
        self.bind(node.name, Binding("class", node, scope))
        for child in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(child, node, scope)
        self.body(node, Scope("class", node, scope))

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        self.names.functions.append(node)
        self.bind(node.name, Binding("function", node, scope))
        for child in node.decorator_list:
            self.visit(child, node, scope)
        if node.returns is not None:
            self.visit(node.returns, node, scope)
        inner = Scope("function", node, scope)
        self.parameters(node.args, node, scope, inner)
        self.body(node, inner)

    def lambda_(self, node: ast.Lambda, scope: Scope) -> None:
        inner = Scope("function", node, scope)
        self.names.inner[node] = inner
        self.parameters(node.args, node, scope, inner)
        self.visit(node.body, node, inner)

    def parameters(self, args: ast.arguments, node: ast.AST, scope: Scope, inner: Scope) -> None:
        self.names.parents[args] = node
        for default in (*args.defaults, *args.kw_defaults):
            if default is not None:
                self.visit(default, args, scope)
        every = (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg)
        for arg in every:
            if arg is not None:
                self.names.parents[arg] = args
                if arg.annotation is not None:
                    self.visit(arg.annotation, arg, scope)
                self.bind(arg.arg, Binding("parameter", arg, inner))

    def body(
        self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, inner: Scope
    ) -> None:
        self.names.inner[node] = inner
        for statement in node.body:
            self.visit(statement, node, inner)

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope
    ) -> None:
        inner = Scope("comprehension", node, scope)
        self.names.inner[node] = inner
        for place, generator in enumerate(node.generators):
            self.names.parents[generator] = node
            # What the first loop runs over is found before the comprehension's own scope opens.
            self.visit(generator.iter, generator, inner if place else scope)
            self.targets(generator.target, generator, inner, generator.iter, "loop")
            for condition in generator.ifs:
                self.visit(condition, generator, inner)
        if isinstance(node, ast.DictComp):
            self.visit(node.key, node, inner)
            self.visit(node.value, node, inner)
        else:
            self.visit(node.elt, node, inner)

    # Assignments

    def targets(
        self,
        target: ast.expr,
        node: ast.AST,
        scope: Scope,
        value: ast.expr | None,
        kind: BindingKind = "assign",
    ) -> None:
        """Bind what stands on the left of an assignment or behind ``for``."""
        self.names.parents[target] = node
        if isinstance(target, ast.Name):
            self.names.scopes[target] = scope
            self.bind(target.id, Binding(kind, node, scope, value))
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item, part in zip(target.elts, _parts(target, value, kind), strict=True):
                self.targets(item, target, scope, part, kind if part is not None else "other")
        else:
            self.names.stores[target] = value if kind == "assign" else None
            self.visit(target, node, scope)

    def assign(self, node: ast.Assign, scope: Scope) -> None:
        self.visit(node.value, node, scope)
        for target in node.targets:
            self.targets(target, node, scope, node.value)

    def annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        self.visit(node.annotation, node, scope)
        if node.value is not None:
            self.visit(node.value, node, scope)
            self.targets(node.target, node, scope, node.value)
        elif isinstance(node.target, ast.Name):
            self.names.parents[node.target] = node
        else:
            self.visit(node.target, node, scope)

    def walrus(self, node: ast.NamedExpr, scope: Scope) -> None:
        self.visit(node.value, node, scope)
        home = next(s for s in scope.outward() if s.kind != "comprehension")
        self.targets(node.target, node, home, node.value)

    def augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        self.visit(node.value, node, scope)
        self.names.stores[node.target] = None
        self.visit(node.target, node, scope)

    def loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        self.visit(node.iter, node, scope)
        self.targets(node.target, node, scope, node.iter, "loop")
        for statement in (*node.body, *node.orelse):
            self.visit(statement, node, scope)

    def outer(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        for name in node.names:
            scope.outer_names[name] = self._outer_scope(node, scope, name)

    def _outer_scope(self, node: ast.Global | ast.Nonlocal, scope: Scope, name: str) -> Scope:
        if isinstance(node, ast.Nonlocal):
            for outer in scope.outward():
                if outer is not scope and outer.kind == "function" and name in outer.bindings:
                    return outer
        return self.names.module


def _parts(
    target: ast.Tuple | ast.List, value: ast.expr | None, kind: BindingKind
) -> list[ast.expr | None]:
    """The expression that each item of an unpacking gets, or None where that is not to be seen."""
    plain = isinstance(value, (ast.Tuple, ast.List)) and kind == "assign"
    if not plain or any(isinstance(item, ast.Starred) for item in target.elts):
        return [None] * len(target.elts)
    assert isinstance(value, (ast.Tuple, ast.List))
    if len(value.elts) != len(target.elts) or any(isinstance(v, ast.Starred) for v in value.elts):
        return [None] * len(target.elts)
    return list(value.elts)
