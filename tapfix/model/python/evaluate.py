"""From an expression to its value, as far as the source alone tells it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from tapfix.model.python.calls import CallIndex, last_name
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.resolve import DEPTH, Resolver, Symbol, split_target
from tapfix.model.python.scopes import Binding, Scope
from tapfix.model.python.texts import text_parts
from tapfix.model.python.values import Value

_DECIDES = (ast.If, ast.Try, ast.Match, ast.While, ast.IfExp, ast.ExceptHandler)
_FIELD_BASES = ("NamedTuple", "BaseModel", "BaseSettings")
_FIELD_DECORATORS = ("dataclass", "define", "frozen", "attrs")


@dataclass(eq=False)
class Evaluator:
    """Evaluates expressions of one app; remembers what it found."""

    resolver: Resolver
    _values: dict[ast.expr, Value] = field(default_factory=dict)
    _pending: set[ast.expr] = field(default_factory=set)
    _cuts: int = 0
    _calls: dict[tuple[Module, str, bool], dict[Symbol | None, list[ast.Call]]] = field(
        default_factory=dict
    )
    _counts: Counter[str] = field(default_factory=Counter)
    _counted: tuple[Module, ...] = ()
    _reads: dict[str, dict[AppClass | None, list[tuple[Module, ast.Attribute]]]] = field(
        default_factory=dict
    )

    def value(self, module: Module, node: ast.expr, depth: int = 0) -> Value:
        """What is known of an expression."""
        found = self._values.get(node)
        if found is not None:
            return found
        if isinstance(node, ast.Constant) and depth <= DEPTH:
            found = self._values[node] = Value(
                "constant", module, node, node, module, constant=node.value
            )
            return found
        unknown = Value("unknown", module, node, node, module)
        if depth > DEPTH or node in self._pending:
            # Too long a way, or a definition that leads back to itself.
            self._cuts += 1
            return unknown
        cuts = self._cuts
        self._pending.add(node)
        found = self._evaluate(unknown, depth)
        self._pending.discard(node)
        if depth == 0 or cuts == self._cuts:
            self._values[node] = found
        return found

    def _evaluate(self, blank: Value, depth: int) -> Value:
        module, node = blank.module, blank.node
        if isinstance(node, (ast.Name, ast.Attribute)):
            return self._named(blank, node, depth)
        if isinstance(node, (ast.List, ast.Tuple)):
            items = tuple(self.value(module, item, depth + 1) for item in node.elts)
            spread = any(isinstance(item, ast.Starred) for item in node.elts)
            return replace(blank, kind="list", items=items, open=spread)
        if isinstance(node, ast.Dict):
            return self._dict(blank, node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self.value(module, node.operand, depth + 1).constant
            known = isinstance(inner, (int, float))
            return replace(blank, kind="constant", constant=-inner) if known else blank  # type: ignore[operator]  # a number
        text = self._text(blank, depth)
        if text is None and isinstance(node, ast.Call):
            return self._call(blank, node, depth)
        return text or blank

    def _text(self, blank: Value, depth: int) -> Value | None:
        parts = text_parts(blank.node, lambda node: self.value(blank.module, node, depth + 1))
        if parts is None:
            return None
        if all(isinstance(part, str) for part in parts):
            return replace(blank, kind="constant", constant="".join(map(str, parts)))
        return replace(blank, kind="text", parts=parts)

    def _dict(self, blank: Value, node: ast.Dict, depth: int) -> Value:
        entries, spread = {}, False
        for key, item in zip(node.keys, node.values, strict=True):
            name = None if key is None else self.value(blank.module, key, depth + 1).constant
            if isinstance(name, str):
                entries[name] = self.value(blank.module, item, depth + 1)
            else:
                spread = True
        return replace(blank, kind="dict", entries=entries, open=spread)

    def _call(self, blank: Value, node: ast.Call, depth: int) -> Value:
        module = blank.module
        callee = self.callee(module, node, depth)
        if callee == "typing.cast" and len(node.args) == 2:
            return replace(self.value(module, node.args[1], depth + 1), node=node, module=module)
        keywords = {
            keyword.arg: self.value(module, keyword.value, depth + 1)
            for keyword in node.keywords
            if keyword.arg is not None
        }
        spread = len(keywords) != len(node.keywords)
        spread |= any(isinstance(argument, ast.Starred) for argument in node.args)
        if callee is None and isinstance(node.func, ast.Name) and node.func.id == "dict":
            plain = not node.args
            return replace(blank, kind="dict", entries=keywords, open=spread) if plain else blank
        called = replace(
            blank,
            arguments=tuple(self.value(module, argument, depth + 1) for argument in node.args),
            keywords=keywords,
            open=spread,
        )
        if callee is None or isinstance(callee, Module):
            return called
        if isinstance(callee, str):
            return replace(called, kind="call", name=callee)
        # What a function of the app returns is not looked into: a decision of its own.
        kind = "instance" if isinstance(callee, AppClass) else "unknown"
        return replace(called, kind=kind, of=callee)  # type: ignore[arg-type]  # a literal of the two

    def _named(self, blank: Value, node: ast.Name | ast.Attribute, depth: int) -> Value:
        symbol = self.resolver.symbol(blank.module, node)
        if isinstance(symbol, str):
            return Value("member", blank.module, node, node, blank.module, name=symbol)
        found = self.binding(blank.module, node, depth)
        if found is None:
            return blank
        home, binding = found
        if binding.value is None or decided(home, binding.node, blank.module, node):
            return blank
        value = self.value(home, binding.value, depth + 1)
        shared = value.shared or self._readers(blank.module, node) > 1
        return replace(value, module=blank.module, node=node, shared=shared)

    # Bindings

    def binding(
        self, module: Module, node: ast.Name | ast.Attribute, depth: int = 0
    ) -> tuple[Module, Binding] | None:
        """The one assignment that gives a name or an attribute its value, if there is just one."""
        if isinstance(node, ast.Name):
            return self._name_binding(module, module.scope_of(node), node.id, depth)
        owner = self.resolver.symbol(module, node.value)
        if isinstance(owner, Module):
            return self._name_binding(owner, owner.names.module, node.attr, depth)
        member = self._enum_member(module, node.value) if node.attr == "value" else None
        if member is not None:
            return self._attribute_binding(*member)
        cls = owner if isinstance(owner, AppClass) else None
        cls = cls or self.instance_class(module, node.value, depth)
        # A member of an enum is an object of its own: in a text, most show their own name.
        is_known = cls is not None and not is_enum(cls, self.resolver)
        return self._attribute_binding(cls, node.attr) if cls is not None and is_known else None

    def _enum_member(self, module: Module, node: ast.expr) -> tuple[AppClass, str] | None:
        """The enum of the app, and the name of its member, that an expression names."""
        if not isinstance(node, ast.Attribute):
            return None
        cls = self.resolver.symbol(module, node.value)
        if isinstance(cls, AppClass) and is_enum(cls, self.resolver):
            return cls, node.attr
        return None

    def _attribute_binding(self, cls: AppClass, name: str) -> tuple[Module, Binding] | None:
        bindings = self.resolver.attribute_bindings(cls, name)
        if len(bindings) != 1 or self.resolver.stored_from_outside(name):
            return None
        member, binding = bindings[0]
        if binding.kind != "assign":
            return None
        is_default = binding.scope is member.scope and has_fields(member, self.resolver)
        if is_default and not self._keeps_default(member, name):
            return None
        return member.module, binding

    def _name_binding(
        self, module: Module, scope: Scope, name: str, depth: int
    ) -> tuple[Module, Binding] | None:
        bindings = scope.lookup(name)
        if len(bindings) != 1 or depth > DEPTH:
            return None if bindings else self._star_binding(module, name, depth)
        binding = bindings[0]
        if binding.kind == "import" and binding.target is not None:
            head, last = split_target(binding.target)
            package = self.resolver.modules.imported(module, head) if head else None
            if package is None:
                return None
            return self._name_binding(package, package.names.module, last, depth + 1)
        return (module, binding) if binding.kind == "assign" else None

    def _star_binding(self, module: Module, name: str, depth: int) -> tuple[Module, Binding] | None:
        for star in module.names.stars:
            package = self.resolver.modules.imported(module, star)
            if package is not None and name in package.names.module.bindings and depth < DEPTH:
                return self._name_binding(package, package.names.module, name, depth + 1)
        return None

    def _keeps_default(self, cls: AppClass, name: str) -> bool:
        """Whether every construction of a dataclass in the app leaves a field at its default."""
        fields = [
            statement.target.id
            for statement in cls.node.body
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        ]
        place = fields.index(name) if name in fields else len(fields)
        return not any(
            len(call.args) > place or any(k.arg in (None, name) for k in call.keywords)
            for _, call in self.calls_of(cls)
        )

    def _readers(self, module: Module, node: ast.Name | ast.Attribute) -> int:
        """How often a function's local is read, or another name of this spelling in the app."""
        if isinstance(node, ast.Name):
            bindings = module.scope_of(node).lookup(node.id)
            if bindings and bindings[0].scope.kind == "function":
                return len(list(module.names.readers(node.id, bindings)))
        modules = self.resolver.modules.loaded()
        if self._counted is not modules:
            self._counted, self._counts = modules, Counter()
            for names in (module.names for module in modules):
                for name, loads in names.loads.items():
                    self._counts[name] += len(loads)
                for name, uses in names.attributes.items():
                    self._counts[name] += sum(use not in names.stores for use in uses)
        return self._counts[node.id if isinstance(node, ast.Name) else node.attr]

    # Instances and calls

    def instance_class(self, module: Module, node: ast.expr, depth: int = 0) -> AppClass | None:
        """The class of the app that an expression is known to be an instance of."""
        own = self.resolver.self_class(module, node)
        if own is not None:
            return own
        value = self.value(module, node, depth + 1)
        if value.kind == "instance" and isinstance(value.of, AppClass):
            return value.of
        symbol = self.declared(module, node, depth)
        return symbol if isinstance(symbol, AppClass) else None

    def declared(self, module: Module, node: ast.expr, depth: int = 0) -> Symbol | None:
        """What the annotation of the parameter names that an expression stands for."""
        annotation = self._annotation(module, node, depth)
        return self.resolver.symbol(module, annotation) if annotation is not None else None

    def _annotation(self, module: Module, node: ast.expr, depth: int) -> ast.expr | None:
        """The annotation of the parameter that a name, or an attribute made from it, stands for."""
        if isinstance(node, ast.Attribute):
            found = self.binding(module, node, depth)
            if found is None or not isinstance(found[1].value, ast.Name):
                return None
            module, node = found[0], found[1].value
        if not isinstance(node, ast.Name):
            return None
        bindings = module.scope_of(node).lookup(node.id)
        argument = bindings[0].node if len(bindings) == 1 else None
        return argument.annotation if isinstance(argument, ast.arg) else None

    def attribute_reads(
        self, name: str
    ) -> Mapping[AppClass | None, list[tuple[Module, ast.Attribute]]]:
        """Where the app reads an attribute, by the class of the app whose instance it is read of.

        None stands for what may be any object; library objects and modules are left out.
        """
        if name not in self._reads:
            found: dict[AppClass | None, list[tuple[Module, ast.Attribute]]] = {}
            for module in list(self.resolver.modules.loaded()):
                for node in module.names.attributes.get(name, ()):
                    if node not in module.names.stores:
                        owner = self.instance_class(module, node.value)
                        if owner is not None or self.resolver.symbol(module, node.value) is None:
                            found.setdefault(owner, []).append((module, node))
            self._reads[name] = found
        return self._reads[name]

    def callee(self, module: Module, call: ast.Call, depth: int = 0) -> Symbol | None:
        """What a call calls; methods of ``self`` and of known instances are found too."""
        return self.named(module, call.func, depth)

    def named(self, module: Module, node: ast.expr, depth: int = 0) -> Symbol | None:
        """What an expression names; methods of ``self`` and of known instances are found too."""
        symbol = self.resolver.symbol(module, node)
        if symbol is not None or not isinstance(node, ast.Attribute):
            return symbol
        cls = self.instance_class(module, node.value, depth)
        if cls is None:
            return None
        members = (known.methods.get(node.attr) for known in self.resolver.lineage(cls))
        return next((member for member in members if member is not None), None)

    def calls_of(self, target: AppClass | AppFunction) -> Iterator[tuple[Module, ast.Call]]:
        """Every call in the modules read so far of a class or function of the app."""
        # A class is never found through an instance. And to ask for instances here would not end:
        # what an instance is may hang on how its class is constructed.
        is_class = isinstance(target, AppClass)
        for module, name, calls in self._index.named(target.name):
            key = (module, name, is_class)
            if key not in self._calls:
                self._calls[key] = self._by_callee(module, calls, is_class)
            yield from ((module, call) for call in self._calls[key].get(target, ()))

    @cached_property
    def _index(self) -> CallIndex:
        return CallIndex(self.resolver.modules)

    def _by_callee(
        self, module: Module, calls: list[ast.Call], is_class: bool
    ) -> dict[Symbol | None, list[ast.Call]]:
        """Calls in a module by the class, or else by the function, that they call."""
        found: dict[Symbol | None, list[ast.Call]] = {}
        for call in calls:
            symbol = self.resolver.symbol(module, call.func)
            callee = symbol if is_class else self.callee(module, call)
            if isinstance(callee, AppClass if is_class else AppFunction):
                found.setdefault(callee, []).append(call)
        return found


def decided(home: Module, statement: ast.AST, module: Module, use: ast.AST) -> bool:
    """Whether an assignment stands under a condition that its use does not stand under."""
    around_use = set(module.names.ancestors(use))
    for ancestor in home.names.ancestors(statement):
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return False
        if isinstance(ancestor, _DECIDES) and ancestor not in around_use:
            return True
    return False


def is_enum(cls: AppClass, resolver: Resolver) -> bool:
    """Whether the names that a class of the app binds are members of an enum."""
    return any(base.startswith("enum.") for base in resolver.library_bases(cls))


def has_fields(cls: AppClass, resolver: Resolver) -> bool:
    """Whether class-level assignments of a class are defaults of constructor arguments."""
    decorators = [d.func if isinstance(d, ast.Call) else d for d in cls.node.decorator_list]
    bases = [base for base in resolver.bases(cls) if isinstance(base, str)]
    return any(last_name(d) in _FIELD_DECORATORS for d in decorators) or any(
        base.rpartition(".")[2] in _FIELD_BASES for base in bases
    )
