"""The classes of the library's JavaScript: where each stands, what it extends, how it is built."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalogue import javascript
from catalogue.library import Json

_HEAD = re.compile(r"\b(?:(\w+)=)?class(?: (\w+))?(?: extends ([^{]+?))?\{")
_NAME = re.compile(r'\]=\{fqn:"([\w.-]+)"')
_CONSTRUCTOR = re.compile(r"(?<=[;{}])constructor\(([^)]*)\)\{")
_SUPER = re.compile(r"_classSuper=([^,;]+)")
_REQUIRE = re.compile(r"[\s,;](\w+)=\(\)=>\{var tmp=(?:__importStar\()?require\(\"([^\"]+)\"\)")
_MEMBER = re.compile(r"(\w+)\(\)\.(\w+)$")


@dataclass(frozen=True)
class Script:
    """A JavaScript class.

    ``fqn`` is its jsii name, None for one that the library does not export. ``base`` is the
    expression that it extends. ``parameters`` and ``body`` are those of its constructor; both are
    None where it inherits one.
    """

    path: str
    name: str
    fqn: str | None
    base: str | None
    parameters: tuple[str, ...] | None
    body: str | None


class Scripts:
    """The library's JavaScript classes, read file by file as they are asked for."""

    def __init__(self, texts: Mapping[str, str], types: Mapping[str, Json]) -> None:
        """Search in ``texts``, by path without suffix; ``types`` tell where each class stands."""
        self._texts = texts
        self._paths = {fqn: json.get("symbolId", "").split(":")[0] for fqn, json in types.items()}
        self._folders: dict[tuple[str, str], str] = {}
        for fqn, json in types.items():
            if json["kind"] == "class":
                folder = self._paths[fqn].split("/")[0]
                self._folders[folder, json["name"]] = fqn
        self._files: dict[str, list[Script]] = {}

    def of(self, fqn: str) -> Script | None:
        """The class with a jsii name; None if there is no such class in the texts."""
        return next((s for s in self._file(self._paths.get(fqn, "")) if s.fqn == fqn), None)

    def base_of(self, script: Script) -> Script | None:
        """The class that ``script`` extends; None for one of another library, or none at all."""
        return self.named(script.path, script.base) if script.base else None

    def named(self, path: str, expression: str) -> Script | None:
        """The class that ``expression`` means in a file: ``Name`` or ``alias().Name``."""
        member = _MEMBER.search(expression)
        if member:
            target = self._required(path, member[1])
            return self._in_file_or_folder(target, member[2]) if target else None
        return self._in_file(path, expression)

    def fqn_named(self, path: str, expression: str) -> str | None:
        """The jsii name of the class that ``expression`` means in the file ``path``.

        For a class that the library keeps to itself, it is that of the nearest exported base.
        """
        script = self.named(path, expression)
        while script is not None and script.fqn is None:
            script = self.base_of(script)
        return script.fqn if script else None

    def _required(self, path: str, alias: str) -> str | None:
        for found in _REQUIRE.finditer(self._texts.get(path, "")):
            if found[1] == alias:
                return posixpath.normpath(posixpath.join(posixpath.dirname(path), found[2]))
        return None

    def _in_file_or_folder(self, target: str, name: str) -> Script | None:
        """A class of the module ``target``: a file, or a package that exports its files."""
        found = self._in_file(target, name)
        if found is None:
            fqn = self._folders.get((target.split("/")[0], name))
            found = self.of(fqn) if fqn else None
        return found

    def _in_file(self, path: str, name: str) -> Script | None:
        same = (s for s in self._file(path) if name in {s.name, s.name.rstrip("0123456789")})
        return next(same, None)

    def _file(self, path: str) -> list[Script]:
        if path not in self._files:
            self._files[path] = list(_classes(path, self._texts.get(path, "")))
        return self._files[path]


def _classes(path: str, text: str) -> list[Script]:
    """The classes of a file; a class may stand inside another's static method."""
    heads = [(head, javascript.closing(text, head.end() - 1)) for head in _HEAD.finditer(text)]
    spans = [(head.start(), end) for head, end in heads]
    named = {_owner(spans, found.start()): found for found in reversed([*_NAME.finditer(text)])}
    built = {_owner(spans, found.start()): found for found in _CONSTRUCTOR.finditer(text)}
    found = []
    for (head, _), span in zip(heads, spans, strict=True):
        base = head[3]
        if base == "_classSuper":
            base = [assigned[1] for assigned in _SUPER.finditer(text, 0, head.start())][-1]
        fqn = named[span][1] if span in named else None
        parameters, body = _constructor(text, built.get(span))
        found.append(Script(path, head[2] or head[1] or "", fqn, base, parameters, body))
    return found


def _owner(spans: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """The innermost of ``spans`` that holds the offset ``at``."""
    holding = [span for span in spans if span[0] < at < span[1]]
    return max(holding, default=None)


def _constructor(
    text: str, found: re.Match[str] | None
) -> tuple[tuple[str, ...] | None, str | None]:
    if found is None:
        return None, None
    names = tuple(part.split("=")[0] for part in javascript.split(found[1]))
    return names, text[found.end() : javascript.closing(text, found.end() - 1)]
