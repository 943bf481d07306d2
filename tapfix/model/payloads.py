"""What handlers do with the data of stream records, which Lambda hands them as base64 text.

``find_payloads`` follows each look-up of such data to the places that parse it, use it as text,
decode it, or only pass it on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tapfix.edits import Ref
from tapfix.model.modules import AppFunction
from tapfix.model.payload_uses import Need, UseKind
from tapfix.model.records import Read


@dataclass(frozen=True, eq=False)
class PayloadUse:
    """One thing that the code does with a record's data.

    ``kind`` says what: a ``misuse`` takes the encoded text for what was sent. ``what`` names the
    call or the operation; ``need`` is what it takes: ``bytes``, ``text`` or ``either``. ``ref`` is
    the expression of the reading function that gets there.
    """

    kind: UseKind
    what: str
    need: Need
    ref: Ref
    is_direct: bool


@dataclass(frozen=True, eq=False)
class Payload:
    """A look-up of a record's data, and all that becomes of it."""

    read: Read
    function: AppFunction | None
    uses: tuple[PayloadUse, ...]

    @cached_property
    def ref(self) -> Ref:
        """The look-up."""
        return self.read.module.ref(self.read.node)

    @cached_property
    def statement(self) -> Ref:
        """The statement that holds the look-up."""
        return self.read.module.ref(self.read.module.names.statement(self.read.node))

    def of_kind(self, kind: UseKind) -> tuple[PayloadUse, ...]:
        """The uses of one kind."""
        return tuple(use for use in self.uses if use.kind == kind)
