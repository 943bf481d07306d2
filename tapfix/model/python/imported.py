"""The imports that code certainly makes when it is loaded or run, and where they lead."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tapfix.model.python.modules import Module, Modules

_ABSENT = ("ImportError", "ModuleNotFoundError")
_BROAD = ("Exception", "BaseException")
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, slots=True)
class Import:
    """One module, or one name of a module, that a statement imports, by its absolute name.

    ``text`` is the dotted name, with the imported name as its last part where there is one;
    ``module`` the part that is a module for certain.
    """

    text: str
    module: str

    @property
    def top(self) -> str:
        """The topmost module."""
        return self.text.partition(".")[0]


def imports_of(module: Module) -> Iterator[Import]:
    """The absolute imports of a module, those inside functions too, without optional ones.

    Optional is what stands in a branch (``if TYPE_CHECKING:`` and the like) or in a ``try`` that
    goes on without it.
    """
    for node in ast.walk(module.file.tree):
        if isinstance(node, _IMPORTS) and not is_optional(module, node):
            if isinstance(node, ast.Import):
                yield from (Import(alias.name, alias.name) for alias in node.names)
            elif not node.level and node.module:
                source = node.module
                names = [alias.name for alias in node.names]
                yield from (Import(_within(source, name), source) for name in names)


def _within(module: str, name: str) -> str:
    return module if name == "*" else f"{module}.{name}"


def is_optional(module: Module, node: ast.stmt) -> bool:
    """Whether code does without an import: it stands in a branch, or its failure is expected."""
    inner: ast.AST = node
    for outer in module.names.ancestors(node):
        if isinstance(outer, (ast.If, ast.ExceptHandler, ast.match_case)):
            return True
        if isinstance(outer, ast.Try) and inner in outer.body and _expects_absence(outer):
            return True
        inner = outer
    return False


def _expects_absence(node: ast.Try) -> bool:
    """Whether a ``try`` is there for a module that may be missing."""
    only_imports = all(isinstance(statement, _IMPORTS) for statement in node.body)
    names = {name for handler in node.handlers for name in _caught(handler)}
    return not names.isdisjoint(_ABSENT) or (only_imports and not names.isdisjoint(_BROAD))


def _caught(handler: ast.ExceptHandler) -> Iterator[str]:
    if handler.type is None:
        yield "BaseException"
        return
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    yield from (getattr(one, "attr", getattr(one, "id", "")) for one in types)


@dataclass(frozen=True, eq=False)
class Loaded:
    """The code of a folder that one module of it loads: its modules, and imports from elsewhere."""

    modules: tuple[Module, ...]
    foreign: tuple[tuple[Module, Import], ...]


def load(modules: Modules, start: Module, folder: str | None, own: Collection[str]) -> Loaded:
    """Follow imports from a module through the modules of ``folder``.

    ``own`` are the topmost names that the folder has; None and nothing where the module is alone.
    """
    pending, seen = [start], {start: None}
    foreign: list[tuple[Module, Import]] = []
    while pending:
        current = pending.pop()
        for one in imports_of(current):
            found = _in_folder(modules, current, one, folder)
            if not found and one.top not in own:
                foreign.append((current, one))
            pending += [module for module in found if module not in seen]
            seen.update(dict.fromkeys(found))
        relative = _relative(modules, current, folder)
        pending += [module for module in relative if module not in seen]
        seen.update(dict.fromkeys(relative))
    return Loaded(tuple(seen), tuple(foreign))


def _in_folder(modules: Modules, current: Module, one: Import, folder: str | None) -> list[Module]:
    """The modules of the folder that an import loads."""
    found = (modules.imported(current, name) for name in dict.fromkeys((one.text, one.module)))
    return [m for m in found if m is not None and _is_below(m, folder)]


def _relative(modules: Modules, current: Module, folder: str | None) -> list[Module]:
    names = (name for name in current.names.imports if name.startswith("."))
    found = (modules.imported(current, name) for name in names)
    return [m for m in found if m is not None and _is_below(m, folder)]


def _is_below(module: Module, folder: str | None) -> bool:
    return folder is not None and module.path.startswith(f"{folder}/")
