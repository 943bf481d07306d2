"""Constructs of an app: calls of CDK classes, however they are spelled, and their arguments."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from tapfix.edits import Edit, Ref, ReplaceExpression, SetArgument, SetEntry
from tapfix.knowledge.catalogue import Catalogue, ConstructClass
from tapfix.model.python.branches import is_decided
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.modules import AppClass, Module
from tapfix.model.python.values import CDK, Value

# These carry other constructs; a subclass of one is not the one, it is an app's own class.
CONTAINERS = ("App", "Stage", "Stack", "NestedStack")


@dataclass(frozen=True, eq=False)
class Argument:
    """A keyword argument of a construct, wherever it is written.

    ``holder`` is the call or dict in which it stands; ``obstacle`` says why it cannot be changed
    there without changing something else. ``read`` evaluates it: most arguments nobody asks for.
    """

    name: str
    read: Callable[[], Value]
    holder: Value
    obstacle: str | None = None

    @cached_property
    def value(self) -> Value:
        """What is known of the argument's value."""
        return self.read()

    def set(self, text: str) -> Edit:
        """The edit that gives the argument another value, a source text."""
        if not isinstance(self.holder.origin, ast.Dict):
            return SetArgument(self.holder.origin_ref, self.name, text)
        named = (self.holder.entries or {}).get(self.name)
        if named is not None and _has_computed_key(self.holder.origin, named.node):
            return ReplaceExpression(named.ref, text)
        return SetEntry(self.holder.origin_ref, self.name, text)


@dataclass(frozen=True, eq=False)
class Construct:
    """A call that makes a construct of a CDK class.

    ``inherited`` marks the ``super().__init__(…)`` of a class of the app that derives from the CDK
    class. ``open`` says that keywords may be given that the source does not show (``**kwargs``).
    """

    cls: ConstructClass
    module: Module
    node: ast.Call
    arguments: Mapping[str, Argument]
    open: bool
    id: Value | None
    scope: Value | None
    inherited: bool = False

    @cached_property
    def ref(self) -> Ref:
        """The call."""
        return self.module.ref(self.node)

    @cached_property
    def head(self) -> Ref:
        """The class as the call spells it: where a finding about the whole points to."""
        return self.module.ref(self.node.func)

    @cached_property
    def statement(self) -> Ref:
        """The statement that holds the call."""
        return self.module.ref(self.module.names.statement(self.node))

    @property
    def name(self) -> str:
        """The class's Python name below ``aws_cdk``, as ``aws_s3.Bucket``."""
        return self.cls.name

    @property
    def is_decided(self) -> bool:
        """Whether it stands in a branch that asks for the environment, or whether to keep data."""
        return is_decided(self.module, self.node)

    @property
    def label(self) -> str:
        """How to call it in a message: its class and, where it is known, its id."""
        short = self.cls.name.rpartition(".")[2]
        known = self.id.constant if self.id is not None else None
        return f'{short} "{known}"' if isinstance(known, str) else short

    def is_a(self, *names: str) -> bool:
        """Whether the class is one of these, or derives from one."""
        return any(self.cls.is_a(name) for name in names)

    def argument(self, name: str) -> Argument | None:
        """The argument, if it is given in the source."""
        return self.arguments.get(name)

    def value(self, name: str) -> Value | None:
        """The value of an argument, if it is given in the source."""
        found = self.arguments.get(name)
        return found.value if found is not None else None

    def lacks(self, name: str) -> bool:
        """Whether the class takes the argument and the call certainly does not give it."""
        return name in self.cls.arguments and name not in self.arguments and not self.open

    def set(self, name: str, text: str) -> Edit:
        """The edit that gives an argument a value, a source text, or adds it to the call."""
        found = self.arguments.get(name)
        return found.set(text) if found is not None else SetArgument(self.ref, name, text)


def _has_computed_key(display: ast.Dict, value: ast.expr) -> bool:
    """Whether a dict display gives a value under a key that is not a literal: ``{NAME: value}``."""
    keys = [k for k, v in zip(display.keys, display.values, strict=True) if v is value]
    return any(key is not None and not isinstance(key, ast.Constant) for key in keys)


def find_constructs(
    module: Module, evaluator: Evaluator, catalogue: Catalogue
) -> Iterator[Construct]:
    """All constructs that a module's code makes, in the order of the source."""
    for call in module.names.calls:
        found = _called_class(module, call, evaluator, catalogue)
        if found is not None and not _has_no_place(module, call):
            cls, inherited, skipped = found
            yield _construct(module, call, evaluator, cls, inherited, skipped)


def _has_no_place(module: Module, call: ast.Call) -> bool:
    """Whether it stands in an f-string, in which Pythons before 3.12 do not know places."""
    if sys.version_info >= (3, 12):
        return False
    return any(isinstance(node, ast.JoinedStr) for node in module.names.ancestors(call))


def read_call(
    module: Module, call: ast.Call, evaluator: Evaluator, cls: ConstructClass
) -> Construct:
    """A call that is given the arguments of ``cls`` without making such a construct by itself.

    An event source, which a function takes later; ``fn.add_event_source_mapping("id", …)``.
    """
    arguments, is_open = _arguments(module, call, evaluator)
    return Construct(cls, module, call, arguments, is_open, None, None)


def _called_class(
    module: Module, call: ast.Call, evaluator: Evaluator, catalogue: Catalogue
) -> tuple[ConstructClass, bool, int] | None:
    """The CDK class, whether it is a base class, and how many arguments stand before the scope."""
    symbol = evaluator.resolver.symbol(module, call.func)
    if isinstance(symbol, str) and symbol.startswith(CDK):
        if symbol.endswith(".__init__"):
            cls = _resource_class(symbol.removesuffix(".__init__"), catalogue)
            return (cls, True, 1) if cls is not None else None
        cls = catalogue.construct(symbol)
        return (cls, False, 0) if cls is not None else None
    if isinstance(symbol, AppClass) and not _has_constructor(symbol, evaluator):
        cls = _base_class(symbol, evaluator, catalogue)
        return (cls, False, 0) if cls is not None else None
    owner = _super_call(module, call, evaluator)
    if owner is not None and not any(
        _has_constructor(b, evaluator) for b in _above(owner, evaluator)
    ):
        cls = _base_class(owner, evaluator, catalogue)
        return (cls, True, 0) if cls is not None else None
    return None


def _above(cls: AppClass, evaluator: Evaluator) -> list[AppClass]:
    return evaluator.resolver.lineage(cls)[1:]


def _has_constructor(cls: AppClass, evaluator: Evaluator) -> bool:
    return any("__init__" in known.methods for known in evaluator.resolver.lineage(cls))


def _base_class(cls: AppClass, evaluator: Evaluator, catalogue: Catalogue) -> ConstructClass | None:
    """The CDK class, other than a container, that a class of the app derives from."""
    bases = (_resource_class(name, catalogue) for name in evaluator.resolver.library_bases(cls))
    return next((base for base in bases if base is not None), None)


def _resource_class(name: str, catalogue: Catalogue) -> ConstructClass | None:
    cls = catalogue.construct(name) if name.startswith(CDK) else None
    return cls if cls is not None and not any(cls.is_a(c) for c in CONTAINERS) else None


def _super_call(module: Module, call: ast.Call, evaluator: Evaluator) -> AppClass | None:
    """The class in whose constructor the call is ``super().__init__(…)``."""
    function = call.func
    if not (isinstance(function, ast.Attribute) and function.attr == "__init__"):
        return None
    inner = function.value
    if not (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)):
        return None
    scope = module.names.scopes[call].owner
    if inner.func.id != "super" or scope is None or not isinstance(scope.node, ast.ClassDef):
        return None
    return evaluator.resolver.modules.class_at(module, scope.node)


def _construct(
    module: Module,
    call: ast.Call,
    evaluator: Evaluator,
    cls: ConstructClass,
    inherited: bool,
    skipped: int,
) -> Construct:
    arguments, is_open = _arguments(module, call, evaluator)
    scope = _positional(module, call, evaluator, skipped, "scope")
    construct_id = _positional(module, call, evaluator, skipped + 1, "id")
    for name in ("scope", "id"):
        if name not in cls.arguments:
            arguments.pop(name, None)
    return Construct(cls, module, call, arguments, is_open, construct_id, scope, inherited)


def _positional(
    module: Module, call: ast.Call, evaluator: Evaluator, place: int, keyword: str
) -> Value | None:
    before = call.args[: place + 1]
    if len(before) > place and not any(isinstance(argument, ast.Starred) for argument in before):
        return evaluator.value(module, before[place])
    named = (k.value for k in call.keywords if k.arg == keyword)
    value = next(named, None)
    return evaluator.value(module, value) if value is not None else None


def _arguments(
    module: Module, call: ast.Call, evaluator: Evaluator
) -> tuple[dict[str, Argument], bool]:
    """Keyword arguments by name, those from ``**props`` too, and whether there may be others."""
    holder = Value("call", module, call, call, module)
    arguments: dict[str, Argument] = {}
    is_open = any(isinstance(argument, ast.Starred) for argument in call.args)
    for keyword in call.keywords:
        if keyword.arg is not None:
            read = partial(evaluator.value, module, keyword.value)
            arguments[keyword.arg] = Argument(keyword.arg, read, holder)
            continue
        spread = _spread(module, keyword.value, evaluator)
        entries = spread.entries if spread is not None else None
        if spread is None or entries is None:
            is_open = True
            continue
        changed = frozenset() if spread.is_direct else _changed_keys(spread, evaluator)
        is_open |= spread.open or bool(changed)
        obstacle = _CHANGED if changed else _SHARED if spread.shared else None
        for name, value in entries.items():
            decided = not changed.isdisjoint((name, _ANY))
            read = partial(_same, _undecided(value) if decided else value)
            arguments[name] = Argument(name, read, spread, obstacle)
    return arguments, is_open


def _same(value: Value) -> Value:
    return value


def _undecided(value: Value) -> Value:
    return Value("unknown", value.module, value.node, value.node, value.module)


def _spread(module: Module, node: ast.expr, evaluator: Evaluator) -> Value | None:
    """What stands behind ``**``: a dict, or a props object's ``_values``."""
    if isinstance(node, ast.Attribute) and node.attr == "_values":
        props = evaluator.value(module, node.value)
        if props.kind == "call" and props.cdk:
            return replace(props, entries=props.keywords)
        return None
    value = evaluator.value(module, node)
    return value if value.kind == "dict" else None


_CHANGED = "the dict that holds it is changed after it is made"
_SHARED = "the dict that holds it is used in more than one place"


_ANY = "*"
_CHANGERS = ("update", "pop", "setdefault", "clear", "popitem", "__setitem__")


def _changed_keys(spread: Value, evaluator: Evaluator) -> frozenset[str]:
    """The entries that are set or taken away after a dict is made; ``_ANY``: it may be any."""
    node = spread.node
    if isinstance(node, ast.Name):
        bindings = spread.module.scope_of(node).lookup(node.id)
        if bindings and bindings[0].scope.kind == "function":
            loads = spread.module.names.readers(node.id, bindings)
            return frozenset(key for use in loads for key in _changes(spread.module, use))
    label = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return frozenset(
        key
        for module in evaluator.resolver.modules.loaded()
        for use in (*module.names.loads.get(label, ()), *module.names.attributes.get(label, ()))
        for key in _changes(module, use)
    )


def _changes(module: Module, use: ast.expr) -> Iterator[str]:
    """The entries that one use of a dict changes."""
    parent = module.names.parents.get(use)
    if isinstance(parent, ast.Subscript) and parent.value is use:
        if not isinstance(parent.ctx, ast.Load):
            yield _key(parent.slice)
    elif isinstance(parent, ast.AugAssign) and parent.target is use:
        yield _ANY
    elif isinstance(parent, ast.Attribute) and parent.attr in _CHANGERS:
        call = module.names.parents.get(parent)
        by_key = isinstance(call, ast.Call) and parent.attr != "update" and call.args
        yield _key(call.args[0]) if isinstance(call, ast.Call) and by_key else _ANY


def _key(node: ast.expr) -> str:
    known = node.value if isinstance(node, ast.Constant) else None
    return known if isinstance(known, str) else _ANY
