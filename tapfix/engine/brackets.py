"""A bracketed list in the source: arguments, entries, elements, parameters, imported names."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One item, without its comma.

    ``name`` is the keyword, the dict key, the parameter's or the imported name; ``value`` is the
    place of what follows it. ``star`` is ``""``, ``"*"``, ``"**"`` or ``"/"``.
    """

    start: int
    end: int
    comma: int | None
    name: str | None = None
    value: Span | None = None
    star: str = ""


@dataclass(frozen=True, slots=True)
class Bracket:
    """The inside of a pair of brackets, from ``open`` to ``close``; ``bare`` without any.

    ``kind`` is ``"tuple"`` or ``"import"`` for the two that have laws of their own.
    """

    open: int
    close: int
    items: tuple[Item, ...]
    bare: bool = False
    kind: str = ""

    def named(self, name: str) -> Item | None:
        """The last item of that name: in a dict display it is the one that counts."""
        return next((item for item in reversed(self.items) if item.name == name), None)

    def before_trailing(self, star: str) -> int:
        """The index behind the last item that does not end the list with ``star``."""
        index = len(self.items)
        while index and self.items[index - 1].star == star:
            index -= 1
        return index
