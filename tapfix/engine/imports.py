"""Where a new import goes: into a from-import that is there, or on a line of its own."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tapfix.edits import AddImport, Ref
from tapfix.engine.draft import ExtendImport
from tapfix.engine.errors import RewriteError
from tapfix.engine.import_lines import Import, by_type, module_of, new_lines
from tapfix.engine.outline import Habits, Outline
from tapfix.engine.patch import Patch

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Key = Callable[[str], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Placement:
    """Names for statements that are there, and patches with new statements."""

    extended: tuple[ExtendImport, ...]
    patches: tuple[Patch, ...]


def placed(
    outline: Outline, path: str, edits: Sequence[AddImport], habits: Habits, line_length: int
) -> Placement:
    """Decide on all new imports of a file; what is imported already is left out.

    Raises RewriteError if the name already means something else at module level.
    """
    wanted = [edit for edit in edits if not _is_there(outline.tree, edit)]
    zone = list(_zone(outline.tree))
    extended = []
    new = [f"import {_clause(edit)}" for edit in wanted if edit.name is None]
    for module in dict.fromkeys(edit.module for edit in wanted if edit.name is not None):
        names = [edit for edit in wanted if edit.module == module and edit.name is not None]
        same = [node for node in zone if _takes_names(node, module)]
        alone = [edit for edit in names if _has_own_line(edit, same)]
        new += [_statement(module, [_clause(edit)]) for edit in alone]
        names = [edit for edit in names if edit not in alone]
        if not names:
            continue
        if len(same) > 1 and all(len(node.names) == 1 for node in same):
            new += [_statement(module, [_clause(edit)]) for edit in names]
        elif same:
            node = max(same, key=lambda node: len(node.names))
            extended.append(_extension(outline, path, node, names))
        else:
            ordered = sorted(names, key=lambda edit: by_type(edit.name or ""))
            new.append(_statement(module, [_clause(edit) for edit in ordered]))
    own = {edit.module.partition(".")[0] for edit in edits if edit.own}
    patches = new_lines(outline, zone, new, own, habits, line_length)
    return Placement(tuple(extended), tuple(patches))


def bindings(tree: ast.Module) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Each name bound at module level, with what it is: a module, a name of one, or neither."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                yield (alias.asname, (alias.name, None)) if alias.asname else (root, (root, None))
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, (module_of(node), alias.name)
        elif isinstance(node, _DEFINITIONS):
            yield node.name, ("", None)
        elif isinstance(node, ast.Assign):
            yield from ((t.id, ("", None)) for t in node.targets if isinstance(t, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, ("", None)


def imported(tree: ast.Module) -> Iterator[tuple[str, str | None, str | None]]:
    """Every module-level import: module, name, alias."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from ((alias.name, None, alias.asname) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((module_of(node), alias.name, alias.asname) for alias in node.names)


def _is_there(tree: ast.Module, edit: AddImport) -> bool:
    alias = None if edit.alias == (edit.name or edit.module) else edit.alias
    if (edit.module, edit.name, alias) in set(imported(tree)):
        return True
    root = edit.module.partition(".")[0]
    bound = alias or edit.name or root
    what = (edit.module if alias or edit.name else root, edit.name)
    if any(name == bound and other != what for name, other in bindings(tree)):
        raise RewriteError(f"the name {bound} already means something else in the file")
    return False


def _zone(tree: ast.Module) -> Iterator[Import]:
    """The imports at module level before the first function or class."""
    for node in itertools.takewhile(lambda n: not isinstance(n, _DEFINITIONS), tree.body):
        if isinstance(node, Import):
            yield node


def _takes_names(node: Import, module: str) -> bool:
    return (
        isinstance(node, ast.ImportFrom) and module_of(node) == module and node.names[0].name != "*"
    )


def _has_own_line(edit: AddImport, same: Sequence[Import]) -> bool:
    """Whether the file gives ``… as …`` a line of its own, as isort does."""
    renaming = [node for node in same if any(alias.asname for alias in node.names)]
    renamed = edit.alias not in (None, edit.name)
    return renamed and bool(renaming) and all(len(node.names) == 1 for node in renaming)


def _clause(edit: AddImport) -> str:
    name = edit.module if edit.name is None else edit.name
    return name if edit.alias in (None, name) else f"{name} as {edit.alias}"


def _statement(module: str, clauses: Sequence[str]) -> str:
    return f"from {module} import {', '.join(clauses)}"


def _extension(
    outline: Outline, path: str, node: Import, edits: Sequence[AddImport]
) -> ExtendImport:
    """The names at their sorted places, if the statement was sorted; else at its end."""
    start, end = outline.span(node)
    there = [alias.name for alias in node.names]
    key = next((key for key in (by_type, _folded, _plain) if _is_sorted(there, key)), None)
    if key is None:
        names = [(len(there), _clause(edit)) for edit in edits]
        return ExtendImport(Ref(path, start, end - start), tuple(names))
    placed = []
    for edit in sorted(edits, key=lambda edit: key(edit.name or "")):
        later = [i for i, name in enumerate(there) if key(name) > key(edit.name or "")]
        placed.append((later[0] if later else len(there), _clause(edit)))
    return ExtendImport(Ref(path, start, end - start), tuple(placed))


def _folded(name: str) -> tuple[object, ...]:
    return (name.lower(),)


def _plain(name: str) -> tuple[object, ...]:
    return (name,)


def _is_sorted(names: Sequence[str], key: Key) -> bool:
    return all(key(a) <= key(b) for a, b in itertools.pairwise(names))
