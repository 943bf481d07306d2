"""The texts of an app by the words in them, so that who looks for a name need not read them all."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tapfix.model.app import App
from tapfix.model.python.modules import Module

# What a name found in a text may not run on with: see `renaming.occurs`.
_WORD = re.compile(r"[A-Za-z0-9_\-\ue002]+")
_PART = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9]+")
_PIECE = re.compile(r"[A-Za-z0-9]+")
_MARKED = re.compile("\ue000.*?\ue001", re.DOTALL)
_Texts = dict[str, list[tuple[Module, ast.expr]]]


@dataclass(eq=False)
class Haystack:
    """The string expressions of one app, and names that stand for texts, by words.

    ``text_of`` gives the text of an expression, as far as it is known. Each file is gone through
    once, not once for each name.
    """

    app: App
    text_of: Callable[[Module, ast.expr], str]
    _scripts: dict[str, Module | None] = field(default_factory=dict)
    _in_scripts: dict[Module, _Texts] = field(default_factory=dict)
    _by_beginning: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def around(self, name: str) -> Iterator[tuple[Module, ast.expr]]:
        """The expressions whose texts may hold a name, not as part of a longer one.

        First those of the app, its handlers and tests, then those of scripts.
        """
        words = _WORD.findall(name)
        yield from _holding_all(self._in_app, words)
        for script in self._scripts_with(name):
            if script not in self._in_scripts:
                self._in_scripts[script] = self._indexed((script,))
            yield from _holding_all(self._in_scripts[script], words)

    def is_script(self, module: Module) -> bool:
        """Whether a module is no part of the app, its handlers and tests."""
        return self._scripts.get(module.path) is module

    @cached_property
    def _in_app(self) -> _Texts:
        return self._indexed(self.app.modules.loaded())

    def _indexed(self, modules: Iterable[Module]) -> _Texts:
        found: _Texts = {"": []}
        for module in modules:
            for node in module.once(_texts):
                text = self.text_of(module, node)
                found[""].append((module, node))
                for word in dict.fromkeys(_WORD.findall(text)):
                    found.setdefault(word, []).append((module, node))
        return found

    # Files that nothing else needs, read beside the app; they change no reading of it.

    def _scripts_with(self, name: str) -> Iterator[Module]:
        """The scripts that may hold a name, and those that may import it."""
        pieces = sorted(set(_PIECE.findall(_MARKED.sub(" ", name))), key=len, reverse=True)
        holding = self._holding(name, pieces)
        paths = {*holding, *self._importers(holding)}
        paths |= self._importers({path for p in pieces for path in self._giving.get(p, ())})
        for path in sorted(paths):
            if path not in self._scripts:
                self._scripts[path] = self.app.modules.beside(path)
            script = self._scripts[path]
            if script is not None:
                yield script

    @cached_property
    def _unread(self) -> tuple[str, ...]:
        known = {module.path for module in self.app.modules.loaded()}
        return tuple(p for p in self.app.files if p.endswith(".py") and p not in known)

    @cached_property
    def _by_import(self) -> dict[str, list[str]]:
        """The scripts by the words in what they import."""
        found: dict[str, list[str]] = {}
        for path in self._unread:
            for word in self.app.modules.imported_words(path):
                found.setdefault(word, []).append(path)
        return found

    def _importers(self, paths: Iterable[str]) -> set[str]:
        """The scripts that may import one of some modules."""
        return {path for stem in map(_stem, paths) for path in self._by_import.get(stem, ())}

    @cached_property
    def _giving(self) -> dict[str, set[str]]:
        """The modules of the app that bind names to texts, by the pieces of those."""
        found: dict[str, set[str]] = {}
        for module in self.app.modules.loaded():
            for text in module.names.strings:
                if isinstance(_around(module, text), (ast.Assign, ast.AnnAssign)):
                    for piece in _PIECE.findall(str(text.value)):
                        found.setdefault(piece, set()).add(module.path)
        return found

    def _holding(self, name: str, pieces: list[str]) -> Collection[str]:
        """The scripts whose bytes hold a name, or texts that it may be put together from."""
        if not pieces:
            return self._unread
        files, marks = self.app.files, [piece.encode() for piece in pieces]
        beginning = self._beginning(_PIECE.findall(_MARKED.sub(" ", name))[0])
        plausible = [path for path in beginning if all(mark in files[path] for mark in marks)]
        ends = [re.compile(end.encode()) for end in _ends(name)] if plausible else []
        return [
            path
            for path in plausible
            if name.encode() in files[path] or all(end.search(files[path]) for end in ends)
        ]

    def _beginning(self, piece: str) -> tuple[str, ...]:
        """The scripts with texts that a name which begins with a piece may be made of."""
        if piece not in self._by_beginning:
            mark, files = piece.encode(), self.app.files
            text = re.compile(mark + rb"""[\w.:/-]*["'{]""")
            self._by_beginning[piece] = tuple(
                path for path in self._unread if mark in files[path] and text.search(files[path])
            )
        return self._by_beginning[piece]


def _around(module: Module, node: ast.expr) -> ast.AST:
    """What stands around a text, whatever it is joined to."""
    parents = module.names.parents
    parent = parents[node]
    while isinstance(parent, (ast.JoinedStr, ast.FormattedValue, ast.BinOp)):
        parent = parents[parent]
    return parent


def _stem(path: str) -> str:
    """The name under which a file is imported."""
    stem = path.removesuffix(".py").removesuffix("/__init__")
    return stem.rpartition("/")[2]


def _ends(name: str) -> tuple[str, str]:
    """Patterns for the first and the last of the texts that a name is put together from.

    A literal ends behind the first one, or a field of an f-string begins there.
    """
    known = [text for text in _MARKED.split(name) if _PIECE.search(text)]
    first = last = ""
    for part in reversed(_PART.findall(known[0])):
        first = re.escape(part) + (first and f"(?:{first})?")
    for part in _PART.findall(known[-1]):
        last = (last and f"(?:{last})?") + re.escape(part)
    return f"{first}[\"'{{]", f"[\"'}}]{last}"


def _holding_all(texts: _Texts, words: list[str]) -> list[tuple[Module, ast.expr]]:
    """The texts with the rarest of some words; all texts if there is no word."""
    found = [texts.get(word, []) for word in words] or [texts[""]]
    return min(found, key=len)


def _texts(module: Module) -> list[ast.expr]:
    """The string expressions of a module, and names that may stand for texts."""
    names = module.names
    texts: list[ast.expr] = [*names.strings, *names.joined]
    texts += (node for nodes in names.loads.values() for node in nodes)
    texts += (node for nodes in names.attributes.values() for node in nodes)
    found = [node for node in texts if _is_text(node, names.parents[node])]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _is_text(node: ast.expr, parent: ast.AST) -> bool:
    if isinstance(parent, (ast.JoinedStr, ast.Expr, ast.FormattedValue)):
        return False
    if isinstance(node, (ast.Name, ast.Attribute)):
        called = isinstance(parent, ast.Call) and parent.func is node
        return (
            isinstance(node.ctx, ast.Load) and not called and not isinstance(parent, ast.Attribute)
        )
    return True
