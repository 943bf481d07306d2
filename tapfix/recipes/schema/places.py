"""Where in the stack code the function that creates tables is made."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tapfix.edits import Ref
from tapfix.model.access.ingress import groups_of
from tapfix.model.access.principals import principal
from tapfix.model.app import App
from tapfix.model.cdk.carriers import carrier
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import Reference, construct_at
from tapfix.model.cdk.stacks import in_same_stack, may_refer
from tapfix.model.python.callers import home
from tapfix.model.python.modules import Module
from tapfix.model.sql.queried import Queried
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.layers.places import home_of, is_made_once
from tapfix.recipes.spelling import here, spelled

_LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(frozen=True, eq=False)
class Seat:
    """The statement behind which it is made, and the function that it is made like.

    ``scope`` is what constructs are given there; ``users`` are the names of the functions that
    wait for it.
    """

    app: App
    module: Module
    anchor: ast.stmt
    neighbour: Construct
    scope: str
    users: tuple[str, ...]

    @property
    def ref(self) -> Ref:
        """The statement."""
        return self.module.ref(self.anchor)

    def text(self, construct: Construct) -> str | None:
        """How to name a construct there."""
        return spelled(self.app, construct, self.module, self.anchor)

    def reference(self, found: Reference) -> str | None:
        """How to name the construct of a reference there."""
        return here(self.app, found, self.module, self.anchor)

    def may_wait_for(self, construct: Construct) -> bool:
        """Whether what is made there may wait for a construct."""
        return may_refer(self.app, self.neighbour, construct)


def seat_of(app: App, queried: Queried) -> Seat | Obstacle:
    """Behind the last of the functions, where all of them and the database can be named."""
    functions = sorted(queried.functions, key=lambda one: one.ref)
    last = functions[-1]
    obstacle = next(filter(None, (_unnamed(app, one) for one in functions)), None)
    if obstacle is not None:
        return obstacle
    place = home_of(app, last)
    if isinstance(place, Obstacle):
        return place
    if not all(in_same_stack(app, one, last) for one in functions):
        return Obstacle("the functions that query it lie in several stacks, or may do so")
    anchor = _anchor(app, queried, last, functions)
    names = [spelled(app, one, last.module, anchor) for one in functions]
    users = [name for name in names if name is not None]
    if len(users) < len(functions):
        return Obstacle("the functions that query it are made in places that know none of another")
    return Seat(app, last.module, anchor, last, place.scope, tuple(users))


def _unnamed(app: App, function: Construct) -> Obstacle | None:
    """Why nothing can be made to run before a function."""
    if function.cls.level == 1:
        return Obstacle("a function that queries it is an L1 construct")
    if carrier(function) is None or function.inherited:
        return Obstacle(f"no name holds {function.label}, which queries it: give it one")
    within = function.module.names.ancestors(function.node)
    if any(isinstance(one, _LOOPS) for one in within) or not is_made_once(app, function):
        return Obstacle(f"{function.label}, which queries it, is made several times")
    return None


# The statement


def _anchor(
    app: App, queried: Queried, last: Construct, functions: Sequence[Construct]
) -> ast.stmt:
    """The last statement that makes one of the functions or the database, and what goes with it."""
    module = last.module
    statement = module.names.statement(last.node)
    block = _block(module, statement)
    made = [module.names.statement(last.node)]
    for construct in (queried.store.construct, *functions):
        if construct.module is module and home(module, construct.node) is home(module, statement):
            made += [one for one in block if one is module.names.statement(construct.node)]
    place = max(map(block.index, made))
    names = [carrier(last), *_companions(app, last)]
    word = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?!\w)" for name in names if name))
    while place + 1 < len(block) and _goes_with(app, module, block[place + 1], word):
        place += 1
    return block[place]


def _block(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    parent = module.names.parents[statement]
    blocks = (getattr(parent, name, None) for name in ("body", "orelse", "finalbody"))
    return next(one for one in blocks if isinstance(one, list) and statement in one)


def _companions(app: App, function: Construct) -> list[str]:
    """What a function's role and its security groups are called beside it."""
    whose = principal(app, function)
    role = whose.role if whose is not None else None
    return [one.text for one in (*(groups_of(app, function) or ()), *([role] if role else []))]


def _goes_with(app: App, module: Module, statement: ast.stmt, word: re.Pattern[str]) -> bool:
    """Whether a statement only calls a method that is about a function: a grant, a rule."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return False
    if construct_at(app, module, call) is not None:
        return False
    return word.search(module.file.source(module.ref(statement))) is not None
