"""What becomes of the data of stream records, which Lambda hands to handlers as base64 text.

``find_payloads`` follows each look-up of such data to the places that parse it, use it as text,
decode it, or only pass it on.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from tapfix.edits import Ref
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.lambdas.payload_uses import Need, UseKind, judge, through
from tapfix.model.lambdas.records import DATA, Read, Source, find_reads
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.flow import function_around
from tapfix.model.python.modules import AppFunction, Module
from tapfix.model.python.tracking import Spot, Tracker


@dataclass(frozen=True)
class Place:
    """An expression in the source that can be given something around it."""

    module: Module
    node: ast.expr

    @property
    def ref(self) -> Ref:
        """The expression."""
        return self.module.ref(self.node)

    @property
    def in_text(self) -> bool:
        """Whether it stands in an f-string, whose quotes are taken."""
        ancestors = self.module.names.ancestors(self.node)
        return any(isinstance(ancestor, ast.JoinedStr) for ancestor in ancestors)

    @property
    def guards(self) -> frozenset[ast.Try]:
        """The ``try`` statements that catch what goes wrong there."""
        found: set[ast.Try] = set()
        inner: ast.AST = self.node
        for ancestor in self.module.names.ancestors(self.node):
            if isinstance(ancestor, ast.Try) and inner in ancestor.body and ancestor.handlers:
                found.add(ancestor)
            inner = ancestor
        return frozenset(found)

    @property
    def is_exact(self) -> bool:
        """Whether its place is certain: Pythons before 3.12 are vague about those in f-strings."""
        return not self.in_text or sys.version_info >= (3, 12)


@dataclass(frozen=True, eq=False)
class PayloadUse:
    """One thing that the code does with a record's data.

    ``kind`` says what: a ``misuse`` takes the encoded text for what was sent, a ``log`` shows it, a
    ``check`` asks whether there is any, ``decode`` decodes it, an ``other`` stores it, hands it on,
    or cannot be seen into. ``what`` names the operation, ``need`` is what it takes: ``bytes``,
    ``text``, ``either``; or ``neither``, where something in between would have to go.

    ``place`` is the expression through which the data gets there in the function that reads it;
    ``is_direct`` says that it is itself the argument of the operation, ``is_alone`` that no other
    value ever arrives there.
    """

    kind: UseKind
    what: str
    need: Need
    place: Place
    is_direct: bool
    is_alone: bool


@dataclass(frozen=True, eq=False)
class Payload:
    """A look-up of a record's data, and all that becomes of it.

    ``source`` is the service whose record it is, ``function`` the function that reads it.
    ``is_checked``: the code looks whether there is any before it uses it. ``has_default``: another
    text may take its place. ``is_decoded``: the function decodes it, or a record's data elsewhere.
    """

    source: Source
    place: Place
    function: AppFunction | None
    uses: tuple[PayloadUse, ...]
    is_checked: bool
    has_default: bool
    is_decoded: bool

    @property
    def module(self) -> Module:
        """The module that reads it."""
        return self.place.module

    @property
    def ref(self) -> Ref:
        """The look-up."""
        return self.place.ref

    @property
    def statement(self) -> Ref:
        """The statement that holds the look-up."""
        return self.module.ref(self.module.names.statement(self.place.node))

    def of(self, kind: UseKind) -> tuple[PayloadUse, ...]:
        """The uses of one kind, in the order of files and places."""
        return tuple(use for use in self.uses if use.kind == kind)


def find_payloads(evaluator: Evaluator, handlers: Sequence[Handler]) -> tuple[Payload, ...]:
    """All look-ups of record data in the code of handlers, in the order of files and places."""
    found = [
        (read, function_around(evaluator, read.module, read.node), _uses(evaluator, read))
        for read in find_reads(evaluator, handlers)
    ]
    decoding = {f for _, f, uses in found if any(use.kind == "decode" for use in uses)}
    return tuple(_payload(read, f, uses, f in decoding) for read, f, uses in found)


def _payload(
    read: Read, function: AppFunction | None, uses: tuple[PayloadUse, ...], is_decoded: bool
) -> Payload:
    has_fallback = isinstance(read.module.names.parents[read.node], ast.BoolOp)
    is_asked = has_fallback or any(use.kind == "check" for use in uses)
    return Payload(
        source=read.source,
        place=Place(read.module, read.node),
        function=function,
        uses=uses,
        is_checked=read.may_be_missing and is_asked,
        has_default=read.has_default,
        is_decoded=is_decoded,
    )


def _uses(evaluator: Evaluator, read: Read) -> tuple[PayloadUse, ...]:
    tracker = Tracker(evaluator, partial(through, evaluator))
    tracker.run([Spot(read.module, read.node, DATA)])
    uses = [_use(evaluator, spot, read) for spot in tracker.ends]
    # A hint counts where the encoded text is of no other use; else someone may want it as it is.
    settled: UseKind = "other" if any(use.kind == "other" for use in uses) else "misuse"
    uses = [replace(use, kind=settled) if use.kind == "hint" else use for use in uses]
    return tuple(sorted(uses, key=lambda use: use.place.ref))


def _use(evaluator: Evaluator, spot: Spot, read: Read) -> PayloadUse:
    judgement = judge(evaluator, spot)
    is_direct = spot.local is None and not spot.lists
    # What left the reading function is changed there, before it leaves.
    place = Place(read.module, spot.local) if spot.local else Place(spot.module, spot.node)
    return PayloadUse(judgement.kind, judgement.what, judgement.need, place, is_direct, spot.sure)
