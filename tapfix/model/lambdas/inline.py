"""Lambda functions whose code stands in the stack's own source, and where its text comes from."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tapfix.edits import Ref
from tapfix.model.app import App
from tapfix.model.lambdas.functions import LambdaFunction
from tapfix.model.lambdas.handlers import is_test
from tapfix.model.python.evaluate import decided
from tapfix.model.python.modules import AppFunction, Module
from tapfix.model.python.resolve import DEPTH
from tapfix.model.python.values import Value

_STRIPS = ("strip", "lstrip", "rstrip")
_DEDENTS = {"textwrap.dedent": textwrap.dedent, "inspect.cleandoc": inspect.cleandoc}
_SHOWN = 3


@dataclass(frozen=True, eq=False)
class InlineFunction:
    """A Lambda function that gets its code as a text.

    ``function`` has no handler where the construct makes functions with several. ``given`` is the
    expression of the text; ``text`` what it comes to, None if that is not all in the source, and
    ``fields`` are then sources of the values that go into it. ``origin`` is the place of the
    literal. ``name`` is the constant, variable or method that leads to it, ``spent`` are the
    statements that nobody needs any more once the function has its code from elsewhere.
    """

    function: LambdaFunction
    given: Value
    text: str | None
    fields: tuple[str, ...] = ()
    origin: Ref | None = None
    name: str | None = None
    spent: tuple[Ref, ...] = ()


def read_inline_functions(app: App) -> tuple[InlineFunction, ...]:
    """The functions of an app whose code is a text or the text of a file, in order of place.

    A test may make a function of whatever text it likes.
    """
    by_construct: dict[ast.Call, list[LambdaFunction]] = {}
    for function in app.functions:
        is_inline = function.code in ("inline", "file") and function.text is not None
        if is_inline and not is_test(function.construct.module.path, app.root):
            by_construct.setdefault(function.construct.node, []).append(function)
    return tuple(_inline(app, functions) for functions in by_construct.values())


def _inline(app: App, functions: list[LambdaFunction]) -> InlineFunction:
    function = functions[0]
    if len({one.handler for one in functions}) > 1:
        function = replace(function, handler=None)
    given = function.text
    assert given is not None
    reading = _Reading(app)
    text = reading.text(given.module, given.node)
    return InlineFunction(
        function,
        given,
        text,
        () if text is not None else tuple(_fields(given)),
        reading.origin,
        next((link.name for link in reading.links), None),
        tuple(reading.spent(function.construct.module)),
    )


def _fields(given: Value) -> Iterable[str]:
    values = [part for part in given.parts if isinstance(part, Value)]
    return list(dict.fromkeys(value.source for value in values))[:_SHOWN]


@dataclass(frozen=True, slots=True, eq=False)
class _Link:
    """A name between a text and its use; ``node`` is the use, ``statement`` what gives it."""

    name: str
    module: Module
    node: ast.expr
    statement: ast.stmt


@dataclass(slots=True, eq=False)
class _Reading:
    """Reads one text to the letter, and remembers what it came by."""

    app: App
    origin: Ref | None = None
    links: list[_Link] = field(default_factory=list)
    helpers: list[tuple[Module, ast.Name]] = field(default_factory=list)

    def text(self, module: Module, node: ast.expr, depth: int = 0) -> str | None:
        """What an expression comes to at synth, if it is all literal."""
        if depth > DEPTH:
            return None
        match node:
            case ast.Constant(value=str(text)):
                self.origin = self.origin or module.ref(node)
                return text
            case ast.JoinedStr(values=pieces):
                return self.joined("", module, pieces, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                named = any(isinstance(side, (ast.Name, ast.Attribute)) for side in (left, right))
                return None if named else self.joined("", module, [left, right], depth)
            case ast.Name() | ast.Attribute():
                return self.named(module, node, depth)
            case ast.Call():
                return self.called(module, node, depth)
        return None

    def joined(self, between: str, module: Module, nodes: list[ast.expr], depth: int) -> str | None:
        texts = [self.text(module, node, depth + 1) for node in nodes]
        known = [text for text in texts if text is not None]
        return between.join(known) if len(known) == len(texts) else None

    def named(self, module: Module, node: ast.Name | ast.Attribute, depth: int) -> str | None:
        found = self.app.evaluator.binding(module, node)
        if found is None or found[1].value is None:
            return None
        home, binding = found
        if decided(home, binding.node, module, node) or binding.value is None:
            return None
        name = node.id if isinstance(node, ast.Name) else node.attr
        self.links.append(_Link(name, home, node, home.names.statement(binding.value)))
        return self.text(home, binding.value, depth + 1)

    def called(self, module: Module, node: ast.Call, depth: int) -> str | None:
        callee = self.app.evaluator.callee(module, node)
        if isinstance(callee, AppFunction):
            return self.returned(node, callee, depth)
        if node.keywords:
            return None
        if isinstance(callee, str) and callee in _DEDENTS and len(node.args) == 1:
            root = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            if isinstance(root, ast.Name):
                self.helpers.append((module, root))
            text = self.text(module, node.args[0], depth + 1)
            return _DEDENTS[callee](text) if text is not None else None
        return self.method(module, node, depth)

    def method(self, module: Module, node: ast.Call, depth: int) -> str | None:
        """``text.strip()``, ``"\\n".join([…])``."""
        if not isinstance(node.func, ast.Attribute):
            return None
        owner, name = node.func.value, node.func.attr
        if name == "join" and isinstance(owner, ast.Constant) and isinstance(owner.value, str):
            rows = node.args[0] if len(node.args) == 1 else None
            if isinstance(rows, (ast.List, ast.Tuple)):
                return self.joined(owner.value, module, rows.elts, depth)
        if name not in _STRIPS or len(node.args) > 1:
            return None
        characters = [a.value if isinstance(a, ast.Constant) else 0 for a in node.args]
        if not all(isinstance(one, str) for one in characters):
            return None
        text = self.text(module, owner, depth + 1)
        return getattr(text, name)(*characters) if text is not None else None

    def returned(self, node: ast.Call, function: AppFunction, depth: int) -> str | None:
        """What a function without parameters of its own returns, if it does nothing else."""
        body = [s for s in function.node.body if not _is_docstring(s)]
        if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
            return None
        if node.args or node.keywords or isinstance(function.node, ast.AsyncFunctionDef):
            return None
        owner, resolver = function.owner, self.app.evaluator.resolver
        if owner is not None and resolver.is_overridden(owner, function.name):
            return None
        self.links.append(_Link(function.name, function.module, node.func, function.node))
        return self.text(function.module, body[0].value, depth + 1)

    # What is left over

    def spent(self, module: Module) -> Iterable[Ref]:
        """The statements of a module that only lead to the text."""
        for link in self.links:
            if link.module is not module or not _is_alone(self.app, link):
                return
            statement = _whole(link)
            if statement is None:
                return
            yield module.ref(statement)
        for home, name in self.helpers:
            statement = _lone_import(home, name)
            if home is module and statement is not None:
                yield module.ref(statement)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_alone(app: App, link: _Link) -> bool:
    """Whether a name is read at this one place only, and could be known nowhere else."""
    if isinstance(link.node, ast.Name):
        bindings = link.module.scope_of(link.node).lookup(link.node.id)
        if len(bindings) == 1 and bindings[0].scope.kind == "function":
            return len(list(link.module.names.readers(link.name, bindings))) == 1
    modules = app.modules.loaded()
    uses = 0
    for names in (module.names for module in modules):
        uses += len(names.loads.get(link.name, ()))
        uses += sum(node not in names.stores for node in names.attributes.get(link.name, ()))
        if any(string.value == link.name for string in names.strings):
            return False
        for binding in names.module.bindings.get(link.name, ()):
            if binding.kind == "import":
                return False
    return uses == 1


def _whole(link: _Link) -> ast.stmt | None:
    """The statement that goes with a name: the ``with`` around it where that has nothing else."""
    statement = link.statement
    parent = link.module.names.parents.get(statement)
    if isinstance(parent, ast.With):
        return parent if len(parent.body) == 1 and len(parent.items) == 1 else None
    if isinstance(statement, ast.Assign) and len(statement.targets) != 1:
        return None
    simple = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.FunctionDef))
    return statement if simple else None


def _lone_import(module: Module, name: ast.Name) -> ast.stmt | None:
    """The import statement that binds a name and nothing else, if the name is read only here."""
    bindings = module.scope_of(name).lookup(name.id)
    statement = bindings[0].node if len(bindings) == 1 else None
    if not isinstance(statement, (ast.Import, ast.ImportFrom)) or len(statement.names) != 1:
        return None
    readers = list(module.names.readers(name.id, bindings))
    return statement if len(readers) == 1 else None
