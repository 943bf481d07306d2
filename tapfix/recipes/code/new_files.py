"""Files for code that leaves the stack: each has a name and a place that no other has."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tapfix.edits import Ref
from tapfix.model.app import App
from tapfix.model.lambdas.inline import InlineFunction
from tapfix.model.lambdas.snippets import Snippet
from tapfix.recipes.code.asset_folders import home_of
from tapfix.recipes.code.handler_names import file_names
from tapfix.recipes.code.leftovers import leftovers, notes_with

_TRIES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class NewFiles:
    """Finds a place for every text that is to be a file; functions of one text share it."""

    app: App
    extracted: Mapping[InlineFunction, Snippet]

    def placed(self) -> Iterator[tuple[InlineFunction, str, str]]:
        """The functions, each with the absolute path of its file and what that holds."""
        groups: dict[tuple[Ref | None, str], list[InlineFunction]] = {}
        for inline, snippet in self.extracted.items():
            groups.setdefault((inline.origin, snippet.suffix), []).append(inline)
        homes = [self._home(functions[0]) for functions in groups.values()]
        taken: set[str] = set()
        for functions, (folder, flat) in zip(groups.values(), homes, strict=True):
            alone = flat or (homes.count((folder, flat)) == 1 and self._is_empty(folder))
            file = self._file(functions, folder, taken, flat=alone)
            taken.add(file)
            for inline in functions:
                yield inline, file, self._text(inline)

    def _home(self, inline: InlineFunction) -> tuple[str, bool]:
        python = self.extracted[inline].suffix == ".py"
        return home_of(self.app, inline.function.construct.module, python=python)

    def _is_empty(self, folder: str) -> bool:
        """Whether nothing is known to lie in a folder that functions are deployed from."""
        below = f"{folder}/"
        paths = (*self.app.files, *(function.path or "" for function in self.app.functions))
        nodejs = any("aws_lambda_nodejs" in construct.name for construct in self.app.constructs)
        return not nodejs and not any(f"{path}/".startswith(below) for path in paths)

    def _file(
        self, functions: list[InlineFunction], folder: str, taken: set[str], *, flat: bool
    ) -> str:
        """A path that no other file has, unless it holds the same."""
        first = functions[0]
        snippet = self.extracted[first]
        construct, is_shared = first.function.construct, len(functions) > 1
        names = file_names(construct, first.name, snippet.imports, is_shared=is_shared)
        for name in (*_old_names(first), *itertools.islice(names, _TRIES)):
            place = folder if flat else posixpath.join(folder, name)
            path = posixpath.join(place, name + snippet.suffix)
            same = self.app.files.get(path) in (None, self._text(first).encode())
            if same and path not in taken and self._is_free(path, place, flat=flat):
                return path
        raise AssertionError("an app has no such number of functions")

    def _is_free(self, path: str, place: str, *, flat: bool) -> bool:
        """A folder of its own must hold nothing else; in a shared one no import may find it."""
        if not flat:
            below = f"{place}/"
            deployed = any(function.path == place for function in self.app.functions)
            return not deployed and not any(
                file.startswith(below) and file != path for file in self.app.files
            )
        stem = posixpath.splitext(posixpath.basename(path))[0]
        beside = (m for m in self.app.modules.loaded() if m.path.startswith(f"{place}/"))
        imported = {name.partition(".")[0] for m in beside for name in m.names.imports}
        return stem not in imported and f"{place}/{stem}/__init__.py" not in self.app.files

    def _text(self, inline: InlineFunction) -> str:
        """What the file holds: the code, below the comments that stood above its constant."""
        snippet, module = self.extracted[inline], inline.function.construct.module
        mark = "#" if snippet.suffix == ".py" else "//"
        gone = leftovers(module, inline)
        notes = [note for edit in gone for note in notes_with(module, edit)]
        head = "".join(f"{mark}{note.removeprefix('#')}\n" for note in notes)
        text = head + snippet.text
        is_inline = inline.function.code == "inline"
        windows = is_inline and b"\r\n" in module.file.data and "\r" not in text
        return text.replace("\n", "\r\n") if windows else text


def _old_names(inline: InlineFunction) -> list[str]:
    """The name that a file had before it moves."""
    path = inline.function.path
    return [] if path is None else [posixpath.splitext(posixpath.basename(path))[0]]
