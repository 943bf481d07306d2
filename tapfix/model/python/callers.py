"""Who calls the app's own functions and constructs its classes, and who only hands them on."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from tapfix.edits import Ref
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.scopes import Scope

_ASKING = ("isinstance", "issubclass", "cast", "super")
_TEST_FOLDERS = ("test", "tests")


@dataclass(frozen=True, eq=False)
class CallSite:
    """One call in the app, and the function of the app whose code it runs.

    ``in_test`` says that it stands in a test of the app.
    """

    module: Module
    node: ast.Call
    function: AppFunction
    in_test: bool

    @property
    def ref(self) -> Ref:
        """The call."""
        return self.module.ref(self.node)

    def argument(self, name: str) -> ast.expr | None:
        """What the call gives for a parameter of the function; None if that is not to be seen."""
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        names = self.function.positional[self._skipped :]
        place = names.index(name) if name in names else len(self.node.args)
        given = self.node.args[: place + 1]
        if len(given) <= place or any(isinstance(item, ast.Starred) for item in given):
            return None
        return given[place]

    @property
    def is_open(self) -> bool:
        """Whether the call gives arguments that are not to be seen (``*args``, ``**kwargs``)."""
        starred = any(isinstance(item, ast.Starred) for item in self.node.args)
        return starred or any(keyword.arg is None for keyword in self.node.keywords)

    @property
    def _skipped(self) -> int:
        """How many of the function's parameters the call does not write down: ``self``."""
        owner = self.function.owner
        if owner is None or "staticmethod" in decorators(self.function):
            return 0
        explicit = isinstance(self.node.func, ast.Attribute) and self.node.func.attr == "__init__"
        return 0 if explicit and not _is_super(self.node) else 1


@dataclass(eq=False)
class Callers:
    """The calls of an app by the function that they run."""

    evaluator: Evaluator
    _sites: dict[AppFunction, list[CallSite]] = field(default_factory=dict)

    def constructor(self, cls: AppClass) -> AppFunction | None:
        """The ``__init__`` that runs when a class of the app is called."""
        found = (known.methods.get("__init__") for known in self.evaluator.resolver.lineage(cls))
        return next((method for method in found if method is not None), None)

    @cached_property
    def constructions(self) -> list[tuple[Module, ast.Call, AppClass]]:
        """Every call of a class of the app, in the order of files and places."""
        return [
            (module, call, callee)
            for module in list(self.evaluator.resolver.modules.loaded())
            for call in module.names.calls
            if isinstance(callee := self.evaluator.callee(module, call), AppClass)
        ]

    def of(self, function: AppFunction) -> list[CallSite]:
        """The calls that run a function: of a constructor, those of its classes and ``super``."""
        return self._index.get(function, [])

    @cached_property
    def _index(self) -> dict[AppFunction, list[CallSite]]:
        found: dict[AppFunction, list[CallSite]] = {}
        for module in list(self.evaluator.resolver.modules.loaded()):
            in_test = self.is_test(module)
            for call in module.names.calls:
                function = self._run(module, call)
                if function is not None:
                    site = CallSite(module, call, function, in_test)
                    found.setdefault(function, []).append(site)
        return found

    def is_test(self, module: Module) -> bool:
        """Whether a module is a test of the app, or stands in a folder of tests."""
        return self.is_test_path(module.path)

    def is_test_path(self, path: str) -> bool:
        """Whether a file is a test by its name or its folder, read or not."""
        return _is_test_path(path, self.evaluator.resolver.modules.root)

    def _run(self, module: Module, call: ast.Call) -> AppFunction | None:
        if _is_super(call):
            owner = module.names.scopes[call].owner
            if owner is None or not isinstance(owner.node, ast.ClassDef):
                return None
            cls = self.evaluator.resolver.modules.class_at(module, owner.node)
            above = self.evaluator.resolver.lineage(cls)[1:]
            found = (known.methods.get("__init__") for known in above)
            return next((method for method in found if method is not None), None)
        callee = self.evaluator.callee(module, call)
        if isinstance(callee, AppClass):
            return self.constructor(callee)
        return callee if isinstance(callee, AppFunction) else None

    def handed_on(self, symbol: AppClass | AppFunction) -> Ref | None:
        """A place where a class or function is a value, so that calls of it cannot all be seen."""
        for module in list(self.evaluator.resolver.modules.loaded()):
            for node in self._mentions(module, symbol):
                if not _is_plain(module, node):
                    return module.ref(node)
        return self._same_method(symbol) if isinstance(symbol, AppFunction) else None

    def _mentions(self, module: Module, symbol: AppClass | AppFunction) -> Iterator[ast.expr]:
        names = {symbol.name, *_aliases(module, symbol.name)}
        spelled = [node for name in names for node in module.names.loads.get(name, ())]
        for node in (*spelled, *module.names.attributes.get(symbol.name, ())):
            if self.evaluator.resolver.symbol(module, node) is symbol:
                yield node

    def _same_method(self, function: AppFunction) -> Ref | None:
        """A use of a method's name on something that is not known to be another class's."""
        if function.owner is None or function.name == "__init__":
            return None
        known = {site.node.func for site in self.of(function)}
        for module in list(self.evaluator.resolver.modules.loaded()):
            for node in module.names.attributes.get(function.name, ()):
                if node not in known and node not in module.names.stores:
                    return module.ref(node)
        return None


@lru_cache(maxsize=10_000)
def _is_test_path(path: str, root: str) -> bool:
    *folders, name = posixpath.relpath(path, root).split("/")
    stem = posixpath.splitext(name)[0]
    return (
        stem.startswith("test_")
        or stem.endswith("_test")
        or stem == "conftest"
        or any(folder in _TEST_FOLDERS for folder in folders)
    )


def decorators(function: AppFunction) -> set[str]:
    """The plain names of a function's decorators."""
    return {node.id for node in function.node.decorator_list if isinstance(node, ast.Name)}


def home(module: Module, node: ast.AST) -> Scope:
    """The outermost scope that is left only with the end of a call: a function, or the module.

    A function inside a function sees what the outer one knows, so the outer one counts.
    """
    scope: Scope | None = module.scope_of(node)
    while scope is not None and scope.parent is not None:
        if scope.kind == "class" or (
            scope.kind == "function"
            and not isinstance(scope.node, ast.Lambda)
            and scope.parent.kind in ("module", "class")
        ):
            return scope
        scope = scope.parent
    return module.names.module


def _is_super(call: ast.Call) -> bool:
    """Whether the call is ``super().__init__(…)``."""
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "__init__"
        and isinstance(function.value, ast.Call)
        and isinstance(function.value.func, ast.Name)
        and function.value.func.id == "super"
    )


def _aliases(module: Module, name: str) -> list[str]:
    """Other names under which a module may import something called ``name``."""
    return [
        bound
        for bound, bindings in module.names.module.bindings.items()
        if any((b.target or "").rpartition(".")[2] == name for b in bindings)
    ]


def _is_plain(module: Module, node: ast.expr) -> bool:
    """Whether a class or function is only called, subclassed, annotated with or looked into."""
    parent = module.names.parents.get(node)
    while isinstance(parent, (ast.Subscript, ast.BinOp, ast.Tuple)) and _is_annotated(module, node):
        parent = module.names.parents.get(parent)
    if isinstance(parent, ast.Call):
        asked = isinstance(parent.func, ast.Name) and parent.func.id in _ASKING
        return parent.func is node or asked
    return isinstance(parent, (ast.ClassDef, ast.Attribute)) or _is_annotated(module, node)


def _is_annotated(module: Module, node: ast.expr) -> bool:
    child: ast.AST = node
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, ast.arg):
            return True
        if isinstance(ancestor, ast.AnnAssign):
            return ancestor.annotation is child
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return ancestor.returns is child
        if isinstance(ancestor, ast.stmt):
            return False
        child = ancestor
    return False
