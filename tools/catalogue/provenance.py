"""Where a value in a constructor comes from: which of the class's own arguments it depends on.

A constructor's expression is followed through local variables, fields of ``this``, and the
arguments that a derived class hands to the constructor of its base, back to members of the props
that the app passes. What a called function does with its arguments is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from catalogue import javascript
from catalogue.scripts import Script, Scripts

WHOLE = "*"
"""In place of a member's name: the whole props object is handed to code that is not read."""
PHYSICAL = "<physical>"
"""The value is the name that the construct's base class ``Resource`` was given."""
GENERATED = "<generated>"
"""The value is a unique name that the library makes up."""

_PATH = re.compile(r"(?<![\w.$\"'`])([A-Za-z_$][\w$]*)((?:\??\.\w+)*)")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_MADE_UP = re.compile(
    r"Names\.(?:unique|nodeUnique)\w*|GENERATE_IF_NEEDED|\bgenerate(?:Unique)?(?:Name|Id)\b"
)
_DECLARATION = re.compile(r"(?<![\w$.])(?:const|let|var)(?=[ {])")
_FIELD = re.compile(r"(?<![\w$.])this\.(\w+)=(?!=)")
_RESOURCE = "core/lib/resource"


@dataclass
class Scope:
    """One constructor in the chain from a class to its bases.

    ``given`` maps its parameters to the texts that the derived constructor hands on, with that
    constructor's scope; the most derived one has none, its props come from the app.
    """

    script: Script
    given: dict[str, tuple[Scope, str]]
    props: str | None = None
    locals: dict[str, list[str]] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The constructor's text."""
        return self.script.body or ""


class Construction:
    """The constructors that run when a class is called, most derived first."""

    def __init__(self, scripts: Scripts, script: Script, props_index: int) -> None:
        """Follow ``script`` to its bases; its props are the parameter number ``props_index``."""
        self.scopes: list[Scope] = list(_scopes(scripts, script, props_index))
        self._fields: dict[str, list[tuple[Scope, str]]] = {}
        for scope in self.scopes:
            for found in _FIELD.finditer(scope.body):
                text = javascript.expression(scope.body, found.end())
                self._fields.setdefault(found[1], []).append((scope, text))

    def sources(self, scope: Scope, text: str) -> frozenset[str]:
        """The members of the app's props that ``text`` depends on, and marks (see above)."""
        return frozenset(self._sources(scope, text, frozenset()))

    def literal(self, scope: Scope, text: str, depth: int = 0) -> dict[str, tuple[Scope, str]]:
        """The entries of the object that ``text`` is: a literal, or a name that stands for one."""
        text = text.strip("()")
        if depth > 8:
            return {}
        if not text.startswith("{"):
            found: dict[str, tuple[Scope, str]] = {}
            for where, meant in self._meanings(scope, text):
                found.update(self.literal(where, meant, depth + 1))
            return found
        named, spread = javascript.entries(text[1:-1])
        found = {}
        for one in spread:
            found.update(self.literal(scope, one, depth + 1))
        return found | {key: (scope, value) for key, value in named.items()}

    def _meanings(self, scope: Scope, text: str) -> list[tuple[Scope, str]]:
        """What a bare name or a field of ``this`` was given."""
        if text.startswith("this.") and text.count(".") == 1:
            return self._fields.get(text[5:], [])
        if text in scope.given:
            return [scope.given[text]]
        return [(scope, one) for one in scope.locals.get(text, ())]

    def _sources(self, scope: Scope, text: str, seen: frozenset[tuple[int, str]]) -> set[str]:
        key = (id(scope), text)
        if key in seen or len(seen) > 60:
            return set()
        seen |= {key}
        found = {GENERATED} if _MADE_UP.search(text) else set()
        bare = _TEXT.sub('""', text)
        for path in _PATH.finditer(bare):
            if not _is_key(bare, path):
                members = [part.lstrip("?.") for part in re.findall(r"\??\.\w+", path[2])]
                found |= self._path(scope, path[1], members, seen)
        return found

    def _path(
        self, scope: Scope, head: str, members: list[str], seen: frozenset[tuple[int, str]]
    ) -> set[str]:
        if head == scope.props:
            return {members[0] if members else WHOLE}
        if head == "this" and members[:1] == ["physicalName"]:
            return {PHYSICAL} | self._member(self.scopes[-1], "props", "physicalName", seen)
        found: set[str] = set()
        name = f"this.{members[0]}" if head == "this" and members else head
        rest = members[1:] if head == "this" else members
        for where, meant in self._meanings(scope, name):
            if rest:
                found |= self._member(where, meant, rest[0], seen)
            else:
                found |= self._sources(where, meant, seen)
        return found

    def _member(
        self, scope: Scope, text: str, name: str, seen: frozenset[tuple[int, str]]
    ) -> set[str]:
        """What the member ``name`` of the object ``text`` depends on."""
        key = (id(scope), f"{text}.{name}")
        if key in seen:
            return set()
        seen |= {key}
        if text == scope.props:
            return {name}
        meanings = self._meanings(scope, text)
        if meanings:
            return set().union(*(self._member(w, meant, name, seen) for w, meant in meanings))
        if not text.startswith("{"):
            return self._sources(scope, text, seen)
        named, spread = javascript.entries(text[1:-1])
        if name in named:
            return self._sources(scope, named[name], seen)
        return set().union(*(self._member(scope, one, name, seen) for one in spread))


def _scopes(scripts: Scripts, script: Script, props_index: int) -> Iterator[Scope]:
    following: Script | None = script
    handed: list[tuple[Scope, str]] | None = None
    while following is not None:
        if following.parameters is not None:
            names = following.parameters
            scope = Scope(following, dict(zip(names, handed or (), strict=False)))
            if handed is None and props_index < len(names):
                scope.props = names[props_index]
            scope.locals = _locals(scope.body)
            yield scope
            start = scope.body.find("super(")
            call = (
                scope.body[start + 6 : javascript.closing(scope.body, start + 5)]
                if start >= 0
                else ""
            )
            handed = [(scope, text) for text in javascript.split(call)]
            if following.path == _RESOURCE:
                return
        following = scripts.base_of(following)


def _locals(body: str) -> dict[str, list[str]]:
    """The local variables of a constructor, with every expression assigned to each."""
    found: dict[str, list[str]] = {}
    for declaration in _DECLARATION.finditer(body):
        at = declaration.end()
        while True:
            text = javascript.expression(body, at)
            _declare(text.strip(), found)
            at += len(text) + 1
            if body[at - 1 : at] != ",":
                break
    for name, values in found.items():
        if not values:
            again = re.finditer(rf"(?<![\w$.]){re.escape(name)}=(?![=>])", body)
            values += [javascript.expression(body, one.end()) for one in again]
    return found


def _declare(text: str, found: dict[str, list[str]]) -> None:
    pattern = re.match(r"\{(.*?)\}=(.*)", text, re.DOTALL)
    if pattern:
        for key, renamed in _destructured(pattern[1]):
            found.setdefault(renamed, []).append(f"{pattern[2]}.{key}")
        return
    name, equals, value = text.partition("=")
    if re.fullmatch(r"[\w$]+", name):
        found.setdefault(name, [])
        if equals:
            found[name].append(value)


def _destructured(inside: str) -> Iterator[tuple[str, str]]:
    for part in javascript.split(inside):
        if not part.startswith("..."):
            key, _, renamed = part.partition(":")
            key = key.split("=")[0]
            yield key, (renamed or key).split("=")[0]


def _is_key(text: str, path: re.Match[str]) -> bool:
    """Whether a name is the key of an object literal's entry."""
    before = text[: path.start()][-1:]
    return not path[2] and before in {"{", ","} and text[path.end() : path.end() + 1] == ":"
