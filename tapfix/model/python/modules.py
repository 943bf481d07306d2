"""The modules of an app: parsed when first asked for, found from each other's imports."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

from tapfix.edits import Ref
from tapfix.model.python.scopes import Binding, Names, Scope
from tapfix.model.python.source import Problem, SourceError, SourceFile, parse
from tapfix.model.python.walk import read_names

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.MULTILINE)
_AFTER_IMPORT = re.compile(rb"import[ \t(]+([\w.]+)")
_AFTER_FROM = re.compile(rb"from[ \t]+([\w.]+)")
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_Read = TypeVar("_Read")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, eq=False)
class Module:
    """A Python file of the app with its names."""

    file: SourceFile
    names: Names
    is_cdk: bool
    _once: dict[Callable[[Module], object], object] = field(default_factory=dict, repr=False)

    @property
    def path(self) -> str:
        """The file's absolute path."""
        return self.file.path

    def once(self, read: Callable[[Module], _Read]) -> _Read:
        """What a function makes of this module alone, which must not be changed.

        It is kept for as long as the file stays as it is: over many looks, in an editor.
        """
        if read not in self._once:
            self._once[read] = read(self)
        return cast(_Read, self._once[read])

    def ref(self, node: ast.AST) -> Ref:
        """The place of a node of this module."""
        return self.file.ref(node)

    @cached_property
    def leaving(self) -> Mapping[ast.AST, set[ast.AST]]:
        """By the node around them, the statements that may end the run of their block.

        They hold a ``return``, or a ``break`` or ``continue`` of a loop around them.
        """
        found: dict[ast.AST, set[ast.AST]] = {}
        for jump in self.names.jumps:
            inner: ast.AST = jump
            for around in self.names.ancestors(jump):
                if isinstance(inner, _LOOPS) and not isinstance(jump, ast.Return):
                    break
                found.setdefault(around, set()).add(inner)
                if isinstance(around, _DEFINITIONS):
                    break
                inner = around
        return found

    def scope_of(self, node: ast.AST) -> Scope:
        """The scope in which a node of this module is evaluated."""
        known = self.names.scopes.get(node)
        if known is not None:
            return known
        for ancestor in self.names.ancestors(node):
            inner = self.names.inner.get(ancestor)
            if inner is not None and not _is_header(node, ancestor):
                return inner
        return self.names.module


def _is_header(node: ast.AST, definition: ast.AST) -> bool:
    """Whether a node stands before the body of a definition (decorator, base, default value)."""
    body = getattr(definition, "body", None)
    line, column = getattr(node, "lineno", None), getattr(node, "col_offset", None)
    if not isinstance(body, list) or not body or line is None:
        return False
    return (line, column) < (body[0].lineno, body[0].col_offset)


def read_module(path: str, data: bytes, is_cdk: bool) -> Module | Problem:
    """The module in a file, or why it cannot be read."""
    try:
        file = parse(path, data)
        return Module(file, read_names(file.tree), is_cdk)
    except SourceError as error:
        return error.problem
    except RecursionError:
        return Problem(path, "expressions are nested too deeply to be read")


@dataclass(frozen=True, eq=False)
class AppClass:
    """A class that the app defines."""

    module: Module
    node: ast.ClassDef

    @property
    def name(self) -> str:
        """The class's name."""
        return self.node.name

    @property
    def scope(self) -> Scope:
        """The namespace of the class body."""
        return self.module.names.inner[self.node]

    @cached_property
    def methods(self) -> Mapping[str, AppFunction]:
        """The functions that stand directly in the class body, by name."""
        return {
            statement.name: AppFunction(self.module, statement, self)
            for statement in self.node.body
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
        }

    @cached_property
    def attributes(self) -> Mapping[str, list[Binding]]:
        """What the class body and ``self.x = …`` in its methods bind, by attribute."""
        found = {name: list(bindings) for name, bindings in self.scope.bindings.items()}
        names = self.module.names
        for target, value in names.stores.items():
            if isinstance(target, ast.Attribute) and self.is_self(target.value):
                kind = "assign" if value is not None else "other"
                statement = names.statement(target)
                binding = Binding(kind, statement, names.scopes[target], value)  # type: ignore[arg-type]  # narrowed str
                found.setdefault(target.attr, []).append(binding)
        return found

    def is_self(self, node: ast.AST) -> bool:
        """Whether an expression is the first parameter of one of this class's methods."""
        if not isinstance(node, ast.Name):
            return False
        scope = self.module.names.scopes.get(node)
        function = scope.function if scope is not None else None
        while function is not None and function.parent is not self.scope:
            function = function.parent.function if function.parent is not None else None
        if function is None or not isinstance(
            function.node, (ast.FunctionDef, ast.AsyncFunctionDef)
        ):
            return False
        arguments = function.node.args
        first = next(iter((*arguments.posonlyargs, *arguments.args)), None)
        return first is not None and first.arg == node.id and not _is_static(function.node)


def _is_static(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)


@dataclass(frozen=True, eq=False)
class AppFunction:
    """A function or method that the app defines; ``owner`` is the class it is a method of."""

    module: Module
    node: ast.FunctionDef | ast.AsyncFunctionDef
    owner: AppClass | None = None

    @property
    def name(self) -> str:
        """The function's name."""
        return self.node.name

    @property
    def scope(self) -> Scope:
        """The namespace of the function body."""
        return self.module.names.inner[self.node]

    @property
    def ref(self) -> Ref:
        """The whole ``def`` statement, without decorators."""
        return self.module.ref(self.node)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of positional parameters and keyword-only ones, ``self`` included, in order."""
        a = self.node.args
        return tuple(arg.arg for arg in (*a.posonlyargs, *a.args, *a.kwonlyargs))

    @property
    def positional(self) -> tuple[str, ...]:
        """Names of the parameters that may be given by position, ``self`` included."""
        a = self.node.args
        return tuple(arg.arg for arg in (*a.posonlyargs, *a.args))

    def default(self, name: str) -> ast.expr | None:
        """The default value of a parameter, if it has one."""
        a = self.node.args
        positional = (*a.posonlyargs, *a.args)
        late = positional[len(positional) - len(a.defaults) :]
        pairs = (
            *zip(late, a.defaults, strict=True),
            *zip(a.kwonlyargs, a.kw_defaults, strict=True),
        )
        return next((value for arg, value in pairs if arg.arg == name), None)


@dataclass(eq=False)
class Modules:
    """All Python files of an app by absolute path; each is parsed when it is first asked for.

    ``problems`` collects the files that were asked for and could not be read. ``makers`` are those
    that are known to make constructs, though they may not name CDK. ``read`` parses a file, or has
    kept what an earlier look at the app has parsed.
    """

    root: str
    files: Mapping[str, bytes]
    makers: Set[str] = frozenset()
    read: Callable[[str, bytes, bool], Module | Problem] = read_module
    problems: list[Problem] = field(default_factory=list)
    _parsed: dict[str, Module | None] = field(default_factory=dict)
    _imports: dict[tuple[str, str], Module | None] = field(default_factory=dict)
    _symbols: dict[ast.AST, AppClass | AppFunction] = field(default_factory=dict)
    _imported_words: dict[str, frozenset[str]] = field(default_factory=dict)
    _everything: tuple[Module, ...] | None = None
    _program: tuple[Module, ...] | None = None

    def get(self, path: str) -> Module | None:
        """The module at a path, or None if there is none or it cannot be read."""
        if path not in self._parsed:
            self._parsed[path] = self._load(path)
            self._everything = None
        return self._parsed[path]

    def _load(self, path: str) -> Module | None:
        data = self.files.get(path)
        if data is None:
            return None
        is_cdk = b"aws_cdk" in data or path in self.makers
        module = self.read(path, data, is_cdk)
        if isinstance(module, Problem):
            self.problems.append(module)
            return None
        return module

    def beside(self, path: str) -> Module | None:
        """A file read for itself: it is no module of the app, and no problem if it is no Python."""
        try:
            file = parse(path, self.files[path])
            return Module(file, read_names(file.tree), is_cdk=False)
        except (SourceError, RecursionError):
            return None

    def seems_to_import(self, path: str, names: Set[str]) -> bool:
        """Whether a file's statements import something with one of these names in its path."""
        return not names.isdisjoint(self.imported_words(path)) and any(
            not names.isdisjoint(dotted.decode().split("."))
            for dotted in _IMPORT.findall(self.files[path])
        )

    def imported_words(self, path: str) -> frozenset[str]:
        """What a file may import, word by word: told from its bytes alone, and rather too much."""
        known = self._imported_words.get(path)
        if known is None:
            data = self.files[path]
            # Two searches for plain words take a sixth of the time of one for either.
            found = b".".join((*_AFTER_IMPORT.findall(data), *_AFTER_FROM.findall(data)))
            known = frozenset(found.decode().split("."))
            self._imported_words[path] = known
        return known

    def everything(self) -> tuple[Module, ...]:
        """The modules read so far, in order of path; the same tuple until another one is read."""
        if self._everything is None:
            read = (self._parsed[path] for path in sorted(self._parsed))
            self._everything = tuple(module for module in read if module is not None)
        return self._everything

    def loaded(self) -> tuple[Module, ...]:
        """The modules that were read with the app, in order of path.

        What handlers import is read later, when a rule looks into them; what is known of the app's
        own names must not depend on whether one did.
        """
        return self._program if self._program is not None else self.everything()

    def settle(self) -> None:
        """Say that the app is read: modules read from now on are not among ``loaded``."""
        self._program = self.everything()

    def imported(self, importer: Module, dotted: str) -> Module | None:
        """The app's module that ``dotted`` names in an import of ``importer``, if it is one.

        Leading dots count levels of a relative import. Absolute names are looked for in the
        folders between the app's root and the importing file: stack code runs with the app file's
        folder on its path, a handler with its own asset's.
        """
        key = (importer.path, dotted)
        if key not in self._imports:
            self._imports[key] = self._find(importer, dotted)
        return self._imports[key]

    def _find(self, importer: Module, dotted: str) -> Module | None:
        folder = posixpath.dirname(importer.path)
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        if level:
            for _ in range(level - 1):
                folder = posixpath.dirname(folder)
            return self._at(folder, name)
        folders = [folder]
        while folder != self.root and len(folder) > len(self.root):
            folder = posixpath.dirname(folder)
            folders.append(folder)
        if importer.is_cdk:
            folders.reverse()
        found = (self._at(base, name) for base in folders)
        return next((module for module in found if module is not None), None)

    def _at(self, folder: str, name: str) -> Module | None:
        stem = posixpath.join(folder, *name.split(".")) if name else folder
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if path in self.files and path != f"{folder}.py":
                return self.get(path)
        return None

    def class_at(self, module: Module, node: ast.ClassDef) -> AppClass:
        """The one ``AppClass`` for a class statement."""
        found = self._symbols.get(node)
        if not isinstance(found, AppClass):
            found = self._symbols[node] = AppClass(module, node)
        return found

    def function_at(
        self, module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> AppFunction:
        """The one ``AppFunction`` for a ``def`` statement."""
        parent = module.names.parents.get(node)
        if isinstance(parent, ast.ClassDef):
            method = self.class_at(module, parent).methods[node.name]
            if method.node is node:
                return method
        found = self._symbols.get(node)
        if not isinstance(found, AppFunction):
            found = self._symbols[node] = AppFunction(module, node)
        return found
