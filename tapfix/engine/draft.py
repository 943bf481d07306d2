"""What the edits of one logical line come to: patches, and items that come and go in brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tapfix.edits import (
    AddParameter,
    AppendArgument,
    AppendElement,
    Edit,
    Ref,
    RemoveArgument,
    ReplaceExpression,
    SetArgument,
    SetEntry,
    WrapExpression,
)
from tapfix.engine.brackets import Bracket, Item, Span
from tapfix.engine.errors import RewriteError
from tapfix.engine.layout import lead, starts_line
from tapfix.engine.locate import Structure
from tapfix.engine.logical import Line
from tapfix.engine.patch import Patch, Rank
from tapfix.engine.quotes import requoted
from tapfix.engine.source import line_start


@dataclass(frozen=True, slots=True)
class ExtendImport:
    """Names (with ``as …``) to add to the from-import at ``statement``, by the index they go to."""

    statement: Ref
    names: tuple[tuple[int, str], ...]


LineEdit = Edit | ExtendImport


@dataclass(slots=True)
class Change:
    """What happens to one bracket: new items by index, and the indexes of those that go."""

    additions: dict[int, list[str]] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)


class Draft:
    """The edits of one logical line against its structure. Raises RewriteError where they do not
    fit it.
    """

    def __init__(self, line: Line, edits: Sequence[LineEdit], quote: str) -> None:
        self.line = line
        self.quote = quote
        self.structure = Structure(
            line.text, line.frame.prefix.encode(), line.frame.suffix.encode()
        )
        self.patches: list[Patch] = []
        self.orphans: list[tuple[int, str]] = []
        self.changes: dict[Bracket, Change] = {}
        for edit in edits:
            self._take(edit)
        for bracket, change in self.changes.items():
            self._reuse_place(bracket, change)
        for offset, comment in self.orphans:
            start, indent = self._above(offset)
            self.patches.append(Patch(start, start, f"{comment}\n{indent}"))

    def _take(self, edit: LineEdit) -> None:
        match edit:
            case SetArgument(call, name, value):
                self._set_argument(self.structure.call(self._place(call, value)), name, value)
            case RemoveArgument(call, name):
                self._remove_argument(self.structure.call(self._place(call)), name)
            case AppendArgument(call, value):
                self._append_argument(self.structure.call(self._place(call, value)), value)
            case SetEntry(mapping, key, value):
                self._set_entry(self.structure.display(self._place(mapping, value)), key, value)
            case AppendElement(sequence, value):
                self._append_element(self.structure.display(self._place(sequence, value)), value)
            case ReplaceExpression(expression, text):
                self._replace(self._place(expression, text), text)
            case WrapExpression(expression, before, after):
                self._wrap(self._place(expression, before + after), before, after)
            case AddParameter():
                self._add_parameter(edit)
            case ExtendImport(statement, names):
                self._extend_import(self.structure.imported_names(self._place(statement)), names)
            case _:
                raise RewriteError(f"{type(edit).__name__} is no edit of a statement")

    def _place(self, ref: Ref, text: str = "") -> Span:
        """Where ``ref`` is in the line. In an f-string only text that cannot break it goes in."""
        place = (ref.offset - self.line.start, ref.end - self.line.start)
        if place[0] < 0 or place[1] > len(self.line.text):
            raise RewriteError("the place is not inside one statement", ref)
        inside = any(start < place[0] and place[1] < end for start, end in self.line.strings())
        if inside and any(sign in text for sign in "'\"\\\n#{}"):
            raise RewriteError("the new text has no place inside an f-string", ref)
        return place

    def _add(self, bracket: Bracket, index: int, text: str) -> None:
        change = self.changes.setdefault(bracket, Change())
        change.additions.setdefault(index, []).append(requoted(text, self.quote))

    def _set_argument(self, bracket: Bracket, name: str, value: str) -> None:
        item = bracket.named(name)
        if item is None:
            text = f"{self._keyword(bracket, name)}{value}"
            self._add(bracket, bracket.before_trailing("**"), text)
        else:
            self._replace_value(item, value)

    def _keyword(self, bracket: Bracket, name: str) -> str:
        """A new keyword and its equals sign, with the blanks that all others of the call have.

        Where the equals signs stand in a column, the new one does too.
        """
        text = self.line.text
        keywords = [item for item in bracket.items if item.name and item.value]
        spelled = [text[item.start : item.value[0]].decode() for item in keywords if item.value]
        if not spelled or not all(keyword.endswith("= ") for keyword in spelled):
            return f"{name}="
        rows = [
            k for k, item in zip(spelled, keywords, strict=True) if starts_line(text, item.start)
        ]
        columns = {keyword.index("=") for keyword in rows}
        if len(rows) > 1 and len(columns) == 1:
            padded = name.ljust(columns.pop())
            return f"{padded}= " if padded != name else f"{name} = "
        return f"{name} = " if all(" =" in keyword for keyword in spelled) else f"{name}="

    def _remove_argument(self, bracket: Bracket, name: str) -> None:
        item = bracket.named(name)
        if item is None:
            raise RewriteError(f"the call has no argument {name}")
        change = self.changes.setdefault(bracket, Change())
        change.removed.add(bracket.items.index(item))

    def _append_argument(self, bracket: Bracket, value: str) -> None:
        is_keyword = [item.name is not None or item.star == "**" for item in bracket.items]
        self._add(bracket, [*is_keyword, True].index(True), value)

    def _set_entry(self, bracket: Bracket, key: str, value: str) -> None:
        if self.line.text[bracket.open - 1 : bracket.open] != b"{":
            raise RewriteError("there is no dict display at this place")
        item = bracket.named(key)
        if item is None:
            quoted = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
            self._add(bracket, len(bracket.items), f"{quoted}: {value}")
        else:
            self._replace_value(item, value)

    def _append_element(self, bracket: Bracket, value: str) -> None:
        if self.line.text[bracket.open - 1 : bracket.open] == b"{":
            raise RewriteError("there is no list or tuple display at this place")
        self._add(bracket, len(bracket.items), value)

    def _add_parameter(self, edit: AddParameter) -> None:
        bracket = self.structure.parameters()
        if bracket.named(edit.name) is not None:
            raise RewriteError(f"the function already has a parameter {edit.name}", edit.function)
        index = bracket.before_trailing("**")
        if bracket not in self.changes and all(item.star != "*" for item in bracket.items):
            self._add(bracket, index, "*")
        annotation = "" if edit.annotation is None else f": {edit.annotation}"
        equals = " = " if annotation else "="
        default = "" if edit.default is None else f"{equals}{edit.default}"
        self._add(bracket, index, f"{edit.name}{annotation}{default}")

    def _extend_import(self, bracket: Bracket, names: Sequence[tuple[int, str]]) -> None:
        for index, name in names:
            self._add(bracket, index, name)

    def _wrap(self, place: Span, before: str, after: str) -> None:
        before, after = requoted(before, self.quote), requoted(after, self.quote)
        start, end = place
        self.patches += [
            Patch(start, start, before, Rank.BEFORE_WRAP, nest=-end),
            Patch(end, end, after, Rank.AFTER_WRAP, nest=-start),
        ]

    def _replace_value(self, item: Item, value: str) -> None:
        assert item.value is not None
        self._replace(item.value, value)

    def _replace(self, place: Span, text: str) -> None:
        """Put new text in a place; comments that stood inside go above its line.

        A text in double quotes stays in them, whatever most of the file has.
        """
        self.orphans += [(place[0], comment) for comment in self.line.comments(place)]
        is_double = self.line.text[slice(*place)].endswith(b'"')
        self.patches.append(Patch(*place, text if is_double else requoted(text, self.quote)))

    def _above(self, offset: int) -> tuple[int, str]:
        """Where a comment goes that is to stand above the row of ``offset``, and its indentation.

        That is above the whole line if the row begins inside a string or a text that goes.
        """
        row = line_start(self.line.text, offset)
        indent = lead(self.line.text, offset, self.line.indent)
        place = row + len(indent.encode())
        taken = [*self.line.strings(), *((patch.start, patch.end) for patch in self.patches)]
        if not row or any(start < place < end for start, end in taken):
            return 0, self.line.indent
        return place, indent

    def _reuse_place(self, bracket: Bracket, change: Change) -> None:
        """An item that goes, and after which a new one comes, leaves it its place."""
        for index in list(change.additions):
            if index - 1 in change.removed:
                change.removed.discard(index - 1)
                item = bracket.items[index - 1]
                texts = change.additions[index]
                self._replace((item.start, item.end), texts.pop(0))
                if not texts:
                    del change.additions[index]
