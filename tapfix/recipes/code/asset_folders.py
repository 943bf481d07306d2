"""Where an app keeps the code of its Lambda functions, and how its stacks spell such a folder."""

from __future__ import annotations

import ast
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.functions import LambdaFunction
from tapfix.model.python.modules import Module
from tapfix.model.python.paths import TextReader

_SHARED = frozenset(
    ["lambda", "lambdas", "functions", "handlers", "src", "lambda_functions", "lambda_handlers"]
)
_OF_STACKS = frozenset(
    ["stack", "stacks", "construct", "constructs", "nested_stacks", "components"]
)
_MADE = re.compile(r"/(?:\.?build|\.?dist|target|out)(?:/|$)|\.(?:zip|jar)$")
_DEFAULT = "lambda"


def is_free_of_stacks(app: App, folder: str) -> bool:
    """Whether a folder lies in the app and holds none of the code that makes the stacks."""
    below = f"{folder}/"
    return folder.startswith(f"{app.root}/") and not any(
        module.path.startswith(below) for module in app.cdk_modules
    )


def home_of(app: App, module: Module, *, python: bool) -> tuple[str, bool]:
    """The folder for new functions of a module's stacks, and whether files go straight into it.

    It is where the functions beside them are, a folder each or all in one; else ``lambda`` in the
    folder of the stack, with a folder for each function.
    """
    assets = [f for f in app.functions if f.code == "asset" and f.path is not None]
    near = [function for function in assets if function.construct.module is module]
    for functions in (near, assets):
        found = _kept_in(app, functions, python=python)
        if found is not None:
            return found
    for handler in app.handlers:
        folder = posixpath.dirname(handler.module.path)
        for place in (folder, posixpath.dirname(folder)):
            if is_shared(place) and is_free_of_stacks(app, place):
                return place, False
    folder = posixpath.dirname(module.path)
    if posixpath.basename(folder) in _OF_STACKS and folder != app.root:
        folder = posixpath.dirname(folder)
    return posixpath.join(folder, _DEFAULT), False


def _kept_in(
    app: App, functions: Iterable[LambdaFunction], *, python: bool
) -> tuple[str, bool] | None:
    """The folder in which most of some functions are, alone in one of its folders or together.

    What is bundled from a folder, or leaves some of it out, shares it with nobody; nor does a
    folder of several functions that stands beside others: its name says what they are about.
    """
    modules: dict[str, set[str | None]] = {}
    made: set[str] = set()
    for function in functions:
        path = function.path
        if path is not None and is_free_of_stacks(app, path) and not _MADE.search(path):
            modules.setdefault(path, set()).add(function.handler)
            code = function.construct.value("code")
            if code is None or code.keywords:
                made.add(path)
    votes: Counter[tuple[str, bool]] = Counter()
    within = Counter(posixpath.dirname(folder) for folder in modules)
    for folder, handlers in modules.items():
        parent = posixpath.dirname(folder)
        files = {(handler or "").rpartition(".")[0] for handler in handlers}
        if is_shared(folder) or (len(files) > 1 and within[parent] == 1):
            votes[folder, folder not in made] += len(files)
        elif is_free_of_stacks(app, parent):
            votes[parent, False] += 1
    if not votes:
        return None
    folder, flat = votes.most_common(1)[0][0]
    # JavaScript beside it may be governed by a package.json, which is not read.
    return folder, flat and python


def is_shared(folder: str) -> bool:
    """Whether a folder is called like one for several functions."""
    return posixpath.basename(folder).replace("-", "_") in _SHARED


def spell_folder(app: App, construct: Construct, folder: str, model: ast.expr | None = None) -> str:
    """The source text of a folder's path at the place of a construct.

    As other paths of the file are spelled (``model``, then those of assets), by ``__file__`` or a
    constant; else relative to the app's folder, in which ``cdk`` runs.
    """
    spelled = list(_spelled(app, construct.module))
    nodes = [node for node, _ in spelled]
    for node in nodes if model is None else [model, *nodes]:
        text = _alike(app, construct, node, folder)
        if text is not None:
            return text
    plain = (_from_same_place(node, path, folder) for node, path in spelled)
    return _quoted(next((text for text in plain if text), app.relative(folder)))


def _spelled(app: App, module: Module) -> Iterator[tuple[ast.expr, str]]:
    """The paths of the assets that a module deploys to Lambda: as it spells them, and absolute."""
    for function in app.functions:
        code = function.construct.value("code")
        if function.code == "asset" and function.construct.module is module and code is not None:
            path = code.argument("path", 0)
            if path is not None and path.origin_module is module and function.path is not None:
                yield path.origin, function.path


def _from_same_place(node: ast.expr, path: str, folder: str) -> str | None:
    """A folder's path from where another plain path of the file starts: not always the root."""
    text = node.value if isinstance(node, ast.Constant) else None
    tail = f"/{posixpath.normpath(text)}" if isinstance(text, str) else ""
    if not isinstance(text, str) or posixpath.isabs(text) or not path.endswith(tail):
        return None
    relative = posixpath.relpath(folder, path.removesuffix(tail))
    return f"./{relative}" if text.startswith("./") and relative[0] != "." else relative


def _alike(app: App, construct: Construct, node: ast.expr, folder: str) -> str | None:
    """The folder spelled from the same starting point as another path of the file."""
    module = construct.module
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "str" and len(node.args) == 1:
        node = node.args[0]
    base = _base(node)
    if base is None or not _is_seen(module, construct.node, base):
        return None
    start = TextReader(app.evaluator, app.root).read(module, base)
    if start is None or not posixpath.isabs(start):
        return None
    parts = [_quoted(part) for part in posixpath.relpath(folder, start).split("/")]
    text = module.file.source(module.ref(base))
    if isinstance(node, ast.Call):
        return f"{module.file.source(module.ref(node.func))}({', '.join([text, *parts])})"
    return f"str({' / '.join([text, *parts])})"


def _base(node: ast.expr) -> ast.expr | None:
    """What a path starts from, if it goes on with literals only."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            if not isinstance(node.right, ast.Constant):
                return None
            node = node.left
        return None if isinstance(node, ast.Constant) else node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) > 1:
        joins = node.func.attr == "join" and not node.keywords
        plain = all(isinstance(argument, ast.Constant) for argument in node.args[1:])
        return node.args[0] if joins and plain else None
    return None


def _is_seen(module: Module, place: ast.AST, base: ast.expr) -> bool:
    """Whether every name of an expression means the same at a place: it is one of the module."""
    scope = module.scope_of(place)
    for name in ast.walk(base):
        if isinstance(name, ast.Name):
            bindings = scope.lookup(name.id)
            if bindings is not module.names.module.bindings.get(name.id, bindings):
                return False
            if any(binding.scope is not module.names.module for binding in bindings):
                return False
    return True


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
