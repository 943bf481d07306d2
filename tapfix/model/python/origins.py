"""Where a variable's value comes from: chosen in the source, from outside, from a deploy.

A name is not a plain string because it is called ``env``: it may hold a ``cdk.Environment``, a dict
of variables, a construct. So its value is traced back through assignments, parameters and the calls
that give them, to the expressions that it can be.
"""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tapfix.model.python.callers import Callers, CallSite
from tapfix.model.python.evaluate import Evaluator
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.scopes import Binding
from tapfix.model.python.values import CDK

_DEPTH = 12
_TEXT_METHODS = ("lower", "upper", "strip", "title", "capitalize", "replace", "removeprefix")
# An account and a region are the same in every environment, wherever they are read from.
_ACCOUNTS = re.compile(r"(CDK_(DEFAULT|DEPLOY)|AWS(_DEFAULT)?)_(ACCOUNT(_ID)?|REGION)")
_OF_ACCOUNTS = ("account", "account_id", "ACCOUNT_ID", "region", "REGION", "partition")
_TOKENS = ("value_as_string", "value_as_number", "value_as_list")
# Classes whose constructor's arguments a person chooses, once for each deployment.
_DEPLOYED = ("aws_cdk.Stack", "aws_cdk.Stage", "aws_cdk.App")


class Origin(enum.Enum):
    """What an expression's value may be.

    * ``FIXED``: a string that the source gives, the same in every environment.
    * ``CHOSEN``: one of several strings that the source gives to stacks.
    * ``OUTSIDE``: a string from the environment variables or the context.
    * ``DEPLOY``: a token that only a deploy makes a string.
    * ``NOTHING``: ``None``.
    * ``MAYBE``: from outside, and perhaps no string.
    * ``OPEN``: a parameter that nothing in the app gives a value.
    * ``OTHER``: no string. ``UNKNOWN``: not to be told.
    """

    FIXED = enum.auto()
    CHOSEN = enum.auto()
    OUTSIDE = enum.auto()
    DEPLOY = enum.auto()
    NOTHING = enum.auto()
    MAYBE = enum.auto()
    OPEN = enum.auto()
    OTHER = enum.auto()
    UNKNOWN = enum.auto()


_STRINGS = frozenset({Origin.FIXED, Origin.CHOSEN, Origin.OUTSIDE, Origin.DEPLOY})
_ALONE = {
    Origin.MAYBE: Origin.OUTSIDE,
    Origin.OPEN: Origin.OUTSIDE,
    Origin.UNKNOWN: Origin.OUTSIDE,
}


@dataclass(eq=False)
class Tracer:
    """Traces the expressions of one app, with the context in ``cdk.json``, to their origins."""

    evaluator: Evaluator
    callers: Callers
    context: Mapping[str, object]
    _running: set[ast.AST] = field(default_factory=set)

    def origins(self, module: Module, node: ast.expr, depth: int = 0) -> frozenset[Origin]:
        """All that an expression's value may come from."""
        if depth > _DEPTH or node in self._running:
            return frozenset({Origin.UNKNOWN})
        self._running.add(node)
        try:
            return frozenset(self._expression(module, node, depth + 1))
        finally:
            self._running.discard(node)

    def of_bindings(
        self, module: Module, bindings: list[Binding], depth: int = 0
    ) -> frozenset[Origin]:
        """All that a name with these bindings may stand for."""
        found = frozenset(
            origin for binding in bindings for origin in self._binding(module, binding, depth + 1)
        )
        # `x = …` and then `if x is None: x = "dev"`: the nothing does not last.
        several = len(bindings) > 1 and found & _STRINGS
        return _varied(_defaulted(found)) if several else found

    def _expression(self, module: Module, node: ast.expr, depth: int) -> set[Origin]:
        if isinstance(node, ast.Constant):
            return {_constant(node.value)}
        if isinstance(node, ast.JoinedStr):
            fields = (f.value for f in node.values if isinstance(f, ast.FormattedValue))
            return self._text(module, list(fields), depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
            return self._text(module, [node.left, node.right], depth)
        if isinstance(node, ast.BoolOp):
            return self._first_of(module, node, depth)
        if isinstance(node, ast.IfExp):
            return self._either(module, node, depth)
        if isinstance(node, ast.Call):
            return self._call(module, node, depth)
        if isinstance(node, ast.Subscript):
            return {self._subscript(module, node)}
        if isinstance(node, ast.Attribute):
            return self._attribute(module, node, depth)
        if isinstance(node, ast.Name):
            return self._name(module, node, depth)
        if isinstance(node, (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Lambda, ast.Compare)):
            return {Origin.OTHER}
        return {Origin.UNKNOWN}

    def _text(self, module: Module, nodes: list[ast.expr], depth: int) -> set[Origin]:
        """A text put together: a string, whatever goes into it."""
        found = {origin for node in nodes for origin in self.origins(module, node, depth)}
        if Origin.DEPLOY in found:
            return {Origin.DEPLOY}
        if Origin.CHOSEN in found and not found - {Origin.CHOSEN, Origin.FIXED}:
            return {Origin.CHOSEN}
        return {Origin.FIXED} if found <= {Origin.FIXED} else {Origin.OUTSIDE}

    def _first_of(self, module: Module, node: ast.BoolOp, depth: int) -> set[Origin]:
        """``a or b or "dev"``: the last is the default of the others."""
        *others, last = (self.origins(module, value, depth) for value in node.values)
        found = frozenset(origin for origins in others for origin in origins)
        if isinstance(node.op, ast.And):
            return {*last, Origin.NOTHING}
        if not last <= _STRINGS:
            return {*(found - {Origin.NOTHING}), *last}
        return set(_defaulted(found)) or set(last)

    def _either(self, module: Module, node: ast.IfExp, depth: int) -> set[Origin]:
        found = self.origins(module, node.body, depth) | self.origins(module, node.orelse, depth)
        if found & _STRINGS and _is_none_test(node.test):
            found = _defaulted(found)
        return {*_varied(found)}

    # Calls

    def _call(self, module: Module, node: ast.Call, depth: int) -> set[Origin]:
        callee = self.evaluator.callee(module, node)
        if callee in ("os.environ.get", "os.getenv"):
            return self._looked_up(module, node, depth)
        if isinstance(node.func, ast.Attribute):
            if node.func.attr in ("try_get_context", "get_context"):
                return {self._context(module, node)}
            if node.func.attr == "get" and len(node.args) == 2 and callee is None:
                return self._looked_up(module, node, depth)
            if node.func.attr in _TEXT_METHODS and not isinstance(callee, AppFunction):
                return self._text(module, [node.func.value], depth)
        if isinstance(node.func, ast.Name) and node.func.id == "str" and callee is None:
            return self._text(module, node.args, depth)
        if isinstance(callee, AppFunction):
            return {self._returned(callee)}
        known = isinstance(callee, AppClass) or (isinstance(callee, str) and callee.startswith(CDK))
        return {Origin.OTHER if known else Origin.UNKNOWN}

    def _returned(self, function: AppFunction) -> Origin:
        """What a function says that it returns."""
        returns = function.node.returns
        named = self.evaluator.resolver.symbol(function.module, returns) if returns else None
        if isinstance(named, str) and named.startswith(CDK):
            return Origin.OTHER
        return Origin.OUTSIDE if _annotated_text(returns) else Origin.UNKNOWN

    def _looked_up(self, module: Module, node: ast.Call, depth: int) -> set[Origin]:
        """``os.environ.get(name, default)``."""
        if node.args and self._is_of_account(module, node.args[0]):
            return {Origin.FIXED}
        if len(node.args) < 2:
            return {Origin.MAYBE}
        default = self.origins(module, node.args[1], depth)
        return {Origin.OUTSIDE} if default <= _STRINGS else {Origin.MAYBE}

    def _context(self, module: Module, node: ast.Call) -> Origin:
        """What a context look-up gives, as far as ``cdk.json`` tells."""
        key = self.evaluator.value(module, node.args[0]).constant if node.args else None
        value = self.context.get(key) if isinstance(key, str) else None
        if value is None:
            return Origin.MAYBE
        return Origin.OUTSIDE if isinstance(value, str) else Origin.OTHER

    def _subscript(self, module: Module, node: ast.Subscript) -> Origin:
        if self.evaluator.resolver.symbol(module, node.value) != "os.environ":
            return Origin.UNKNOWN
        return Origin.FIXED if self._is_of_account(module, node.slice) else Origin.OUTSIDE

    def _is_of_account(self, module: Module, key: ast.expr) -> bool:
        """Whether an environment variable says where an app is deployed to."""
        name = self.evaluator.value(module, key).constant
        return isinstance(name, str) and _ACCOUNTS.fullmatch(name) is not None

    # Names

    def _name(self, module: Module, node: ast.Name, depth: int) -> set[Origin]:
        found = module.scope_of(node).lookup(node.id)
        return set(self.of_bindings(module, found, depth)) if found else {Origin.UNKNOWN}

    def _attribute(self, module: Module, node: ast.Attribute, depth: int) -> set[Origin]:
        if node.attr in _TOKENS:
            return {Origin.DEPLOY}
        symbol = self.evaluator.resolver.symbol(module, node.value)
        if isinstance(symbol, str):
            if symbol == "aws_cdk.Aws" and node.attr in _OF_ACCOUNTS:
                return {Origin.FIXED}
            return {Origin.OTHER if symbol.startswith(CDK) else Origin.UNKNOWN}
        if isinstance(symbol, Module):
            found = symbol.names.module.bindings.get(node.attr, [])
            return set(self.of_bindings(symbol, found, depth)) if found else {Origin.UNKNOWN}
        cls = self.evaluator.instance_class(module, node.value)
        known = self.of_attribute(cls, node.attr, depth) if cls else {Origin.UNKNOWN}
        if known == {Origin.UNKNOWN} and node.attr in _OF_ACCOUNTS:
            return {Origin.FIXED}
        return set(known)

    def of_attribute(self, cls: AppClass, name: str, depth: int = 0) -> frozenset[Origin]:
        """All that an attribute of a class's instances may come from."""
        found = set()
        for owner in self.evaluator.resolver.lineage(cls):
            field_type = field_annotation(owner, name)
            if field_type is not None:
                return frozenset({_declared(field_type)})
            for binding in owner.attributes.get(name, ()):
                found |= self._binding(owner.module, binding, depth + 1)
        return frozenset(found) or frozenset({Origin.UNKNOWN})

    def _binding(self, module: Module, binding: Binding, depth: int) -> set[Origin]:
        statement = binding.node
        if isinstance(statement, ast.AnnAssign) and _annotated_text(statement.annotation):
            return (
                {Origin.OUTSIDE} if binding.value is None else self._typed(module, binding, depth)
            )
        if binding.kind == "parameter" and isinstance(statement, ast.arg):
            return self._parameter(module, binding, statement, depth)
        if binding.kind == "import" and binding.target is not None:
            return self._imported(module, binding.target, depth)
        if binding.kind == "assign" and binding.value is not None:
            return set(self.origins(module, binding.value, depth))
        if isinstance(statement, ast.FunctionDef) and _is_property(statement):
            return {Origin.OUTSIDE if _annotated_text(statement.returns) else Origin.UNKNOWN}
        if binding.kind == "loop" and isinstance(binding.value, (ast.List, ast.Tuple)):
            return {o for item in binding.value.elts for o in self.origins(module, item, depth)}
        return {Origin.UNKNOWN if binding.kind in ("other", "loop") else Origin.OTHER}

    def _typed(self, module: Module, binding: Binding, depth: int) -> set[Origin]:
        assert binding.value is not None
        return {_ALONE.get(o, o) for o in self.origins(module, binding.value, depth)}

    def _imported(self, module: Module, target: str, depth: int) -> set[Origin]:
        head, _, name = target.rpartition(".")
        package = self.evaluator.resolver.modules.imported(module, head) if head else None
        found = package.names.module.bindings.get(name, []) if package is not None else []
        if package is None or not found:
            return {Origin.UNKNOWN}
        return set(self.of_bindings(package, found, depth))

    # Parameters

    def _parameter(
        self, module: Module, binding: Binding, parameter: ast.arg, depth: int
    ) -> set[Origin]:
        function = binding.scope.node
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return {Origin.UNKNOWN}
        if parameter.annotation is not None:
            declared = _declared(parameter.annotation)
            if declared in (Origin.OTHER, Origin.UNKNOWN):
                return {declared}
        owner = self.evaluator.resolver.modules.function_at(module, function)
        given = set(self._given(owner, parameter.arg, depth)) or {Origin.OPEN}
        if parameter.annotation is None:
            return given
        if _annotated_text(parameter.annotation):
            given.discard(Origin.NOTHING)
            return {_ALONE.get(origin, origin) for origin in given} or {Origin.OUTSIDE}
        return given

    def _given(self, function: AppFunction, name: str, depth: int) -> Iterator[Origin]:
        """Where the values come from that calls of a function, or its default, give a parameter."""
        sites = [site for site in self.callers.of(function) if not site.in_test]
        chosen = self._is_chosen(function, name, sites)
        for site in sites:
            value, module = site.argument(name), site.module
            if value is None and site.is_open:
                yield Origin.UNKNOWN
                continue
            if value is None:
                value, module = function.default(name), function.module
            for origin in self.origins(module, value, depth) if value is not None else ():
                yield Origin.CHOSEN if chosen and origin is Origin.FIXED else origin

    def _is_chosen(self, function: AppFunction, name: str, sites: list[CallSite]) -> bool:
        """Whether texts that the source gives a stack are a choice: another stack can have another.

        One text alone, or the default, is none: only what is called a suffix has no other use.
        """
        if function.name != "__init__" or not self.is_deployed(function.owner):
            return False
        texts = {self.site_value(site, name) for site in sites}
        if any(site.is_open for site in sites) or len(texts) > 1 or None in texts:
            return True
        return "suffix" in name.lower() and any(site.argument(name) for site in sites)

    def is_deployed(self, cls: AppClass | None) -> bool:
        """Whether a class is a stack, a stage or an app."""
        bases = self.evaluator.resolver.library_bases(cls) if cls is not None else ()
        return any(base in _DEPLOYED for base in bases)

    def site_value(self, site: CallSite, name: str) -> str | None:
        """The string that a call gives for a parameter, or its default, if it is a known one."""
        node, module = site.argument(name), site.module
        if node is None and not site.is_open:
            node, module = site.function.default(name), site.function.module
        known = self.evaluator.value(module, node).constant if node is not None else None
        return known if isinstance(known, str) else None


def _constant(value: object) -> Origin:
    if value is None:
        return Origin.NOTHING
    return Origin.FIXED if isinstance(value, str) else Origin.OTHER


def _defaulted(found: frozenset[Origin]) -> frozenset[Origin]:
    """What is left of values that a default string stands in for when they are nothing."""
    return frozenset(_ALONE.get(o, o) for o in found if o is not Origin.NOTHING)


def _varied(found: frozenset[Origin]) -> frozenset[Origin]:
    """What one of several texts is: what the source gives of them is no more fixed."""
    if found <= {Origin.FIXED, Origin.CHOSEN, Origin.OUTSIDE}:
        return frozenset({Origin.OUTSIDE})
    return found


def _is_property(function: ast.FunctionDef) -> bool:
    names = [ast.unparse(decorator) for decorator in function.decorator_list]
    return names in (["property"], ["cached_property"], ["functools.cached_property"])


def _is_none_test(test: ast.expr) -> bool:
    """``x``, ``x is None``, ``x is not None``, ``not x``."""
    if isinstance(test, ast.UnaryOp):
        return _is_none_test(test.operand)
    if isinstance(test, ast.Compare):
        return any(isinstance(c, ast.Constant) and c.value is None for c in test.comparators)
    return isinstance(test, (ast.Name, ast.Attribute, ast.Call, ast.BoolOp))


def field_annotation(cls: AppClass, name: str) -> ast.expr | None:
    """The annotation of ``name: str`` in a class body (a dataclass, a NamedTuple)."""
    for statement in cls.node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=found)) if found == name:
                return statement.annotation
    return None


def _declared(annotation: ast.expr) -> Origin:
    """What an annotation says of a value."""
    if _annotated_text(annotation):
        return Origin.OUTSIDE
    text = ast.unparse(annotation).strip("'\"")
    if text in ("Optional[str]", "typing.Optional[str]", "str | None", "None | str"):
        return Origin.MAYBE
    return Origin.UNKNOWN if text in ("Any", "typing.Any", "object") else Origin.OTHER


def _annotated_text(annotation: ast.expr | None) -> bool:
    return annotation is not None and ast.unparse(annotation).strip("'\"") == "str"
