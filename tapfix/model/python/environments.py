"""Which variable that tells environments apart a place in the source can use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tapfix.model.python.callers import home
from tapfix.model.python.evaluate import decided, has_fields
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.origins import Origin, Tracer, field_annotation
from tapfix.model.python.scopes import Binding, Scope

_TEXT_METHODS = frozenset(
    [
        "lower",
        "upper",
        "strip",
        "title",
        "capitalize",
        "replace",
        "removeprefix",
        "startswith",
        "endswith",
        "split",
    ]
)
_CDK = re.compile(r"aws_cdk\.|constructs\.")
_UNBOUND = ("staticmethod", "classmethod")
_IN_DOUBT = frozenset({Origin.MAYBE, Origin.OPEN, Origin.UNKNOWN, Origin.NOTHING})


@dataclass(frozen=True, slots=True)
class Offer:
    """A variable of the app that is a plain string and differs from environment to environment.

    ``text`` is the expression that spells it. A ``token`` becomes a string only when the app is
    deployed: it can stand in a name, never in a construct's id.
    """

    text: str
    token: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A variable that by its name tells environments apart and may be no plain string."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class AppVariable:
    """The variable that holds the ``App``, and the statement that binds it."""

    name: str
    statement: ast.stmt


@dataclass(eq=False)
class Environments:
    """Answers for one app; ``names`` are the variables' names, the preferred one first."""

    tracer: Tracer
    names: tuple[str, ...]
    _apps: dict[Scope, AppVariable | None] = field(default_factory=dict)
    _objects: dict[Scope, list[tuple[str, AppClass]]] = field(default_factory=dict)
    _members: dict[ast.AST, list[tuple[ast.expr, ast.Name | ast.Attribute]]] = field(
        default_factory=dict
    )

    def offered(self, module: Module, node: ast.AST) -> Offer | Doubt | None:
        """What a node's place offers: a local or parameter, then ``self.x``, then ``props.x``."""
        doubts = []
        for found in self._offers(module, node):
            if isinstance(found, Offer):
                return found
            doubts.append(found)
        return next(iter(doubts), None)

    def _offers(self, module: Module, node: ast.AST) -> Iterator[Offer | Doubt]:
        yield from self._variables(module, node)
        yield from self._own_attributes(module, node)
        yield from self._carried(module, node)
        yield from self._echoed(module, node)

    # Locals and parameters

    def _variables(self, module: Module, node: ast.AST) -> Iterator[Offer | Doubt]:
        scope = module.scope_of(node)
        for name in self.spellings:
            bindings = scope.lookup(name)
            if bindings and _reaches(module, bindings, node):
                found = self._variable(module, name, bindings)
                if found is not None:
                    yield found

    def is_choice(self, module: Module, node: ast.Name | ast.Attribute) -> bool:
        """Whether a variable called like one that tells environments apart may well do that."""
        if isinstance(node, ast.Name):
            bindings = module.scope_of(node).lookup(node.id)
            fixed = self.tracer.of_bindings(module, bindings) == {Origin.FIXED}
            if fixed and self._beside_app(module, bindings):
                return True
            return self._variable(module, node.id, bindings) is not None
        return not self.tracer.origins(module, node) & {Origin.FIXED, Origin.OTHER}

    @cached_property
    def spellings(self) -> list[str]:
        """The names as Python code may spell them: ``env_name``, ``ENV_NAME``, ``envName``."""
        return [form for name in self.names for form in (name, name.upper(), _camel(name))]

    def _variable(self, module: Module, name: str, bindings: list[Binding]) -> Offer | Doubt | None:
        origins = self.tracer.of_bindings(module, bindings)
        is_suffix = "suffix" in name.lower()
        if origins == {Origin.FIXED} and is_suffix and self._beside_app(module, bindings):
            origins = frozenset({Origin.CHOSEN})
        uses = [
            load
            for load in module.names.loads.get(name, ())
            if module.names.scopes[load].lookup(name) is bindings
        ]
        return self._verdict(module, name, origins, uses)

    def _beside_app(self, module: Module, bindings: list[Binding]) -> bool:
        """Whether a variable stands where the app is made: there someone chose its value."""
        scope = bindings[0].scope
        return any(self.app_in(module, s) is not None for s in (scope, home(module, scope.node)))

    def _verdict(
        self, module: Module, text: str, origins: frozenset[Origin], uses: Sequence[ast.expr]
    ) -> Offer | Doubt | None:
        if origins & {Origin.OTHER, Origin.FIXED} or not origins:
            return None
        if origins & _IN_DOUBT:
            proof = _proof(module, uses)
            if proof is False:
                return None
            strong = "suffix" in text.lower() and origins <= {Origin.OPEN, Origin.OUTSIDE}
            if proof is None and not strong:
                return Doubt(text)
        return Offer(text, Origin.DEPLOY in origins)

    # Attributes

    def _own_attributes(self, module: Module, node: ast.AST) -> Iterator[Offer | Doubt]:
        method = home(module, node)
        cls = self._class_of(module, method)
        own = _first_parameter(method)
        if cls is None or own is None:
            return
        for name in self.spellings:
            found = self._attribute(cls, own, name)
            if found is not None and self.is_set(module, cls, name, method, node):
                yield found

    def _attribute(self, cls: AppClass, owner: str, name: str) -> Offer | Doubt | None:
        lineage = self.tracer.evaluator.resolver.lineage(cls)
        if not any(self._has(known, name) for known in lineage):
            return None
        origins = self.tracer.of_attribute(cls, name)
        uses: list[ast.expr] = [*cls.module.names.attributes.get(name, ())]
        return self._verdict(cls.module, f"{owner}.{name}", origins, uses)

    def _has(self, cls: AppClass, name: str) -> bool:
        """Whether a class sets an attribute, or is a dataclass with that field."""
        if cls.attributes.get(name):
            return True
        declared = field_annotation(cls, name) is not None
        return declared and has_fields(cls, self.tracer.evaluator.resolver)

    def is_set(
        self, module: Module, cls: AppClass, name: str, method: Scope, node: ast.AST
    ) -> bool:
        """Whether an attribute has its value by the time that a node of a method is evaluated."""
        for known in self.tracer.evaluator.resolver.lineage(cls):
            for binding in known.attributes.get(name, ()):
                setter = home(known.module, binding.node)
                if setter.kind == "class":
                    return True
                if known is not cls and _is_constructor(setter) and _is_constructor(method):
                    return _is_above_called(method, node)
                if known.module is not module:
                    return True
                uses = [node] if setter is method else _calls_within(module, setter, method)
                if any(_start(use) < _end(binding.node) for use in uses):
                    return False
                if setter is method and decided(module, binding.node, module, node):
                    return False
        return True

    def runs_before(self, module: Module, method: Scope, caller: Scope, node: ast.AST) -> bool:
        """Whether another method of the same file calls a method before it comes to a node."""
        return any(_start(call) < _end(node) for call in _calls_within(module, caller, method))

    def _carried(self, module: Module, node: ast.AST) -> Iterator[Offer | Doubt]:
        """``props.environment_suffix``, where ``props`` is an object of a class of the app."""
        for holder, cls, sure in self._holders(module, node):
            for name in self.spellings:
                found = self._attribute(cls, holder, name)
                if found is not None:
                    yield found if sure else Doubt(found.text)

    def _holders(self, module: Module, node: ast.AST) -> Iterator[tuple[str, AppClass, bool]]:
        """Expressions for an object of the app's, its class, and whether it is never ``None``."""
        method = home(module, node)
        if isinstance(method.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            given = method.node.args
            for parameter in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                for cls, sure in self._annotated(module, parameter.annotation):
                    yield parameter.arg, cls, sure
        if method not in self._objects:
            made = ((name, self._made(module, found)) for name, found in method.bindings.items())
            self._objects[method] = [(name, cls) for name, cls in made if cls is not None]
        for name, known_class in self._objects[method]:
            if _reaches(module, method.bindings[name], node):
                yield name, known_class, True
        owner, own = self._class_of(module, method), _first_parameter(method)
        for known in self.tracer.evaluator.resolver.lineage(owner) if owner and own else ():
            for name, bindings in known.attributes.items():
                for cls, sure in self._kept(known.module, bindings):
                    yield f"{own}.{name}", cls, sure

    def _made(self, module: Module, bindings: list[Binding]) -> AppClass | None:
        """The class whose object a variable holds: ``Config(…)``, ``load() -> Config``."""
        value = bindings[0].value if len(bindings) == 1 else None
        if not isinstance(value, ast.Call):
            return None
        callee = self.tracer.evaluator.callee(module, value)
        if isinstance(callee, AppFunction):
            found = list(self._annotated(callee.module, callee.node.returns))
            callee = found[0][0] if found and found[0][1] else None
        if not isinstance(callee, AppClass):
            return None
        # A construct may know its environment too, but others are told what it was told.
        bases = self.tracer.evaluator.resolver.library_bases(callee)
        is_construct = any(_CDK.match(base) and not base.endswith("Props") for base in bases)
        return None if is_construct else callee

    def _annotated(
        self, module: Module, annotation: ast.expr | None
    ) -> Iterator[tuple[AppClass, bool]]:
        """The classes of the app that an annotation names; only one alone is sure."""
        for part in ast.walk(annotation) if annotation is not None else ():
            if isinstance(part, (ast.Name, ast.Attribute)):
                symbol = self.tracer.evaluator.resolver.symbol(module, part)
                if isinstance(symbol, AppClass):
                    yield symbol, part is annotation

    def _kept(self, module: Module, bindings: list[Binding]) -> Iterator[tuple[AppClass, bool]]:
        """What ``self.props = props`` keeps of an annotated parameter."""
        value = bindings[0].value if len(bindings) == 1 else None
        if isinstance(value, ast.Name):
            for binding in module.scope_of(value).lookup(value.id):
                if isinstance(binding.node, ast.arg):
                    yield from self._annotated(module, binding.node.annotation)

    def _echoed(self, module: Module, node: ast.AST) -> Iterator[Offer]:
        """``self.config["environment"]``, where other texts of the class are made of it."""
        method = home(module, node)
        cls = self._class_of(module, method)
        within = method.node if cls is None else cls.node
        if within not in self._members:
            found = [(part, self._owner(part)) for part in _fields(module, within)]
            self._members[within] = [(part, base) for part, base in found if base is not None]
        for part, base in self._members[within]:
            origins = self.tracer.origins(module, part)
            varies = not self.tracer.evaluator.value(module, part).is_known
            varies = varies and not origins & {Origin.OTHER, Origin.FIXED}
            varies = varies and not self._is_of_cdk(module, part, base)
            if varies and self._is_at_hand(module, cls, base, node):
                # Who fills an unknown dict or object may put a token there.
                yield Offer(ast.unparse(part), not origins <= {Origin.OUTSIDE, Origin.CHOSEN})

    def _owner(self, node: ast.expr) -> ast.Name | ast.Attribute | None:
        """What an entry or an attribute that is called like an environment belongs to."""
        match node:
            case ast.Subscript(value=base, slice=ast.Constant(value=str(name))):
                pass
            case ast.Attribute(value=base, attr=name):
                name = name.removesuffix("_str")
            case _:
                return None
        own = isinstance(base, ast.Name) and base.id == "self"
        fits = name in self.spellings and not own
        return base if fits and isinstance(base, (ast.Name, ast.Attribute)) else None

    def _is_of_cdk(self, module: Module, part: ast.expr, base: ast.expr) -> bool:
        """Whether an attribute is that of a construct: then it may be a token."""
        evaluator = self.tracer.evaluator
        declared = evaluator.declared(module, base)
        is_foreign = evaluator.instance_class(module, base) is None
        return (
            evaluator.value(module, base).cdk != ""
            or (isinstance(declared, str) and _CDK.match(declared) is not None)
            or (is_foreign and isinstance(part, ast.Attribute) and part.attr == "stage_name")
        )

    def _is_at_hand(
        self, module: Module, cls: AppClass | None, base: ast.Name | ast.Attribute, node: ast.AST
    ) -> bool:
        """Whether ``config`` or ``self.config`` means the same at a node, and has its value."""
        method = home(module, node)
        if isinstance(base, ast.Name):
            bindings = method.bindings.get(base.id)
            same = bindings is not None and home(module, base) is method
            return same and bindings is not None and _reaches(module, bindings, node)
        own = isinstance(base.value, ast.Name) and base.value.id == _first_parameter(method)
        if cls is None or not own:
            return False
        lineage = self.tracer.evaluator.resolver.lineage(cls)
        return any(self._has(known, base.attr) for known in lineage) and self.is_set(
            module, cls, base.attr, method, node
        )

    # Where the app is made

    def app_in(self, module: Module, scope: Scope) -> AppVariable | None:
        """The one variable of a scope (not of those around it) that holds the CDK app."""
        if scope not in self._apps:
            found = [
                AppVariable(name, bindings[0].node)
                for name, bindings in scope.bindings.items()
                if len(bindings) == 1
                and isinstance(bindings[0].node, ast.stmt)
                and self._is_app(module, bindings[0].value)
            ]
            self._apps[scope] = found[0] if len(found) == 1 else None
        return self._apps[scope]

    def _is_app(self, module: Module, node: ast.expr | None) -> bool:
        if not isinstance(node, ast.Call):
            return False
        evaluator = self.tracer.evaluator
        callee = evaluator.callee(module, node)
        if isinstance(callee, AppClass):
            return "aws_cdk.App" in evaluator.resolver.library_bases(callee)
        return callee == "aws_cdk.App"

    def _class_of(self, module: Module, method: Scope) -> AppClass | None:
        if method.parent is None or not isinstance(method.parent.node, ast.ClassDef):
            return None
        return self.tracer.evaluator.resolver.modules.class_at(module, method.parent.node)


def _fields(module: Module, within: ast.AST) -> Iterator[ast.expr]:
    """The expressions that go into f-strings of a function or a class."""
    for text in module.names.joined:
        if within in module.names.ancestors(text):
            for piece in text.values:
                if isinstance(piece, ast.FormattedValue) and piece.format_spec is None:
                    yield piece.value


def _reaches(module: Module, bindings: list[Binding], node: ast.AST) -> bool:
    """Whether a variable has its value when a node is evaluated."""
    for binding in bindings:
        if binding.kind in ("parameter", "import"):
            return True
        if _end(binding.node) <= _start(node) and (
            len(bindings) > 1 or not decided(module, binding.node, module, node)
        ):
            return True
        if binding.kind == "loop" and binding.node in module.names.ancestors(node):
            return True
    return False


def _proof(module: Module, uses: Sequence[ast.expr]) -> bool | None:
    """Whether the uses of a variable show that it is a string, or that it is none."""
    shown = [_shows(module, use) for use in uses]
    return False if False in shown else True if True in shown else None


def _shows(module: Module, use: ast.expr) -> bool | None:
    parent = module.names.parents.get(use)
    if isinstance(parent, ast.FormattedValue):
        return True
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
        other = parent.left if parent.right is use else parent.right
        return True if _is_text(other) else None
    if isinstance(parent, ast.Compare):
        others = [parent.left, *parent.comparators]
        return True if any(_is_text(o) or _is_texts(o) for o in others) else None
    if isinstance(parent, ast.Attribute):
        return parent.attr in _TEXT_METHODS
    if isinstance(parent, ast.Subscript):
        return parent.value is not use
    return None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_texts(node: ast.expr) -> bool:
    return isinstance(node, (ast.List, ast.Tuple, ast.Set)) and any(map(_is_text, node.elts))


def _calls_within(module: Module, setter: Scope, method: Scope) -> list[ast.AST]:
    """The calls of a method by its name from within another function."""
    name = getattr(method.node, "name", "")
    return [node for node in module.names.attributes.get(name, ()) if home(module, node) is setter]


def _is_constructor(scope: Scope) -> bool:
    return getattr(scope.node, "name", "") == "__init__"


def _is_above_called(constructor: Scope, node: ast.AST) -> bool:
    """Whether ``super().__init__(…)`` ran in a constructor before a node is evaluated."""
    assert isinstance(constructor.node, (ast.FunctionDef, ast.AsyncFunctionDef))
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "__init__"
        and _end(call) <= _start(node)
        for statement in constructor.node.body
        for call in [getattr(statement, "value", None)]
    )


def _first_parameter(scope: Scope) -> str | None:
    node = scope.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    if any(isinstance(d, ast.Name) and d.id in _UNBOUND for d in node.decorator_list):
        return None
    return next((arg.arg for arg in (*node.args.posonlyargs, *node.args.args)), None)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _start(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]  # a positioned node


def _end(node: ast.AST) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]  # a positioned node
