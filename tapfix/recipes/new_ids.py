"""Ids for constructs that tapfix adds, which must not meet any other id of their scope."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from tapfix.model.app import App
from tapfix.model.python.modules import AppClass, Module

Places = tuple[Module | AppClass, ...]
_MOST = 100
"""So many ids that differ in a number are tried."""
_PLAIN = re.compile(r"[^A-Za-z0-9]")


@dataclass(eq=False)
class FreeIds:
    """Hands out ids for one app, none twice in a module's classes."""

    app: App
    _known: dict[Module | AppClass, _Ids] = field(default_factory=dict)

    def take(self, places: Places, wanted: str) -> str:
        """An id for a scope: the wanted one, or one that begins with it.

        ``places`` is the code that makes things in the scope. Any text in it counts as an id that
        is taken: where ids come from dicts and helpers, no more can be told. Logical ids leave out
        all but letters and digits.
        """
        ids = [self._ids(place) for place in places]
        tries = (wanted, *(f"{wanted}{number}" for number in range(2, _MOST)))
        unmet = (name for name in tries if not any(one.meet(name) for one in ids))
        # ``f"{name}"`` may become any of them, and is least likely to become this one.
        free = next(unmet, f"The{wanted}")
        for one in ids:
            one.texts.add(free)
        return free

    def _ids(self, place: Module | AppClass) -> _Ids:
        if place not in self._known:
            module, cls = (place, None) if isinstance(place, Module) else (place.module, place.node)
            read = module.once(_Readings).of(cls)
            self._known[place] = _Ids(set(read.texts), read.shapes)
        return self._known[place]


@dataclass(eq=False)
class _Ids:
    """The ids that a piece of code may give: texts, and what unknown parts may make of them."""

    texts: set[str]
    shapes: re.Pattern[str]

    def meet(self, name: str) -> bool:
        return name in self.texts or self.shapes.fullmatch(name) is not None


@dataclass(eq=False)
class _Readings:
    """The ids that stand in a module and in its classes, before any is added."""

    module: Module
    _known: dict[ast.ClassDef | None, _Ids] = field(default_factory=dict)

    def of(self, cls: ast.ClassDef | None) -> _Ids:
        """The ids in a class; None: in the whole module."""
        if cls not in self._known:
            self._known[cls] = self._read(cls)
        return self._known[cls]

    def _read(self, cls: ast.ClassDef | None) -> _Ids:
        names = self.module.names
        texts = {_PLAIN.sub("", str(one.value)) for one in names.strings if _is_in(one, cls)}
        shapes: set[str] = set()
        for call in names.calls:
            match call:
                case ast.Call(args=[_, ast.JoinedStr(values=pieces), *_]) if _is_in(call, cls):
                    shapes.add("".join(map(_pattern, pieces)))
        return _Ids(texts, re.compile("|".join(sorted(shapes)) or "(?!)"))


def _is_in(node: ast.expr, cls: ast.ClassDef | None) -> bool:
    """Whether a node stands on the lines of a class, its decorators not counted."""
    if cls is None:
        return True
    assert cls.end_lineno is not None
    return cls.lineno <= node.lineno <= cls.end_lineno


def places_of(app: App, module: Module, node: ast.AST) -> Places:
    """The code that may make things in the scope that holds at a node."""
    owner = module.scope_of(node).owner
    if owner is None or not isinstance(owner.node, ast.ClassDef):
        return (module,)
    cls = app.modules.class_at(module, owner.node)
    resolver = app.evaluator.resolver
    return (*resolver.lineage(cls), *resolver.descendants(cls))


def _pattern(piece: ast.expr) -> str:
    if isinstance(piece, ast.Constant):
        return re.escape(str(piece.value))
    return ".*"
