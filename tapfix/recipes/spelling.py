"""How a place in stack code can name a construct that is made elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.model.app import App
from tapfix.model.cdk.carriers import taken_as
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import Reference, construct_at, only_call, returned
from tapfix.model.python.callers import home
from tapfix.model.python.evaluate import decided
from tapfix.model.python.frames import Frame, arguments
from tapfix.model.python.modules import AppClass, Module
from tapfix.model.python.scopes import Binding

_HELPERS = 3
"""So many helpers that hand a construct on are followed outwards."""


def spelled(app: App, construct: Construct, module: Module, at: ast.AST) -> str | None:
    """The shortest expression for a construct at a place; None if nothing there leads to it.

    The construct's statement, if it is in the same function, stands before the place.
    """
    own = _own_name(app, construct, module, at)
    if own is not None:
        return own
    found = [
        *_attributes(app, construct, module, at),
        *_used(app, construct, module, at),
        *_passed(app, construct, module, at),
    ]
    return min(found, key=lambda text: (len(text), text)) if found else None


@dataclass(frozen=True, slots=True)
class Held:
    """The statement of a module that gives a construct its first name, and that name."""

    module: Module
    statement: ast.stmt
    name: str


def held(app: App, construct: Construct) -> Held | None:
    """Where a construct gets its name: by its own statement, or where a helper's one call is.

    ``return s3.Bucket(…)`` gives none, ``self.bucket = self._make_bucket()`` does.
    """
    module, node = construct.module, construct.node
    for _ in range(_HELPERS):
        name = taken_as(module, node)
        if name is not None:
            return Held(module, module.names.statement(node), name)
        around = app.function_at(module, node)
        is_given = around is not None and returned(around) is node
        call = only_call(app, around) if around is not None and is_given else None
        if call is None:
            return None
        module, node = call
    return None


def is_steady(made: Held) -> bool:
    """Whether a name that a statement gives is given to nothing else in the same function."""
    module, scope = made.module, home(made.module, made.statement)
    if made.name.isidentifier():
        return len(module.scope_of(made.statement).lookup(made.name)) == 1
    stored = (node for node in module.names.stores if home(module, node) is scope)
    return sum(ast.unparse(node) == made.name for node in stored) <= 1


def here(app: App, found: Reference, module: Module, at: ast.AST) -> str | None:
    """How a place names the construct of a reference: as the reference does, if it can."""
    same = found.module is module and home(module, found.base) is home(module, at)
    if same and isinstance(found.base, (ast.Name, ast.Attribute)) and not _is_inner(module, found):
        return found.text
    return spelled(app, found.construct, module, at)


def _is_inner(module: Module, found: Reference) -> bool:
    """Whether the reference's name is one of a comprehension's or a lambda's own."""
    scope = module.scope_of(found.base)
    return scope.kind == "comprehension" or isinstance(scope.node, ast.Lambda)


def _own_name(app: App, construct: Construct, module: Module, at: ast.AST) -> str | None:
    """The name that a statement of the same function gives the construct."""
    made = held(app, construct)
    if made is None or made.module is not module:
        return None
    name, statement = made.name, made.statement
    if home(module, statement) is not home(module, at):
        return None
    if not is_steady(made) or module.ref(statement).offset > module.ref(at).offset:
        return None
    # Not out of a branch or a loop that the place does not stand in.
    block = module.names.parents[statement]
    return name if block in (at, *module.names.ancestors(at)) else None


def _attributes(app: App, construct: Construct, module: Module, at: ast.AST) -> Iterator[str]:
    """``self.x`` in the class that keeps the construct, ``other.x`` where ``other`` is of it."""
    for cls, name, value in _keepers(app, construct):
        if not _is_set(app, (cls.module, value), (module, at)):
            continue
        for holder, holder_class in _holders(app, module, at):
            if cls in (*app.evaluator.resolver.lineage(holder_class), holder_class):
                yield f"{holder}.{name}"


def _is_set(app: App, made: tuple[Module, ast.AST], at: tuple[Module, ast.AST]) -> bool:
    """Whether code has run at a place, in one function or in helpers that are called there.

    Not if a condition decides on it that the place knows nothing of.
    """
    for module, node in _outwards(app, *made):
        for other, place in _outwards(app, *at):
            if module is other and home(module, node) is home(other, place):
                is_later = module.ref(node).offset > module.ref(place).end
                return not is_later and not decided(module, node, other, place)
        if decided(module, node, *at):
            return False
    return True


def _outwards(app: App, module: Module, node: ast.AST) -> Iterator[tuple[Module, ast.AST]]:
    """A node, and the calls that lead to it, as long as there is one of each."""
    for _ in range(_HELPERS):
        yield module, node
        function = home(module, node).node
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        call = only_call(app, app.modules.function_at(module, function))
        if call is None:
            return
        module, node = call


def _keepers(app: App, construct: Construct) -> Iterator[tuple[AppClass, str, ast.expr]]:
    """The classes of the app of which an attribute always is the construct; its name and value."""
    scope = construct.module.names.scopes[construct.node].owner
    classes = [
        app.modules.class_at(module, node)
        for module in app.cdk_modules
        for node in module.names.classes
    ]
    for cls in classes:
        if scope is None:
            return
        for name, bindings in cls.attributes.items():
            values = [binding.value for binding in bindings]
            if len(values) == 1 and values[0] is not None and name not in cls.methods:
                is_kept = construct_at(app, cls.module, values[0]) is construct
                if is_kept and not app.evaluator.resolver.stored_from_outside(name):
                    yield cls, name, values[0]


def _holders(app: App, module: Module, at: ast.AST) -> Iterator[tuple[str, AppClass]]:
    """The names in a function that stand for objects of the app's classes."""
    for name, bindings in home(module, at).bindings.items():
        if len(bindings) != 1:
            continue
        is_given = bindings[0].kind == "parameter"
        if is_given or _is_before(module, bindings[0].node, at):
            cls = _class_of(app, module, name, bindings)
            if cls is not None:
                yield name, cls


def _class_of(app: App, module: Module, name: str, bindings: list[Binding]) -> AppClass | None:
    """The class of the app that a name stands for an object of."""
    node = bindings[0].node
    if isinstance(node, ast.arg) and node.annotation is not None:
        symbol = app.evaluator.resolver.symbol(module, node.annotation)
        if isinstance(symbol, AppClass):
            return symbol
    loads = module.names.readers(name, bindings)
    known = (app.evaluator.instance_class(module, load) for load in loads)
    return next((cls for cls in known if cls is not None), None)


def _passed(app: App, construct: Construct, module: Module, at: ast.AST) -> Iterator[str]:
    """Parameters for which every caller of the function gives the construct."""
    node = home(module, at).node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    function = app.modules.function_at(module, node)
    is_constructor = function.owner is not None and function.name == "__init__"
    target = function.owner if is_constructor else function
    assert target is not None
    calls = [
        arguments(function, caller, call, Frame())
        for caller, call in app.evaluator.calls_of(target)
    ]
    for name in function.parameters:
        bindings = function.scope.bindings.get(name, [])
        given = [call.get(bindings[0]) for call in calls] if len(bindings) == 1 else []
        if given and all(
            one is not None and construct_at(app, one.module, one.node) is construct
            for one in given
        ):
            yield name


def _used(app: App, construct: Construct, module: Module, at: ast.AST) -> Iterator[str]:
    """Expressions in the same function, before the place, that are the construct."""
    scope = home(module, at)
    for use in app.uses(construct):
        node: ast.expr = use.node.func if isinstance(use.node, ast.Call) else use.node
        for _ in use.chain:
            node = node.value if isinstance(node, ast.Attribute) else node
        if use.module is not module or not isinstance(node, (ast.Name, ast.Attribute)):
            continue
        if home(module, node) is scope and construct_at(app, module, node) is construct:
            root: ast.expr = node
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and _is_parameter(module, root):
                yield module.file.source(module.ref(node))


def _is_parameter(module: Module, node: ast.Name) -> bool:
    bindings = module.scope_of(node).lookup(node.id)
    return len(bindings) == 1 and bindings[0].kind == "parameter"


def _is_before(module: Module, node: ast.AST, at: ast.AST) -> bool:
    return isinstance(node, ast.stmt) and module.ref(node).end <= module.ref(at).offset
