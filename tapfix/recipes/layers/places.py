"""Where the statement that makes a layer goes, so that every function that needs it can name it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from tapfix.edits import Ref
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.callers import Callers
from tapfix.model.python.modules import AppClass, Module
from tapfix.recipes.arguments import Obstacle

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


@dataclass(frozen=True, eq=False)
class Home:
    """The code that has the same scope at hand: a class through ``self``, a function or a file.

    ``scope`` is the source text of the scope that constructs get there.
    """

    module: Module
    node: ast.AST
    scope: str

    @property
    def key(self) -> tuple[str, int, str]:
        """Equal for functions that can share a layer."""
        offset = getattr(self.node, "lineno", 0)
        return self.module.path, offset, self.scope


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for one statement, ``before`` or after ``anchor``, in the words of ``near``.

    ``owner`` is put before the layer's name: ``self.`` where methods must find it, else nothing.
    """

    anchor: Ref
    before: bool
    near: ast.AST
    owner: str = ""


def home_of(app: App, construct: Construct) -> Home | Obstacle:
    """What a construct's layer could be shared in."""
    scope = construct.scope.node if construct.scope is not None else None
    if construct.inherited:
        return Obstacle(
            "its class makes it in a scope that it is given, where a layer may be twice"
        )
    if not isinstance(scope, (ast.Name, ast.Attribute)):
        return Obstacle("its scope is no name that a layer could be given too")
    module = construct.module
    function = app.function_around(construct)
    text = module.file.source(module.ref(scope))
    cls = app.evaluator.resolver.self_class(module, scope)
    if cls is not None and function is not None and function.owner is cls:
        return Home(module, cls.node, text)
    if function is None and module.names.scopes[construct.node].owner is not None:
        return Obstacle("it is made in the body of a class")
    return Home(module, function.node if function is not None else module.file.tree, text)


def spot_for(app: App, home: Home, constructs: Sequence[Construct]) -> Spot | Obstacle:
    """Where to make a layer for constructs of one home."""
    functions = {app.function_around(construct) for construct in constructs}
    first = min(constructs, key=lambda construct: construct.ref)
    alone = len(functions) == 1
    if alone and all(is_made_once(app, construct) for construct in constructs):
        anchor = _before(home.module, constructs)
        return Spot(home.module.ref(anchor), before=True, near=first.node)
    if not isinstance(home.node, ast.ClassDef):
        return Obstacle("it is made by a function that is called more than once")
    return _in_constructor(app.modules.class_at(home.module, home.node), home)


def is_made_once(app: App, construct: Construct) -> bool:
    """Whether the code around a construct runs once in its scope: an id that is known says so."""
    function = app.function_around(construct)
    known = construct.id is not None and isinstance(construct.id.constant, str)
    if function is None or known or function.name == "__init__":
        return True
    sites = [site for site in Callers(app.evaluator).of(function) if not site.in_test]
    return len(sites) == 1 and not any(
        isinstance(ancestor, (*_LOOPS, ast.comprehension, ast.ListComp, ast.DictComp))
        for ancestor in sites[0].module.names.ancestors(sites[0].node)
    )


def _before(module: Module, constructs: Sequence[Construct]) -> ast.stmt:
    """The first statement of the innermost block that holds all constructs and repeats nothing."""
    ways = [_way(module, one.node) for one in sorted(constructs, key=lambda one: one.ref)]
    depth = 0
    for level in zip(*ways, strict=False):
        if len({block for block, _ in level}) > 1:
            break
        depth += 1
    return ways[0][depth - 1][1]


def _way(module: Module, node: ast.AST) -> list[tuple[tuple[ast.AST, str], ast.stmt]]:
    """The statements around a node, outermost first, each with its block; none inside a loop."""
    found: list[tuple[tuple[ast.AST, str], ast.stmt]] = []
    inner: ast.AST = module.names.statement(node)
    for outer in module.names.ancestors(inner):
        if isinstance(inner, ast.stmt):
            found.append(((outer, _block(outer, inner)), inner))
        if isinstance(outer, _LOOPS):
            found.clear()
        if isinstance(outer, _DEFINITIONS):
            break
        inner = outer
    return found[::-1]


def _block(outer: ast.AST, inner: ast.stmt) -> str:
    names = ("body", "orelse", "finalbody")
    return next((name for name in names if inner in getattr(outer, name, ())), "")


def _in_constructor(cls: AppClass, home: Home) -> Spot | Obstacle:
    """Behind ``super().__init__(…)``: what the constructor keeps on ``self`` all methods find."""
    constructor = cls.methods.get("__init__")
    if constructor is None:
        return Obstacle(f"{cls.name} has no constructor of its own to make a layer in")
    own = constructor.positional[0]
    anchor = next((one for one in constructor.node.body if _is_super_call(one)), None)
    if anchor is None or own != home.scope:
        return Obstacle(f"the constructor of {cls.name} leaves no place for a layer")
    return Spot(home.module.ref(anchor), before=False, near=anchor, owner=f"{own}.")


def _is_super_call(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    function = call.func if isinstance(call, ast.Call) else None
    return isinstance(function, ast.Attribute) and function.attr == "__init__"


def reaching_name(app: App, layer: Construct, function: Construct) -> str | None:
    """How a function's statement can name a layer that is made before it; None if it cannot."""
    module = layer.module
    statement = module.names.statement(layer.node)
    if module is not function.module or not isinstance(statement, ast.Assign):
        return None
    target = statement.targets[-1]
    within = module.names.ancestors(function.node)
    if isinstance(target, ast.Name):
        seen = module.scope_of(function.node).lookup(target.id)
        is_before = module.ref(statement).end <= module.ref(function.node).offset
        alone = len(seen) == 1 and seen[0].node is statement
        usable = alone and is_before and module.names.parents[statement] in within
        return target.id if usable else None
    cls = app.evaluator.resolver.self_class(module, getattr(target, "value", target))
    if cls is None or not isinstance(target, ast.Attribute):
        return None
    return _on_self(app, cls, layer, function, target.attr, statement)


def _on_self(
    app: App, cls: AppClass, layer: Construct, function: Construct, name: str, at: ast.stmt
) -> str | None:
    maker, user = app.function_around(layer), app.function_around(function)
    constructor = cls.methods.get("__init__")
    if maker is None or user is None or maker is not constructor or user.owner is not cls:
        return None
    if at not in constructor.node.body or len(cls.attributes.get(name, ())) != 1:
        return None
    own = constructor.positional[0]
    place = constructor.node.body.index(at)
    before = constructor.node.body[:place]
    if user is constructor:
        usable = layer.module.ref(at).end <= function.ref.offset
    else:
        usable = not any(_calls_method(statement, own) for statement in before)
    return f"{user.positional[0]}.{name}" if usable and user.positional else None


def _calls_method(statement: ast.stmt, own: str) -> bool:
    """Whether a statement calls a method of ``self``, which may make the function already."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == own
        for node in ast.walk(statement)
    )
