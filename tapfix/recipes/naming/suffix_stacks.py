"""The suffix in the ids of stacks and stages, so that two environments are two stacks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tapfix.edits import Edit, InsertStatements, ReplaceExpression
from tapfix.model.python.callers import CallSite, home
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.names import Names
from tapfix.model.python.origins import Origin
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.naming.grown import GrownNames
from tapfix.recipes.naming.ids import LookedUp
from tapfix.recipes.naming.imported import Import, Imports
from tapfix.recipes.naming.renaming import Renaming, suffixed
from tapfix.recipes.naming.suffix import Suffix, Suffixes, names_environment
from tapfix.recipes.naming.suffix_source import LONGEST

_CONTAINERS = ("aws_cdk.Stack", "aws_cdk.Stage")


@dataclass(eq=False)
class StackIds:
    """Finds the stacks around a place, and gives their ids the suffix."""

    suffixes: Suffixes
    names: Names

    def edits(
        self, module: Module, node: ast.AST, suffix: Suffix, scope: Value | None = None
    ) -> tuple[Edit, ...] | Obstacle:
        """The edits of ids that go with a suffix at a place.

        ``suffix`` is what is used there, ``scope`` what the construct there is given as scope.
        An id by which a stack is looked for is an obstacle.
        """
        found: dict[Edit, None] = {}
        for place, call in (*self._made(scope), *self._calls(module, node, suffix)):
            places = list(self._id_places(place, call))
            for home_module, argument in places:
                # The last place, if there are two, is what names the stack.
                is_name = argument is places[-1][1]
                edits = self._edit(home_module, argument, suffix, call, is_name)
                if isinstance(edits, Obstacle):
                    return edits
                found |= dict.fromkeys(edits)
        return tuple(found)

    @cached_property
    def imports(self) -> Imports:
        """What the app imports from its stacks by texts."""
        return Imports(self.suffixes.app, self.names, self.suffixes.callers)

    def _made(self, scope: Value | None) -> Iterator[tuple[Module, ast.Call]]:
        """The call that made the scope of a construct: ``stack = Stack(app, "Orders")``."""
        if scope is not None and not self._is_self(scope):
            value = self.suffixes.app.evaluator.value(scope.module, scope.node)
            if isinstance(value.origin, ast.Call):
                yield value.origin_module, value.origin

    def _is_self(self, scope: Value) -> bool:
        return self.suffixes.app.evaluator.resolver.self_class(scope.module, scope.node) is not None

    def _edit(
        self, module: Module, node: ast.expr, suffix: Suffix, call: ast.Call, is_name: bool
    ) -> tuple[Edit, ...] | Obstacle:
        parts = self.names.fixed(module, node)
        old = "".join(part.text for part in parts) if parts is not None else ""
        if parts is None or names_environment(old):
            return ()
        here = self.suffixes.at(module, node)
        edits: tuple[Edit, ...] = ()
        alike = self.suffixes.asked_alike(module, node, suffix)
        if alike is not None:
            here, edits = alike, alike.edits
        elif isinstance(here, Obstacle) or not set(here.edits) <= set(suffix.edits):
            given = self._given_here(module, call)
            if given is None:
                return ()
            here, edits = given
        if here.token:
            return ()
        followed = self._followed(old) if is_name else ()
        obstacle = self._beyond(old, module, call)
        if obstacle is not None or isinstance(followed, Obstacle):
            return obstacle or followed
        renaming = Renaming("", self.suffixes.app.settings.separator)
        text = suffixed(module, node, renaming, here.text)
        if text is None:
            return ()
        return (*edits, ReplaceExpression(module.ref(node), text), *followed)

    def _beyond(self, old: str, module: Module, call: ast.Call) -> Obstacle | None:
        """What no edit here can make follow a stack's new name."""
        place = self.suffixes.app.once(LookedUp).at(old)
        if place is not None:
            return Obstacle(f"the stack {old!r} is looked up in {place}")
        made = self.suffixes.app.evaluator.callee(module, call)
        most = len(old) + len(self.suffixes.app.settings.separator) + LONGEST
        grown = self.suffixes.app.once(GrownNames).beyond(made, most)
        if grown is None:
            return None
        return Obstacle(
            f"{grown.label} has a name made of that of the stack {old!r}: with the suffix"
            " it would be too long"
        )

    def _followed(self, stack: str) -> tuple[Edit, ...] | Obstacle:
        """The edits of imports by names that CDK made of a stack's name."""
        app, edits = self.suffixes.app, dict[Edit, None]()
        for found in self.imports.of(stack):
            at = f"the stack {stack!r} stands in the import in {self._at(found)}"
            suffix = self.suffixes.at(found.module, found.node)
            if isinstance(suffix, Obstacle):
                return Obstacle(f"{at}, which has to follow, but {suffix.reason}")
            text = found.renamed(stack, app.settings.separator, suffix.text)
            if text is None:
                return Obstacle(f"{at}, where it may have to be the same")
            replaced = ReplaceExpression(found.module.ref(found.node), text)
            edits |= dict.fromkeys((replaced, *suffix.edits))
        return tuple(edits)

    def _at(self, found: Import) -> str:
        ref, app = found.module.ref(found.node), self.suffixes.app
        return f"{app.relative(ref.path)}:{app.position(ref)[0]}"

    def _given_here(self, module: Module, call: ast.Call) -> tuple[Suffix, tuple[Edit, ...]] | None:
        """The suffix that a call is given as an expression, and the edits that make it a name."""
        statement = module.names.parents.get(call)
        if not isinstance(statement, (ast.Expr, ast.Assign)):
            return None
        for keyword in call.keywords:
            name, node = keyword.arg, keyword.value
            source = module.file.source(module.ref(node))
            if name not in self.suffixes.environments.spellings or "\n" in source:
                continue
            origins = self.suffixes.environments.tracer.origins(module, node)
            if origins == {Origin.OUTSIDE} and not module.scope_of(call).lookup(name):
                bind = InsertStatements(module.ref(statement), f"{name} = {source}", before=True)
                return Suffix(name), (bind, ReplaceExpression(module.ref(node), name))
        return None

    # Which calls make the stacks

    def _calls(
        self, module: Module, node: ast.AST, suffix: Suffix
    ) -> Iterator[tuple[Module, ast.Call]]:
        """The calls that make the stacks around a place, and those beside them in the app file."""
        seen: set[ast.AST] = set()
        pending: list[tuple[Module, ast.AST]] = [(module, node)]
        while pending:
            module, node = pending.pop()
            scope = home(module, node)
            if isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                function = self.suffixes.app.modules.function_at(module, scope.node)
                for site in self._above(function):
                    if site.node not in seen:
                        seen.add(site.node)
                        pending.append((site.module, site.node))
                        yield site.module, site.node
            yield from self._beside(module, node, suffix)

    def _above(self, function: AppFunction) -> list[CallSite]:
        """The calls, outside tests, by which code of a function comes to run."""
        callers = self.suffixes.callers
        if function.owner is not None:
            constructor = callers.constructor(function.owner)
            return [s for s in callers.of(constructor) if not s.in_test] if constructor else []
        return [site for site in callers.of(function) if not site.in_test]

    def _beside(
        self, module: Module, node: ast.AST, suffix: Suffix
    ) -> Iterator[tuple[Module, ast.Call]]:
        """The other stacks of an app that the suffix is read for: one must not serve them all."""
        scope = home(module, node)
        variable = self.suffixes.environments.app_in(module, scope)
        read = self.suffixes.asked_alike(module, node, suffix) or suffix
        reads = [edit.anchor for edit in read.edits if isinstance(edit, InsertStatements)]
        if variable is None or module.ref(variable.statement) not in reads:
            return
        for call in module.names.calls:
            first = call.args[0] if call.args else None
            if not isinstance(first, ast.Name) or first.id != variable.name:
                continue
            if home(module, call) is scope and self._is_container(module, call):
                yield module, call

    def _is_container(self, module: Module, call: ast.Call) -> bool:
        callee = self.suffixes.app.evaluator.callee(module, call)
        if isinstance(callee, AppClass):
            bases = self.suffixes.app.evaluator.resolver.library_bases(callee)
            return any(base in _CONTAINERS for base in bases)
        return callee in _CONTAINERS

    # Where a stack's id and name are written

    def _id_places(self, module: Module, call: ast.Call) -> Iterator[tuple[Module, ast.expr]]:
        if not self._is_container(module, call):
            return
        callee = self.suffixes.app.evaluator.callee(module, call)
        constructor = None
        if isinstance(callee, AppClass):
            constructor = self.suffixes.callers.constructor(callee)
        inside = self._is_inside(module, call)
        for name in ("stack_name",) if inside else ("id", "stack_name"):
            found = self._given(module, call, constructor, name)
            if found is not None:
                yield found

    def _given(
        self, module: Module, call: ast.Call, constructor: AppFunction | None, name: str
    ) -> tuple[Module, ast.expr] | None:
        """Where an id or a name is written: in the call, or in the constructor of its class."""
        inner = _super_arguments(constructor) if constructor is not None else None
        value = _argument(inner, name) if inner is not None else None
        if constructor is None or value is None:
            given = _argument(call, name) if constructor is None or name != "id" else None
        else:
            parameter = _parameter_in(value, constructor)
            if parameter is None:
                return constructor.module, value
            given = CallSite(module, call, constructor, in_test=False).argument(parameter)
        return (module, given) if given is not None else None

    def _is_inside(self, module: Module, call: ast.Call) -> bool:
        """Whether a stack is made within another stack or a stage, whose id begins its name."""
        first = call.args[0] if call.args else None
        cls = self.suffixes.app.evaluator.resolver.self_class(module, first) if first else None
        bases = self.suffixes.app.evaluator.resolver.library_bases(cls) if cls else ()
        return any(base in _CONTAINERS for base in bases)


def _super_arguments(constructor: AppFunction) -> ast.Call | None:
    """The call ``super().__init__(…)`` in the body of a constructor."""
    for statement in constructor.node.body:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__")) as call):
                return call
    return None


def _parameter_in(value: ast.expr, constructor: AppFunction) -> str | None:
    """The one parameter of a constructor that an expression is made of."""
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    found = names & set(constructor.parameters)
    return next(iter(found)) if len(found) == 1 else None


def _argument(call: ast.Call, name: str) -> ast.expr | None:
    """The id (second by position) or the ``stack_name`` of a call."""
    for keyword in call.keywords:
        if keyword.arg == name or (name == "id" and keyword.arg == "construct_id"):
            return keyword.value
    given = call.args[:2]
    if name != "id" or len(given) < 2 or any(isinstance(item, ast.Starred) for item in given):
        return None
    return given[1]
