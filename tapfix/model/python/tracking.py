"""Following a value through a handler's code, in and out of lists, until the code uses it.

It moves through names, loops, comprehensions, lambdas, lists and the app's own functions. What a
key or a method makes of it is for the caller to say.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.flow import (
    Holder,
    function_around,
    is_bound,
    is_plain,
    lambda_readers,
    next_holders,
    parameter_readers,
    readers,
)
from tapfix.model.python.modules import AppFunction, Module

_SAME_LIST = ("list", "tuple", "sorted", "reversed", "iter", "set")
_GATHERED = (ast.ListComp, ast.SetComp, ast.GeneratorExp)


@dataclass(frozen=True, eq=False)
class Spot:
    """An expression and what it holds, ``what``, in so many lists.

    ``local`` is the last expression that held this value alone, in the function where following
    began; ``via`` are the parameters on its way, with what they held. Not ``sure``: the value may
    be another one by then. ``marks`` are what the caller notes on its way.
    """

    module: Module
    node: ast.expr
    what: str
    lists: int = 0
    local: ast.expr | None = None
    via: frozenset[tuple[AppFunction, str, str]] = frozenset()
    sure: bool = True
    marks: frozenset[str] = frozenset()

    @property
    def parent(self) -> ast.AST:
        """The node that does something with the value."""
        return self.module.names.parents[self.node]

    def made(self, node: ast.expr, *marks: str) -> Spot:
        """What an operation makes of the value, not wholly the same any more; with marks."""
        made = self.moved(Holder(self.module, node))
        return replace(made, local=self.local or self.node, marks=self.marks.union(marks))

    def moved(self, holder: Holder, lists: int = 0) -> Spot:
        """The same at the next expression, in ``lists`` more lists."""
        local = self.local or (self.node if holder.crossed else None)
        taken = {(*holder.parameter, self.what)} if holder.parameter is not None else set()
        return replace(
            self,
            module=holder.module,
            node=holder.node,
            lists=self.lists + lists,
            local=local,
            via=self.via | taken,
            sure=self.sure and holder.sure,
        )


@dataclass(eq=False)
class Tracker:
    """Follows values of one app.

    ``inward`` says where one goes by way of a key or a method; None if that is the end of it.
    ``ends`` are the spots where the code does something with a value.
    """

    evaluator: Evaluator
    inward: Callable[[Spot], list[Spot] | None]
    seen: dict[ast.AST, Spot] = field(default_factory=dict)
    ends: list[Spot] = field(default_factory=list)

    def run(self, spots: Iterable[Spot]) -> None:
        """Follow from these spots until nothing new is met."""
        pending = list(spots)
        while pending:
            spot = pending.pop()
            if spot.node not in self.seen:
                self.seen[spot.node] = spot
                found = list(self._follow(spot))
                pending += found

    def _follow(self, spot: Spot) -> Iterator[Spot]:
        holders = next_holders(self.evaluator, spot.module, spot.node)
        if holders is not None:
            yield from (spot.moved(holder) for holder in holders)
            return
        moved = _with_default(spot)
        if moved is None:
            moved = self._listed(spot, spot.parent) if spot.lists else self.inward(spot)
        if moved is None:
            moved = self._gathered(spot, spot.parent)
        if moved is None:
            self.ends.append(spot)
        else:
            yield from moved

    # Lists

    def _listed(self, spot: Spot, parent: ast.AST) -> list[Spot] | None:
        """Where the elements of a list go, or the list under another name."""
        module = spot.module
        if isinstance(parent, (ast.For, ast.AsyncFor, ast.comprehension)):
            if parent.iter is spot.node:
                return [spot.moved(holder, -1) for holder in readers(module, parent.target)]
        elif isinstance(parent, ast.Subscript) and parent.value is spot.node:
            taken = 0 if isinstance(parent.slice, ast.Slice) else -1
            return [spot.moved(Holder(module, parent), taken)]
        elif isinstance(parent, ast.Call) and spot.node in parent.args:
            return self._list_call(spot, parent)
        return None

    def _list_call(self, spot: Spot, call: ast.Call) -> list[Spot] | None:
        module, function = spot.module, call.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if name == "map" and len(call.args) >= 2 and spot.node is call.args[1]:
            return self._mapped(spot, call.args[0])
        if not isinstance(function, ast.Name) or module.scope_of(function).lookup(name):
            return None
        if name == "enumerate":
            loop = module.names.parents[call]
            target = getattr(loop, "target", None)
            if isinstance(target, ast.Tuple) and len(target.elts) == 2:
                return [spot.moved(holder, -1) for holder in readers(module, target.elts[1])]
        if name == "filter" and len(call.args) == 2:
            return [*self._mapped(spot, call.args[0]), spot.moved(Holder(module, call))]
        same = name in _SAME_LIST and spot.node is call.args[0]
        return [spot.moved(Holder(module, call))] if same else None

    def _mapped(self, spot: Spot, function: ast.expr) -> list[Spot]:
        """Where the elements go that ``map`` hands to a function; an end if it is none of ours."""
        if isinstance(function, ast.Lambda):
            return [spot.moved(h, -1) for h in lambda_readers(spot.module, function)]
        known = self.evaluator.named(spot.module, function)
        if isinstance(known, AppFunction) and is_plain(self.evaluator, known):
            names = known.positional[1:] if is_bound(known) else known.positional
            return [spot.moved(h, -1) for n in names[:1] for h in parameter_readers(known, n)]
        self.ends.append(spot)
        return []

    def _gathered(self, spot: Spot, parent: ast.AST) -> list[Spot] | None:
        """The list into which the code puts a value."""
        module = spot.module
        if isinstance(parent, _GATHERED) and parent.elt is spot.node:
            return [spot.moved(Holder(module, parent), 1)]
        if isinstance(parent, ast.Lambda):
            call = module.names.parents[parent]
            if isinstance(call, ast.Call) and len(call.args) == 2 and call.args[0] is parent:
                is_map = isinstance(call.func, ast.Name) and call.func.id == "map"
                return [spot.moved(Holder(module, call), 1)] if is_map else None
        if isinstance(parent, ast.Yield):
            function = function_around(self.evaluator, module, parent)
            calls = list(self.evaluator.calls_of(function)) if function is not None else []
            return [spot.moved(Holder(caller, call, True), 1) for caller, call in calls] or None
        return self._appended(spot, parent)

    def _appended(self, spot: Spot, parent: ast.AST) -> list[Spot] | None:
        """``payloads.append(x)``: where the list is read."""
        if not (isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute)):
            return None
        owner = parent.func.value
        if parent.func.attr != "append" or not isinstance(owner, ast.Name):
            return None
        bindings = spot.module.scope_of(owner).lookup(owner.id)
        target = getattr(bindings[0].node, "targets", [None])[0] if len(bindings) == 1 else None
        if not isinstance(target, ast.Name) or not _is_empty_list(bindings[0].value):
            return None
        found = readers(spot.module, target)
        return [spot.moved(h, 1) for h in found if not _is_receiver(h, "append")]


def _with_default(spot: Spot) -> list[Spot] | None:
    """``value or <nothing>``: the same value, whatever is meant by its absence."""
    parent = spot.parent
    if not isinstance(parent, ast.BoolOp) or not isinstance(parent.op, ast.Or):
        return None
    others = (other for other in parent.values if other is not spot.node)
    plain = all(is_nothing(other) for other in others)
    return [spot.moved(Holder(spot.module, parent))] if plain else None


def is_nothing(node: ast.expr) -> bool:
    """Whether an expression is a literal that counts as false: ``""``, ``None``, ``{}``, ``[]``."""
    if isinstance(node, ast.Constant):
        return not node.value
    if isinstance(node, ast.Dict):
        return not node.keys
    return isinstance(node, (ast.List, ast.Tuple)) and not node.elts


def _is_empty_list(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id == "list" and not value.args
    return isinstance(value, ast.List) and not value.elts


def _is_receiver(holder: Holder, method: str) -> bool:
    parent = holder.module.names.parents[holder.node]
    return isinstance(parent, ast.Attribute) and parent.attr == method
