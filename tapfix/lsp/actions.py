"""Code actions: what is on offer at a place, and the edit of the one that is chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from lsprotocol.types import (
    CodeAction,
    CodeActionDisabled,
    CodeActionKind,
    Command,
    Position,
    Range,
    WorkspaceEdit,
)

from tapfix.api.mending import MILD, Mended, mend_all, mend_mildly, mend_one, mend_rule
from tapfix.api.workspace import Sight, View
from tapfix.edits import Finding, Impact
from tapfix.engine.errors import RewriteError
from tapfix.engine.ignore import ignore_here, ignore_in_file
from tapfix.lsp.client import Client
from tapfix.lsp.diagnostics import Board, Shown
from tapfix.lsp.documents import Document
from tapfix.lsp.workspace_edits import CannotEdit, Warning, workspace_edit

FIX_ALL = "source.fixAll.tapfix"
FIX_APP = "source.tapfix.fixApp"
KINDS = (CodeActionKind.QuickFix, FIX_ALL, FIX_APP)
APPLY = "tapfix.apply"
"""The command that works an action out and has the editor make its edit."""

_HARMFUL = tuple(impact for impact in Impact if impact not in MILD | {Impact.BEHAVIOUR})
_IGNORES = {"ignore-line": ignore_here, "ignore-file": ignore_in_file}


class OutdatedError(Exception):
    """An action is about a finding that is not there any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an action is to do: enough to work it out later. ``code`` is empty for all rules.

    ``deed`` is ``fix``, ``fix-rule``, ``fix-file``, ``fix-app``, ``ignore-line`` or
    ``ignore-file``. The place is that of the finding in ``path``, for the first and the last two.
    """

    deed: str
    path: str
    code: str = ""
    offset: int = 0
    length: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An action that is worked out: its edit, or why there is none."""

    edit: WorkspaceEdit | None = None
    refused: str | None = None


@dataclass(slots=True, eq=False)
class Actions:
    """The actions at one state of all texts; what was worked out once is kept.

    ``view`` is what was seen, ``board`` what the editor shows of it, and ``documents`` are those
    that it has open, by path.
    """

    view: View
    board: Board
    documents: Mapping[str, Document]
    client: Client
    _known: dict[Order, Chosen] = field(default_factory=dict)

    def offered(self, path: str, area: Range, only: Sequence[str] | None) -> list[CodeAction]:
        """The actions for a range of a file, of the kinds asked for; None: of all kinds."""
        here = self.board.shown.get(path, ())
        hit = [one for one in here if touch(one.diagnostic.range, area)]
        offers: list[CodeAction] = []
        if _is_asked(CodeActionKind.QuickFix, only):
            offers += [self._fix(one) for one in hit]
            offers += self._fixes_of_rules(path, hit)
            offers += [offer for one in hit for offer in self._ignores(one)]
        if _is_asked(FIX_ALL, only) and any(_is_mild(one.found.finding) for one in here):
            offers.append(
                self._offer(
                    "tapfix: fix what is safe to fix in this file", FIX_ALL, Order("fix-file", path)
                )
            )
        if _is_asked(FIX_APP, only) and here:
            title = f"tapfix: fix everything in {_app_name(here[0].sight)}"
            offers.append(self._offer(title, FIX_APP, Order("fix-app", path), is_heavy=True))
        return [offer for offer in offers if offer.disabled is None or self.client.disables]

    def _fix(self, shown: Shown) -> CodeAction:
        finding = shown.found.finding
        order = _order("fix", shown)
        if finding.fix is None or shown.found.held_back is not None:
            title = f"{finding.code}: {finding.fix.title if finding.fix is not None else 'no fix'}"
            reason = shown.found.held_back or finding.reason or "there is no fix"
            return self._disabled(title, CodeActionKind.QuickFix, reason, [shown])
        impact = finding.fix.impact
        note = "" if impact is Impact.NONE else f" ({impact.value})"
        action = self._offer(
            f"{finding.code}: {finding.fix.title}{note}", CodeActionKind.QuickFix, order, [shown]
        )
        action.is_preferred = impact in MILD or None
        return action

    def _fixes_of_rules(self, path: str, hit: Iterable[Shown]) -> Iterator[CodeAction]:
        """All fixes of a kind, where there are several in the app."""
        for code, shown in {one.found.finding.code: one for one in hit}.items():
            found = shown.sight.look.found
            count = Counter(one.finding.code for one in found if one.is_wanted)[code]
            if count > 1:
                title = f"{code}: fix all {count} in {_app_name(shown.sight)}"
                order = Order("fix-rule", path, code)
                yield self._offer(title, CodeActionKind.QuickFix, order, [shown], is_heavy=True)

    def _ignores(self, shown: Shown) -> Iterator[CodeAction]:
        code = shown.found.finding.code
        for deed, where in (("ignore-line", "on this line"), ("ignore-file", "in this file")):
            title = f"Ignore {code} {where}"
            yield self._offer(title, CodeActionKind.QuickFix, _order(deed, shown), [shown])

    def _offer(
        self,
        title: str,
        kind: CodeActionKind | str,
        order: Order,
        about: Sequence[Shown] = (),
        is_heavy: bool = False,
    ) -> CodeAction:
        """An action with its edit, or with what it takes to work that out when it is chosen."""
        diagnostics = [one.diagnostic for one in about] or None
        action = CodeAction(title, kind=kind, diagnostics=diagnostics)
        chosen = self._known.get(order)
        if chosen is None and self.client.resolves:
            action.data = data_of(order)
            return action
        if chosen is None and is_heavy and self.client.applies:
            action.command = Command(title, APPLY, arguments=[data_of(order)])
            return action
        chosen = self.work_out(order)
        if chosen.refused is not None:
            return self._disabled(title, kind, chosen.refused, about)
        action.edit = chosen.edit
        return action

    def _disabled(
        self, title: str, kind: CodeActionKind | str, reason: str, about: Sequence[Shown]
    ) -> CodeAction:
        diagnostics = [one.diagnostic for one in about] or None
        disabled = CodeActionDisabled(reason)
        return CodeAction(title, kind=kind, diagnostics=diagnostics, disabled=disabled)

    def work_out(self, order: Order) -> Chosen:
        """What an action comes to. Raises ``OutdatedError`` if its finding is gone."""
        if order not in self._known:
            self._known[order] = self._worked_out(order)
        return self._known[order]

    def _worked_out(self, order: Order) -> Chosen:
        mended = self._mended(order)
        if mended.refused is not None:
            return Chosen(refused=mended.refused)
        try:
            edit = workspace_edit(
                mended.changes, self.documents, self.client, _warning(mended.impacts)
            )
        except CannotEdit as error:
            return Chosen(refused=str(error))
        return Chosen(edit)

    def _mended(self, order: Order) -> Mended:
        sight = self.view.around(order.path)
        if sight is None:
            raise OutdatedError
        match order.deed:
            case "fix-app":
                return mend_all(sight)
            case "fix-file":
                return mend_mildly(sight, order.path)
            case "fix-rule":
                return mend_rule(sight, order.code)
        here = self.board.shown.get(order.path, ())
        shown = next((one for one in here if _order(order.deed, one) == order), None)
        if shown is None:
            raise OutdatedError
        if order.deed == "fix":
            return mend_one(shown.sight, shown.found)
        return _ignored(order.deed, shown)


def _ignored(deed: str, shown: Shown) -> Mended:
    """A comment that silences a finding."""
    sight, finding = shown.sight, shown.found.finding
    path = finding.ref.path
    if sight.is_behind(path):
        return Mended(refused=f"{PurePath(path).name} is no valid Python as it stands")
    data = sight.files[path]
    try:
        return Mended({path: (data, _IGNORES[deed](finding, data))})
    except RewriteError as error:
        return Mended(refused=error.reason)


def data_of(order: Order) -> dict[str, str | int]:
    """An order as the editor keeps it with an action."""
    return {name: getattr(order, name) for name in Order.__slots__}


def order_of(data: object) -> Order:
    """The order in what an editor sends back. Raises ``OutdatedError`` for anything else."""
    if isinstance(data, Mapping):
        kinds = {name: type(data.get(name)) for name in Order.__slots__}
        texts = {"deed", "path", "code", "message"}
        if all(kind is (str if name in texts else int) for name, kind in kinds.items()):
            return Order(**{name: data[name] for name in kinds})
    raise OutdatedError


def _order(deed: str, shown: Shown) -> Order:
    finding = shown.found.finding
    ref = finding.ref
    return Order(deed, ref.path, finding.code, ref.offset, ref.length, finding.message)


def _warning(impacts: Iterable[Impact]) -> Warning | None:
    """What to ask before resources are replaced or data may die."""
    harms = [impact.value for impact in _HARMFUL if impact in impacts]
    if not harms:
        return None
    return Warning(f"tapfix: {', '.join(harms)}", "This is what the next deploy would do.")


def _is_mild(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.impact in MILD


def _app_name(sight: Sight) -> str:
    return PurePath(sight.root).name or sight.root


def _is_asked(kind: CodeActionKind | str, only: Sequence[str] | None) -> bool:
    """Whether a kind is among those asked for, or below one."""
    name = kind.value if isinstance(kind, CodeActionKind) else kind
    return only is None or any(not one or f"{name}.".startswith(f"{one}.") for one in only)


def touch(one: Range, other: Range) -> bool:
    """Whether two ranges touch each other; the editor's may be empty, where its cursor is."""
    first, last = max(_key(one.start), _key(other.start)), min(_key(one.end), _key(other.end))
    return first <= last


def _key(position: Position) -> tuple[int, int]:
    return position.line, position.character
