"""The handlers of an app: the Python functions that Lambda runs, deployed or waiting to be."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tapfix.edits import Ref
from tapfix.model.lambdas.functions import LambdaFunction
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.modules import AppClass, AppFunction, Module, Modules
from tapfix.model.python.source import SourceError, parse
from tapfix.model.python.values import Value
from tapfix.model.python.walk import read_names

_PARAMETER = re.compile(rb"\([ \t\r\n]*event\b")
_MARK = re.compile(rb"^(?:async[ \t]+)?def[ \t]+\w+\([ \t\r\n]*event\b", re.MULTILINE)
_TESTS = frozenset({"test", "tests", "testing"})
_TEST_FILE = re.compile(r"(?:test_.*|.*_tests?|conftest|setup)\.py")


@dataclass(frozen=True, eq=False)
class Handler:
    """A function that Lambda runs, and the code that comes with it.

    ``name`` is its name in the module; ``function`` is its definition, None where it is made by
    code that cannot be seen (a framework's object); ``is_wrapped`` says that the name stands for
    something made of it (``handler = middleware(main)``). ``deployed_by`` are the Lambda functions
    that run it, or may run it where it is not known which folder they deploy; there is none for an
    *orphan*. ``folder`` is what is deployed with it, its module's own folder if that is not known.
    """

    module: Module
    name: str
    function: AppFunction | None
    is_wrapped: bool
    deployed_by: tuple[LambdaFunction, ...]
    folder: str
    known: Modules

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """Its own module and those of ``folder`` that it imports, from import to import."""
        return tuple(_reached(self.known, self.module, self.folder))

    @property
    def deployed_at(self) -> Ref | None:
        """The construct that deploys it, the first if there are several."""
        return self.deployed_by[0].construct.head if self.deployed_by else None

    @property
    def is_orphan(self) -> bool:
        """Whether no construct of the app is known to deploy it."""
        return not self.deployed_by


def has_handler_mark(path: str, root: str, data: bytes) -> bool:
    """Whether a file may hold a handler that nothing deploys: told from its bytes alone."""
    # The first two take a fraction of the time of the third, and rule out most files.
    if b"event" not in data or b"aws_cdk" in data or not _PARAMETER.search(data):
        return False
    if not _MARK.search(data):
        return False
    return not is_test(path, root)


def is_test(path: str, root: str) -> bool:
    """Whether a file of the app in ``root`` is for its tests, by its name or that of a folder."""
    folders = posixpath.dirname(path.removeprefix(root)).split("/")
    return not _TESTS.isdisjoint(folders) or bool(_TEST_FILE.fullmatch(posixpath.basename(path)))


def find_handlers(
    modules: Modules, evaluator: Evaluator, functions: Iterable[LambdaFunction]
) -> tuple[Handler, ...]:
    """All handlers of an app in order of path and place: those deployed, then orphans in files
    that no handler imports."""
    deployed: dict[tuple[str, str], list[LambdaFunction]] = {}
    for function in functions:
        for place in _places(function, modules):
            deployed.setdefault(place, []).append(function)
    found = [
        _handler(modules, evaluator, module, name, tuple(by))
        for (path, name), by in deployed.items()
        if (module := modules.get(path)) is not None
    ]
    used = {module for handler in found for module in handler.modules}
    for module in modules.loaded():
        marked = has_handler_mark(module.path, modules.root, module.file.data)
        if marked and module not in used:
            found += [
                _handler(modules, evaluator, module, function.name, ())
                for function in _candidates(modules, module)
            ]
    return tuple(sorted(found, key=lambda handler: (handler.module.path, handler.name)))


def _handler(
    modules: Modules,
    evaluator: Evaluator,
    module: Module,
    name: str,
    by: tuple[LambdaFunction, ...],
) -> Handler:
    folders = {function.path for function in by if function.code in ("asset", "image")}
    folder = next(iter(folders)) if len(folders) == 1 else None
    folder = folder or posixpath.dirname(module.path)
    function, is_wrapped = _definition(evaluator, module, name)
    return Handler(module, name, function, is_wrapped, by, folder, modules)


def find_inline_handlers(
    modules: Modules, evaluator: Evaluator, functions: Iterable[LambdaFunction]
) -> Iterator[tuple[Value, Handler]]:
    """Handlers whose code is a literal text in stack code, with the value of that text.

    Their modules are none of the app's: places in them are places in the text.
    """
    for function in functions:
        text = function.text.constant if function.text is not None else None
        if function.text is None or not isinstance(text, str) or not function.may_be_python:
            continue
        try:
            file = parse(f"{function.construct.module.path}/index.py", text.encode())
        except SourceError:
            continue
        module = Module(file, read_names(file.tree), is_cdk=False)
        name = (function.handler or "").rpartition(".")[2]
        yield function.text, _handler(modules, evaluator, module, name, (function,))


# Where a Lambda function's code lies


def _places(function: LambdaFunction, modules: Modules) -> Iterator[tuple[str, str]]:
    """Paths and names of the handlers that a Lambda function runs."""
    if not function.may_be_python:
        return
    stem, _, name = (function.handler or "").rpartition(".")
    if function.path is None:
        if function.code == "asset" and stem:
            tail = f"/{stem.replace('.', '/')}.py"
            for path, data in modules.files.items():
                if path.endswith(tail) and has_handler_mark(path, modules.root, data):
                    yield path, name
    elif function.code == "file":
        if function.path in modules.files and name:
            yield function.path, name
    elif stem:
        found = _module_path(function, stem.replace(".", "/"), modules.files)
        if found is not None:
            yield found, name
    elif function.code == "image":
        yield from _all_in(function.path, modules)


def _module_path(function: LambdaFunction, stem: str, files: Mapping[str, bytes]) -> str | None:
    for path in (f"{function.path}/{stem}.py", f"{function.path}/{stem}/__init__.py"):
        if path in files:
            return path
    if function.code != "image":
        return None
    # A Dockerfile copies as it likes: the one file of that name will be it.
    tail = f"/{stem}.py"
    below = [path for path in files if path.startswith(f"{function.path}/") and path.endswith(tail)]
    return below[0] if len(below) == 1 else None


def _all_in(folder: str, modules: Modules) -> Iterator[tuple[str, str]]:
    """What may be the handler in the folder of an image whose command is not known."""
    for path, data in modules.files.items():
        if path.startswith(f"{folder}/") and has_handler_mark(path, folder, data):
            module = modules.get(path)
            if module is not None:
                yield from ((path, function.name) for function in _candidates(modules, module))


# Functions


def _candidates(modules: Modules, module: Module) -> Iterator[AppFunction]:
    """Functions of a module that look like handlers: ``event`` and a second parameter."""
    for node in module.names.functions:
        a = node.args
        names = [argument.arg for argument in (*a.posonlyargs, *a.args)]
        plain = a.vararg is None and a.kwarg is None and not a.kwonlyargs
        outermost = isinstance(module.names.parents.get(node), ast.Module)
        if outermost and plain and len(names) == 2 and names[0] == "event":
            yield modules.function_at(module, node)


def _definition(evaluator: Evaluator, module: Module, name: str) -> tuple[AppFunction | None, bool]:
    """The function that a name of a module stands for, and whether other code wraps it."""
    scope = module.names.module
    symbol = evaluator.resolver.lookup(module, scope, name)
    if isinstance(symbol, AppFunction):
        return symbol, False
    bindings = scope.bindings.get(name, [])
    value = bindings[0].value if len(bindings) == 1 else None
    if isinstance(value, ast.Attribute):
        return _method(evaluator, module, value.value, value.attr), False
    if not isinstance(value, ast.Call):
        return None, False
    if isinstance(evaluator.resolver.symbol(module, value.func), AppClass):
        return _method(evaluator, module, value, "__call__"), False
    wrapped = [evaluator.resolver.symbol(module, argument) for argument in value.args]
    functions = [symbol for symbol in wrapped if isinstance(symbol, AppFunction)]
    return (functions[0] if len(functions) == 1 else None), True


def _method(evaluator: Evaluator, module: Module, owner: ast.expr, name: str) -> AppFunction | None:
    cls = evaluator.instance_class(module, owner)
    found = evaluator.resolver.lineage(cls) if cls is not None else []
    return next((known.methods[name] for known in found if name in known.methods), None)


def _reached(modules: Modules, module: Module, folder: str) -> Iterator[Module]:
    """A module and those below a folder that it imports, from import to import."""
    pending, seen = [module], {module}
    while pending:
        current = pending.pop()
        yield current
        for name in current.names.imports:
            other = modules.imported(current, name)
            if other is not None and other not in seen and other.path.startswith(f"{folder}/"):
                seen.add(other)
                pending.append(other)
