"""What handlers read out of their events: the encoded data of stream records.

Lambda hands a handler a dict: Kinesis records in ``Records``, each with its data below
``kinesis``; records of a Firehose transformation in ``records``, each with its ``data``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tapfix.model.lambdas.handlers import Handler
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.flow import (
    callers_agree,
    function_around,
    is_bound,
    is_plain,
    parameter_readers,
)
from tapfix.model.python.modules import AppFunction, Module
from tapfix.model.python.tracking import Spot, Tracker, is_nothing

Source = Literal["Kinesis", "Firehose"]

DATA = "data"
_KEYS = {
    ("event", "Records"): ("record", 1),
    ("event", "records"): ("transformed", 1),
    ("record", "kinesis"): ("kinesis", 0),
    ("kinesis", "data"): (DATA, 0),
    ("transformed", "data"): (DATA, 0),
}
# Parts that a function may also be given by callers who mean something else by them.
_VAGUE = ("kinesis", "transformed")
# Every answer to Firehose names the record it is about.
_FIREHOSE_MARK = b"recordId"
_POWERTOOLS = "aws_lambda_powertools"


@dataclass(frozen=True, eq=False)
class Read:
    """A look-up of a record's data.

    ``may_be_missing``: it gives None where there is none. ``has_default``: it gives another text.
    """

    module: Module
    node: ast.expr
    source: Source
    may_be_missing: bool
    has_default: bool


def find_reads(evaluator: Evaluator, handlers: Sequence[Handler]) -> list[Read]:
    """Every place where handlers read the data of Kinesis or Firehose records, each once."""
    found: list[Spot] = []

    def inward(spot: Spot) -> list[Spot] | None:
        inner = _looked_up(evaluator, spot)
        if inner is not None and inner.what == DATA:
            found.append(replace(spot, node=inner.node))
            return []
        return [inner] if inner is not None else None

    tracker = Tracker(evaluator, inward)
    tracker.run(_events(evaluator, handlers))
    transformed = any(spot.what == "transformed" for spot in found)
    firehose = {m for h in handlers for m in _answers_firehose(h)} if transformed else set()
    stored = [spot for spot in tracker.ends if _is_stored(evaluator, spot)]
    certain = [
        spot
        for spot in sorted(found, key=lambda spot: (spot.module.path, spot.module.ref(spot.node)))
        if _is_certain(evaluator, spot, tracker, firehose)
        and not any(_comes_before(evaluator, store, spot) for store in stored)
    ]
    return [_read(spot) for spot in certain]


def _read(spot: Spot) -> Read:
    source: Source = "Kinesis" if spot.what == "kinesis" else "Firehose"
    if not isinstance(spot.node, ast.Call):
        return Read(spot.module, spot.node, source, False, False)
    default = spot.node.args[1] if len(spot.node.args) > 1 else ast.Constant(None)
    is_text = isinstance(default, ast.Constant) and isinstance(default.value, (str, bytes))
    return Read(spot.module, spot.node, source, not is_text, not is_nothing(default))


def _events(evaluator: Evaluator, handlers: Iterable[Handler]) -> Iterator[Spot]:
    """Where handlers read their first parameter, if it is the plain event of Lambda."""
    for handler in handlers:
        function = handler.function
        if function is None or handler.is_wrapped or not is_plain(evaluator, function):
            continue
        names = function.positional[1:] if is_bound(function) else function.positional
        if names and not _is_typed(evaluator, function, names[0]):
            for holder in parameter_readers(function, names[0]):
                yield Spot(holder.module, holder.node, "event", sure=holder.sure)


def _is_typed(evaluator: Evaluator, function: AppFunction, name: str) -> bool:
    """Whether the event is declared to be an object of Powertools, which decodes by itself."""
    a = function.node.args
    for argument in (*a.posonlyargs, *a.args):
        if argument.arg == name and argument.annotation is not None:
            symbol = evaluator.resolver.symbol(function.module, argument.annotation)
            return isinstance(symbol, str) and symbol.startswith(_POWERTOOLS)
    return False


# Keys


def _looked_up(evaluator: Evaluator, spot: Spot) -> Spot | None:
    """What a key gives that is looked up in the event, or in a part of it."""
    parent = spot.parent
    node: ast.AST | None = None
    if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Load):
        node, key = parent, parent.slice
    elif isinstance(parent, ast.Attribute) and parent.attr == "get":
        node = spot.module.names.parents[parent]
        if not isinstance(node, ast.Call) or node.func is not parent or not node.args:
            return None
        key = node.args[0]
    found = _found(evaluator, spot, key) if node is not None else None
    if found is None:
        return None
    assert isinstance(node, ast.expr)
    return replace(spot, node=node, what=found[0], lists=found[1], local=None)


def _found(evaluator: Evaluator, spot: Spot, key: ast.expr) -> tuple[str, int] | None:
    constant = evaluator.value(spot.module, key).constant
    return _KEYS.get((spot.what, constant)) if isinstance(constant, str) else None


# Doubts


def _answers_firehose(handler: Handler) -> tuple[Module, ...]:
    """The modules of a handler that names the records it answers for, as Firehose wants it."""
    marked = any(_FIREHOSE_MARK in module.file.data for module in handler.modules)
    return handler.modules if marked else ()


def _is_certain(evaluator: Evaluator, spot: Spot, tracker: Tracker, firehose: set[Module]) -> bool:
    """Whether what is read is surely the data of a record, whoever runs the code."""
    if not spot.sure or (spot.what == "transformed" and spot.module not in firehose):
        return False
    for function, name, what in spot.via:
        known = {node for node, seen in tracker.seen.items() if seen.what == what}
        if what in _VAGUE and not callers_agree(evaluator, function, name, known):
            return False
    return True


def _is_stored(evaluator: Evaluator, spot: Spot) -> bool:
    """Whether the code puts something else in the place of a part that is read by its key."""
    parent = spot.parent
    if not isinstance(parent, ast.Subscript) or not isinstance(parent.ctx, ast.Store):
        return False
    return _found(evaluator, spot, parent.slice) is not None


def _comes_before(evaluator: Evaluator, store: Spot, read: Spot) -> bool:
    """Whether a read may find what was stored: it comes later, or in another function."""
    around = [function_around(evaluator, spot.module, spot.node) for spot in (store, read)]
    places = [(spot.node.lineno, spot.node.col_offset) for spot in (store, read)]
    return around[0] is not around[1] or places[0] < places[1]
