"""Where, behind everything that is made, code can still name a construct.

A construct that the constructor of a stack binds to a name can be named at the constructor's end.
One that a helper method makes is followed outwards: through ``self.x``, or through the method's
``return`` to the name that takes it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from functools import cached_property

from tapfix.edits import Ref
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.branches import branches
from tapfix.model.python.callers import Callers, CallSite
from tapfix.model.python.modules import AppClass, AppFunction, Module

_STACKS = ("aws_cdk.Stack", "aws_cdk.NestedStack")
_REPEATS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEEPEST = 6


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """A place for statements about a construct: after the statement ``anchor``, or ``before`` it.

    ``name`` is how that place calls the construct, empty if nothing there holds it; ``scope`` what
    other constructs beside it are given as their scope. ``family`` are the classes whose code has
    the same scope; there are none where the scope is a variable.
    """

    module: Module
    anchor: ast.stmt
    before: bool
    scope: str
    name: str
    family: tuple[AppClass, ...] = ()

    @property
    def ref(self) -> Ref:
        """The place of the anchor."""
        return self.module.ref(self.anchor)

    def ends_with(self, callee: str) -> bool:
        """Whether the anchor is a bare call of something of that name."""
        return _calls(self.anchor, callee)

    def is_spaced(self, callee: str) -> bool:
        """Whether the anchor is such a call, with an empty line between it and one before it."""
        block = _block(self.module, self.anchor)
        at = block.index(self.anchor) if self.anchor in block else 0
        if not at or not _calls(self.anchor, callee) or not _calls(block[at - 1], callee):
            return False
        lines = self.module.file.data.splitlines()
        between = lines[block[at - 1].end_lineno or 0 : self.anchor.lineno - 1]
        return any(not line.strip() for line in between)


@dataclass(eq=False)
class Reaches:
    """Answers for one app."""

    app: App
    _once: dict[AppFunction, CallSite | None] = field(default_factory=dict)

    @cached_property
    def _callers(self) -> Callers:
        return Callers(self.app.evaluator)

    def of(self, construct: Construct) -> Reach | None:
        """Where a construct can be named; None if it is not made exactly once in its stack.

        Not what a loop, a branch, a helper called more than once or a test of the app makes, nor
        what is made in a scope that the source does not tell.
        """
        module, node = construct.module, construct.node
        if construct.inherited or _varies(module, node) or self._callers.is_test(module):
            return None
        scope = construct.scope.node if construct.scope is not None else None
        if not isinstance(scope, ast.Name):
            return None
        function = self.app.function_around(construct)
        cls = self.app.evaluator.resolver.self_class(module, scope)
        if cls is not None:
            return self._in_class(construct, cls, function)
        return self._beside(construct, scope.id)

    def in_test(self, module: Module) -> bool:
        """Whether a module is a test of the app."""
        return self._callers.is_test(module)

    def repeats(self, module: Module, node: ast.AST) -> bool:
        """Whether code may run more than once in the stack that it works on.

        It stands in a loop, or in a helper that is called more than once.
        """
        for _ in range(_DEEPEST):
            for ancestor in module.names.ancestors(node):
                if isinstance(ancestor, (*_REPEATS, *_LOOPS)):
                    return True
                if isinstance(ancestor, _FUNCTIONS):
                    break
            else:
                return False
            function = self.app.modules.function_at(module, ancestor)
            if function.name == "__init__":
                return False
            sites = [site for site in self._callers.of(function) if not site.in_test]
            if len(sites) != 1:
                return bool(sites)
            module, node = sites[0].module, sites[0].node
        return True

    # In a class

    def _in_class(
        self, construct: Construct, cls: AppClass, function: AppFunction | None
    ) -> Reach | None:
        if function is None or function.owner is not cls:
            return None
        name = self._holder(construct.module, construct.node, cls)
        return self._outwards(function, construct.node, name)

    def _outwards(self, function: AppFunction, made: ast.expr, name: str) -> Reach | None:
        """The end of the constructor, or of the method where the name ends."""
        for _ in range(_DEEPEST):
            if function.name == "__init__" or function.owner is None:
                return self._in_outputs(function, made, name) or self._end(function, name)
            site = self._only_call(function)
            if site is None:
                return None
            outer = self._caller(site)
            taken = self._taken(function, site, outer, made, name)
            if not taken or outer is None:
                return self._end(function, name) if self._runs_once(site) else None
            function, made, name = outer, site.node, taken
        return None

    def _taken(
        self,
        function: AppFunction,
        site: CallSite,
        outer: AppFunction | None,
        made: ast.expr,
        name: str,
    ) -> str:
        """How the caller of a method can name what the method makes, and perhaps calls ``name``."""
        own, cls = function.positional[0], function.owner
        if outer is None or cls is None or outer.owner not in self._family(cls):
            return ""
        if name.startswith(f"{own}."):
            return outer.positional[0] + name.removeprefix(own)
        if self.app.evaluator.resolver.is_overridden(cls, function.name):
            return ""
        last = function.node.body[-1]
        returned = last.value if isinstance(last, ast.Return) else None
        is_named = isinstance(returned, ast.Name) and returned.id == name
        handed_on = returned is made or is_named
        return self._holder(site.module, site.node, cls) if handed_on else ""

    def _only_call(self, function: AppFunction) -> CallSite | None:
        """The one call of a method outside tests, if it is made whenever its function runs."""
        if function not in self._once:
            sites = [site for site in self._callers.of(function) if not site.in_test]
            plain = [site for site in sites if not _varies(site.module, site.node)]
            self._once[function] = plain[0] if len(sites) == 1 and plain else None
        return self._once[function]

    def _runs_once(self, site: CallSite) -> bool:
        for _ in range(_DEEPEST):
            outer = self._caller(site)
            if outer is None or outer.name == "__init__":
                return True
            call = self._only_call(outer)
            if call is None:
                return False
            site = call
        return False

    def _caller(self, site: CallSite) -> AppFunction | None:
        for ancestor in site.module.names.ancestors(site.node):
            if isinstance(ancestor, _FUNCTIONS):
                return self.app.modules.function_at(site.module, ancestor)
        return None

    def _end(self, function: AppFunction, name: str) -> Reach:
        cls = function.owner
        assert cls is not None
        last = function.node.body[-1]
        before = isinstance(last, ast.Return)
        own = function.positional[0]
        return Reach(function.module, last, before, own, name, self._family(cls))

    def _in_outputs(self, function: AppFunction, made: ast.expr, name: str) -> Reach | None:
        """The end of the method that makes the outputs, called when the construct is made."""
        own, owner = function.positional[0], function.owner
        names = function.module.names
        if owner is None or not name.startswith(f"{own}."):
            return None
        for statement in function.node.body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            if not isinstance(call, ast.Call) or statement.lineno <= names.statement(made).lineno:
                continue
            method = self.app.evaluator.callee(function.module, call)
            if isinstance(method, AppFunction) and self._makes_outputs(method, owner):
                end = self._end(method, name)
                return replace(end, name=end.scope + name.removeprefix(own))
        return None

    def _makes_outputs(self, method: AppFunction, owner: AppClass) -> bool:
        """Whether a method of a class makes its outputs, and nothing else."""
        resolver = self.app.evaluator.resolver
        if method.owner is not owner or resolver.is_overridden(owner, method.name):
            return False
        if self._only_call(method) is None:
            return False
        body = method.node.body[1:] if ast.get_docstring(method.node) else method.node.body
        calls = [s.value for s in body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
        made = {self.app.evaluator.callee(method.module, call) for call in calls}
        return bool(body) and len(calls) == len(body) and made == {"aws_cdk.CfnOutput"}

    def _family(self, cls: AppClass) -> tuple[AppClass, ...]:
        resolver = self.app.evaluator.resolver
        return (*resolver.lineage(cls), *resolver.descendants(cls))

    # Beside a stack that a variable holds

    def _beside(self, construct: Construct, scope: str) -> Reach | None:
        """After the last construct that is made in the same stack, in the stack's own block."""
        module = construct.module
        bindings = module.scope_of(construct.node).lookup(scope)
        if len(bindings) != 1 or bindings[0].kind != "assign" or bindings[0].value is None:
            return None
        if not self._is_stack(module, bindings[0].value):
            return None
        block = _block(module, module.names.statement(bindings[0].node))
        statement = module.names.statement(construct.node)
        if statement not in block:
            return None
        last = [one for one in block if _makes_in(one, scope)][-1]
        return Reach(module, last, False, scope, self._holder(module, construct.node, None))

    def _is_stack(self, module: Module, node: ast.expr) -> bool:
        if not isinstance(node, ast.Call):
            return False
        callee = self.app.evaluator.callee(module, node)
        if isinstance(callee, AppClass):
            return any(b in _STACKS for b in self.app.evaluator.resolver.library_bases(callee))
        return callee in _STACKS

    # Names

    def _holder(self, module: Module, node: ast.expr, cls: AppClass | None) -> str:
        """The name or the attribute of ``self`` that alone holds what a call gives, or nothing."""
        statement = module.names.parents[node]
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        resolver = self.app.evaluator.resolver
        for target in targets:
            if isinstance(target, ast.Name):
                if len(module.scope_of(target).lookup(target.id)) == 1:
                    return target.id
            elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                own = resolver.self_class(module, target.value)
                if cls is not None and own is not None:
                    bindings = resolver.attribute_bindings(own, target.attr)
                    if len(bindings) == 1 and not resolver.stored_from_outside(target.attr):
                        return f"{target.value.id}.{target.attr}"
        return ""


def _calls(statement: ast.stmt, callee: str) -> bool:
    """Whether a statement is a bare call of something of that name."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    called = call.func if isinstance(call, ast.Call) else None
    return callee in (getattr(called, "attr", None), getattr(called, "id", None))


def _varies(module: Module, node: ast.AST) -> bool:
    """Whether code runs more or less than once each time its function runs."""
    if branches(module, node):
        return True
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, _REPEATS):
            return True
        if isinstance(ancestor, ast.stmt):
            return False
    return False


def _block(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    """The statements beside one."""
    parent = module.names.parents[statement]
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return []


def _makes_in(statement: ast.stmt, scope: str) -> bool:
    """Whether a statement holds a call whose first argument is the variable ``scope``."""
    return any(
        isinstance(node, ast.Call)
        and bool(node.args)
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id == scope
        for node in ast.walk(statement)
    )
