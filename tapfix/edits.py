"""The words that codemods and the engine share: places, edits, fixes and findings.

Every class here is a frozen, comparable, picklable value. An edit speaks in meaning ("set this
argument of that call"), never in text ranges or syntax-tree nodes: so two edits on one call can be
merged, two equal edits are one, and two that contradict each other can be told apart and refused.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """A place in a source file as it was read.

    ``path`` is the file's absolute path. ``offset`` and ``length`` count bytes of the file's text
    without byte-order mark, encoded as UTF-8 (whatever the file's own encoding is).
    """

    path: str
    offset: int
    length: int

    @property
    def end(self) -> int:
        """The offset of the first byte behind the place."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class SetArgument:
    """Give the call at ``call`` the keyword argument ``name`` with the source text ``value``.

    An existing keyword keeps its place and gets the new value; a new one goes after the existing
    arguments (before ``**``), in the call's own layout.
    """

    call: Ref
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class RemoveArgument:
    """Take the keyword argument ``name`` out of the call at ``call``."""

    call: Ref
    name: str


@dataclass(frozen=True, slots=True)
class SetEntry:
    """Give the dict display at ``mapping`` the entry ``key`` (plain text) with source ``value``."""

    mapping: Ref
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class AppendElement:
    """Add an element with the source text ``value`` to the list display at ``sequence``."""

    sequence: Ref
    value: str


@dataclass(frozen=True, slots=True)
class AppendArgument:
    """Add a positional argument with the source text ``value`` after the call's positional ones."""

    call: Ref
    value: str


@dataclass(frozen=True, slots=True)
class ReplaceExpression:
    """Put the source text ``text`` in the place of the expression at ``expression``."""

    expression: Ref
    text: str


@dataclass(frozen=True, slots=True)
class WrapExpression:
    """Put text before and after the expression at ``expression``; edits inside it still land."""

    expression: Ref
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AddParameter:
    """Add a parameter to the function at ``function`` (its whole ``def`` statement).

    It becomes keyword-only and goes before ``**kwargs``; a bare ``*`` is added where the function
    has none. ``annotation`` and ``default`` are source texts.
    """

    function: Ref
    name: str
    annotation: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class AddImport:
    """Make ``from module import name`` (or ``import module`` if ``name`` is None) true in ``path``.

    An existing ``from module import …`` at module level is extended; else a new statement goes
    where the file keeps its imports. ``alias`` adds ``as alias``; ``own`` says that the module is
    the project's, whose imports stand behind those of libraries.
    """

    path: str
    module: str
    name: str | None = None
    alias: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class InsertStatements:
    """Insert statements (dedented source, no trailing newline) before or after a statement.

    ``anchor`` is the place of a whole statement; the new text takes its indentation. ``blank`` is
    the number of empty lines between the anchor and the text.
    """

    anchor: Ref
    text: str
    before: bool = False
    blank: int = 0


@dataclass(frozen=True, slots=True)
class RemoveStatement:
    """Take out the whole statement at ``statement``, with the comments of its own right above it.

    With ``keep_comments`` these stay, for the statement that follows. A comment inside of it or
    behind it stops that: it would be lost.
    """

    statement: Ref
    keep_comments: bool = False


@dataclass(frozen=True, slots=True)
class WrapStatements:
    """Put the statements ``first`` through ``last`` of one block into the body of a new one.

    ``before`` is the source of its header (``try:``), perhaps with statements above it; ``after``
    that of the clauses behind the body (``except Exception:`` and what it does; empty for none).
    Edits inside of the statements still
    land; what is inserted beside one of them is inside, too.
    """

    first: Ref
    last: Ref
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CreateFile:
    """Create a file. ``path`` is absolute; it must not exist with other content."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Delete the file at the absolute path ``path``."""

    path: str


Edit: TypeAlias = (
    SetArgument
    | RemoveArgument
    | SetEntry
    | AppendElement
    | AppendArgument
    | ReplaceExpression
    | WrapExpression
    | AddParameter
    | AddImport
    | InsertStatements
    | RemoveStatement
    | WrapStatements
    | CreateFile
    | DeleteFile
)


def edited_path(edit: Edit) -> str:
    """The absolute path of the file that an edit changes."""
    match edit:
        case AddImport(path=path) | CreateFile(path=path) | DeleteFile(path=path):
            return path
        case SetArgument(call=ref) | RemoveArgument(call=ref) | AppendArgument(call=ref):
            return ref.path
        case SetEntry(mapping=ref) | AppendElement(sequence=ref) | AddParameter(function=ref):
            return ref.path
        case ReplaceExpression(expression=ref) | WrapExpression(expression=ref):
            return ref.path
        case InsertStatements(anchor=ref) | RemoveStatement(statement=ref):
            return ref.path
        case WrapStatements(first=ref):
            return ref.path


class Impact(enum.Enum):
    """What a fix does to a stack that is already deployed, or to the program, mildest first."""

    NONE = "none"
    IN_PLACE = "in place"
    BEHAVIOUR = "behaviour"
    REPLACES = "replaces"
    DATA_DIES_WITH_STACK = "data dies with the stack"
    DATA_EXPIRES = "data expires"
    DATA_DIES_AT_NEXT_DEPLOY = "data dies at the next deploy"


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits over any number of files that are applied whole or not at all.

    ``stateful`` says that a resource which holds data is replaced: such a fix is held back in
    profile ``production`` unless the user allows it.
    """

    title: str
    impact: Impact
    edits: tuple[Edit, ...]
    stateful: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A flaw at a place: what it leads to, and the fix, or the reason why there is none.

    ``scope`` is the place of the whole construct or handler statement that the finding is about: a
    suppression comment on any of its lines silences it. A ``note`` is shown but never counted.
    ``related`` is a construct that deploys the handler which a finding stands in.
    ``hides`` are passwords: where one stands in a diff that a report carries, it is masked there.
    """

    code: str
    ref: Ref
    message: str
    fix: Fix | None = None
    reason: str | None = None
    note: bool = False
    scope: Ref | None = None
    related: Ref | None = field(default=None, compare=False)
    hides: tuple[str, ...] = field(default=(), repr=False)
