"""An app read once: its modules, its constructs, and what the source tells of them."""

from __future__ import annotations

import ast
import json
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

from tapfix.edits import Ref
from tapfix.knowledge.catalogue import Catalogue, load
from tapfix.model.cdk.constructs import Construct, find_constructs
from tapfix.model.cdk.told import told_classes
from tapfix.model.cdk.uses import Use, find_uses
from tapfix.model.lambdas.functions import LambdaFunction, find_functions
from tapfix.model.lambdas.handlers import (
    Handler,
    find_handlers,
    find_inline_handlers,
    has_handler_mark,
)
from tapfix.model.python.callers import Callers
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.kept import Kept
from tapfix.model.python.modules import AppClass, AppFunction, Module, Modules, read_module
from tapfix.model.python.paths import Folders, TextReader
from tapfix.model.python.resolve import Resolver
from tapfix.model.python.source import Problem
from tapfix.model.python.values import CDK, Value
from tapfix.model.settings import Settings
from tapfix.model.shown import Made, Shown

_CDK_MARK = b"aws_cdk"
_V1 = "aws_cdk.core"
_V1_MARK = re.compile(rb"\bcore\b")
_Read = TypeVar("_Read")


@dataclass(eq=False)
class App:
    """One CDK app. Rules ask it; nothing changes it.

    ``root`` is the app's folder; ``files`` are its Python files, ``cdk.json`` and what declares or
    records packages, by absolute path. ``shown`` is what a synthesis showed of its lines.
    """

    root: str
    settings: Settings
    modules: Modules
    evaluator: Evaluator
    catalogue: Catalogue
    shown: Shown = field(default_factory=Shown)
    _uses: dict[ast.Call, tuple[Use, ...]] = field(default_factory=dict)
    _once: dict[Callable[[App], object], object] = field(default_factory=dict)
    _of: dict[tuple[str, ...], tuple[Construct, ...]] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Files that had to be read and could not be."""
        return tuple(self.modules.problems)

    @property
    def files(self) -> Mapping[str, bytes]:
        """All files of the app by absolute path."""
        return self.modules.files

    @cached_property
    def context(self) -> Mapping[str, object]:
        """The context in ``cdk.json``, feature flags among it; empty if there is none."""
        try:
            content = json.loads(self.files.get(f"{self.root}/cdk.json", b"{}"))
        except ValueError:
            return {}
        found = content.get("context") if isinstance(content, dict) else None
        return found if isinstance(found, dict) else {}

    @cached_property
    def cdk_modules(self) -> tuple[Module, ...]:
        """The modules that use CDK, version 2, in order of path."""
        return tuple(m for m in self.modules.loaded() if m.is_cdk and not _is_v1(m))

    @cached_property
    def v1_modules(self) -> tuple[Module, ...]:
        """The modules that use CDK version 1, which is out of scope."""
        return tuple(m for m in self.modules.loaded() if m.is_cdk and _is_v1(m))

    @cached_property
    def constructs(self) -> tuple[Construct, ...]:
        """All constructs of the app, in order of path and place; those of its tests are none."""
        callers = Callers(self.evaluator)
        return tuple(
            construct
            for module in self.cdk_modules
            if not (callers.is_test(module) and _has_tests(module))
            for construct in sorted(
                find_constructs(module, self.evaluator, self.catalogue), key=lambda c: c.ref.offset
            )
        )

    @cached_property
    def functions(self) -> tuple[LambdaFunction, ...]:
        """The Lambda functions that the constructs make."""
        folders = Folders.of(self.root, self.files)
        return tuple(
            find_functions(self.constructs, TextReader(self.evaluator, self.root), folders)
        )

    @cached_property
    def handlers(self) -> tuple[Handler, ...]:
        """The functions that Lambda runs, and those that look so and that nothing deploys."""
        return find_handlers(self.modules, self.evaluator, self.functions)

    @cached_property
    def inline_handlers(self) -> tuple[tuple[Value, Handler], ...]:
        """Handlers that are literal texts in stack code, with the value of each text."""
        return tuple(find_inline_handlers(self.modules, self.evaluator, self.functions))

    def of(self, *classes: str) -> list[Construct]:
        """The constructs of any of these CDK classes or of one derived from them."""
        if classes not in self._of:
            self._of[classes] = tuple(c for c in self.constructs if c.is_a(*classes))
        return list(self._of[classes])

    def uses(self, construct: Construct) -> tuple[Use, ...]:
        """What the app does with a construct after it is made."""
        if construct.node not in self._uses:
            cls = self.class_around(construct) if construct.inherited else None
            found = find_uses(construct.module, construct.node, self.evaluator, cls)
            self._uses[construct.node] = tuple(found)
        return self._uses[construct.node]

    @cached_property
    def followed(self) -> frozenset[ast.expr]:
        """Every use of every construct, as ``Use.node`` gives it."""
        return frozenset(use.node for one in self.constructs for use in self.uses(one))

    def made(self, construct: Construct) -> tuple[Made, ...]:
        """What a synthesis showed of a construct; empty without one, or if it told nothing."""
        node = construct.node
        last = node.end_lineno or node.lineno
        made = self.shown.between(construct.module.path, node.lineno, last)
        return tuple(one for one in made if one.cls == f"{CDK}{construct.name}")

    def once(self, read: Callable[[App], _Read]) -> _Read:
        """What a function makes of the whole app: several rules, each for many constructs, ask."""
        if read not in self._once:
            self._once[read] = read(self)
        return cast(_Read, self._once[read])

    def function_around(self, construct: Construct) -> AppFunction | None:
        """The function or method in whose body a construct is made."""
        return self.function_at(construct.module, construct.node)

    def function_at(self, module: Module, node: ast.expr) -> AppFunction | None:
        """The function or method in whose body an expression stands."""
        scope = module.names.scopes[node].function
        while scope is not None and not isinstance(
            scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)
        ):
            scope = scope.parent.function if scope.parent is not None else None
        if scope is None:
            return None
        assert isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef))
        return self.modules.function_at(module, scope.node)

    def class_around(self, construct: Construct) -> AppClass | None:
        """The class in whose body or methods a construct is made."""
        scope = construct.module.names.scopes[construct.node].owner
        if scope is None or not isinstance(scope.node, ast.ClassDef):
            return None
        return self.modules.class_at(construct.module, scope.node)

    def relative(self, path: str) -> str:
        """A path of one of the app's files, as seen from the app's folder."""
        return posixpath.relpath(path, self.root)

    def position(self, ref: Ref) -> tuple[int, int]:
        """The 1-based line and column of a place in one of the app's Python files."""
        module = self.modules.get(ref.path)
        return module.file.position(ref.offset) if module is not None else (0, 0)


def _has_tests(module: Module) -> bool:
    """Whether a module that is called a test is one: a stack may be called ``test_data`` too."""
    return any(mark in module.file.data for mark in (b"def test_", b"pytest", b"unittest"))


def read_app(
    root: str,
    files: Mapping[str, bytes],
    settings: Settings,
    shown: Shown | None = None,
    kept: Kept | None = None,
) -> App:
    """Read the app in the folder ``root``.

    ``files`` maps absolute paths to the bytes of its files, those that are no Python among them.
    ``shown`` is what a synthesis of these files showed, ``kept`` are files parsed before.
    Parsed at once are the files that use CDK, what they import, what imports them, and those that
    look like handlers; nothing is run.
    """
    shown = shown or Shown()
    read = kept.read if kept is not None else read_module
    modules = Modules(root, files, frozenset(path for path, _ in shown.lines), read)
    catalogue = load()
    _read_modules(modules)
    modules.settle()

    def exports(module: str) -> frozenset[str]:
        return catalogue.exports(module.removeprefix("aws_cdk."))

    resolver = Resolver(modules, exports, told_classes(modules, shown))
    return App(root, settings, modules, Evaluator(resolver), catalogue, shown)


def _read_modules(modules: Modules) -> None:
    python = [path for path in modules.files if path.endswith(".py")]
    for path in python:
        if has_handler_mark(path, modules.root, modules.files[path]):
            modules.get(path)
    makers = modules.makers
    roots = [path for path in python if _CDK_MARK in modules.files[path] or path in makers]
    if not roots:
        return
    _close(modules, roots)
    # Callers of the app's code that do not name CDK themselves: a short app file, a test.
    stems = {segment for path in roots for segment in _segments(modules.root, path)}
    _close(modules, [path for path in python if modules.seems_to_import(path, stems)])


def _segments(root: str, path: str) -> list[str]:
    """The names by which an import may speak of a file: those of its folders and its own."""
    return path.removeprefix(root).removesuffix(".py").strip("/").split("/")


def _close(modules: Modules, paths: list[str]) -> None:
    """Parse modules and, from import to import, the app's modules that they import."""
    pending = [module for path in paths if (module := modules.get(path)) is not None]
    seen = set()
    while pending:
        module = pending.pop()
        if module.path in seen:
            continue
        seen.add(module.path)
        found = (modules.imported(module, name) for name in module.names.imports)
        pending += [other for other in found if other is not None]


def _is_v1(module: Module) -> bool:
    """Whether a module imports CDK 1 without a ``try`` that would do with CDK 2 as well."""
    if _V1_MARK.search(module.file.data) is None:
        return False
    return any(
        not any(isinstance(around, ast.Try) for around in module.names.ancestors(node))
        for node in ast.walk(module.file.tree)
        if _imports_v1(node)
    )


def _imports_v1(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.startswith(_V1) for alias in node.names)
    if not isinstance(node, ast.ImportFrom) or node.level:
        return False
    names = (f"{node.module}.{alias.name}" for alias in node.names)
    return any(f"{name}.".startswith(f"{_V1}.") for name in names)
