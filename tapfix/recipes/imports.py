"""How a file spells a name of CDK, and the import it needs where it cannot spell it yet."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from tapfix.edits import AddImport, Edit
from tapfix.model.app import App
from tapfix.model.python.modules import Module
from tapfix.model.python.scopes import Binding, Scope

_PLACEHOLDER = re.compile(r"<([A-Za-z_][\w.]*)>")


@dataclass(frozen=True, slots=True)
class Code:
    """Source text in the words of one file, and the imports that it needs there."""

    text: str
    imports: tuple[Edit, ...] = ()


def write(app: App, module: Module, near: ast.AST, template: str) -> Code:
    """Turn a template into source text for a place in a file.

    ``<RemovalPolicy>.DESTROY`` names CDK's classes by their catalogue names; each comes out as the
    file spells it: ``cdk.RemovalPolicy.DESTROY``, or ``RemovalPolicy.DESTROY`` with an import.
    """
    imports: list[Edit] = []

    def spelled(match: re.Match[str]) -> str:
        code = spell(app, module, near, match[1])
        imports.extend(edit for edit in code.imports if edit not in imports)
        return code.text

    return Code(_PLACEHOLDER.sub(spelled, template), tuple(imports))


def spell(app: App, module: Module, near: ast.AST, name: str) -> Code:
    """How a place in a file names the CDK class ``name``, as ``aws_s3.BucketEncryption``."""
    full = f"aws_cdk.{name}"
    scope = module.scope_of(near)
    last = name.rpartition(".")[2]
    alike = _spelled_alike(app, module, near, full)
    if alike is not None and isinstance(near, ast.Attribute):
        return Code(alike)
    if app.evaluator.resolver.lookup(module, scope, last) == full and all(
        _at_run_time(module, binding) for binding in scope.lookup(last)
    ):
        return Code(last)
    if alike is not None:
        return Code(alike)
    known = _known_spellings(app, module, scope, full)
    service, _, inner = name.partition(".")
    if inner and (_takes_names_from(scope, service) or _service_names(scope)):
        # `from aws_cdk.aws_s3 import Bucket` beside `import aws_cdk as cdk`: not `cdk.aws_s3.…`.
        known = [spelling for spelling in known if f".{service}." not in spelling]
    return Code(min(known, key=len)) if known else _imported(module, scope, name)


def _spelled_alike(app: App, module: Module, near: ast.AST, full: str) -> str | None:
    """The spelling by way of the module through which the call at the place names its class.

    A member of a class, ``cdk.RemovalPolicy.RETAIN``, spells its class itself.
    """
    if isinstance(near, ast.Attribute):
        is_member = app.evaluator.resolver.symbol(module, near.value) == full
        return module.file.source(module.ref(near.value)) if is_member else None
    if not isinstance(near, ast.Call) or not isinstance(near.func, ast.Attribute):
        return None
    owner = near.func.value
    symbol = app.evaluator.resolver.symbol(module, owner)
    if not isinstance(symbol, str) or not full.startswith(f"{symbol}."):
        return None
    if symbol == "aws_cdk" and full.count(".") > 1:
        return None
    return module.file.source(module.ref(owner)) + full.removeprefix(symbol)


def _takes_names_from(scope: Scope, service: str) -> bool:
    """Whether an import brings single names of a service's module."""
    return any(
        binding.target is not None and binding.target.startswith(f"aws_cdk.{service}.")
        for place in scope.outward()
        for bindings in place.bindings.values()
        for binding in bindings
    )


def _service_names(scope: Scope) -> list[bool]:
    """Of each import that brings a service's module: whether it gives that another name."""
    return [
        name != binding.target.rpartition(".")[2]
        for place in scope.outward()
        for name, bindings in place.bindings.items()
        for binding in bindings
        if binding.target is not None and re.fullmatch(r"aws_cdk\.aws_\w+", binding.target)
    ]


def _known_spellings(app: App, module: Module, scope: Scope, full: str) -> list[str]:
    """The spellings by way of the names that imports bind where ``scope`` can see them."""
    return [
        name + full.removeprefix(symbol)
        for name, symbol in app.once(_Visible).at(module, scope)
        if symbol == full or full.startswith(f"{symbol}.")
    ]


@dataclass(eq=False)
class _Visible:
    """What imports bind to things of CDK, by the scopes that can see it: names and what they are.

    Many calls stand in one scope.
    """

    app: App
    _known: dict[Scope, list[tuple[str, str]]] = field(default_factory=dict)

    def at(self, module: Module, scope: Scope) -> list[tuple[str, str]]:
        if scope not in self._known:
            resolver = self.app.evaluator.resolver
            self._known[scope] = [
                (name, symbol)
                for place in scope.outward()
                for name, bindings in place.bindings.items()
                if all(_at_run_time(module, binding) for binding in bindings)
                and isinstance(symbol := resolver.lookup(module, scope, name), str)
                and symbol.startswith("aws_cdk")
            ]
        return self._known[scope]


def _at_run_time(module: Module, binding: Binding) -> bool:
    """Whether an import binds its name when the program runs, not only for a type checker."""
    if binding.kind != "import":
        return False
    return not any(
        isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for node in module.names.ancestors(binding.node)
    )


def _imported(module: Module, scope: Scope, name: str) -> Code:
    service, _, last = name.partition(".")
    if not last:
        return _bind(module, scope, "aws_cdk", name, name, None)
    outer, dot, inner = last.partition(".")
    if f"aws_cdk.{service}" in module.names.imports and not _is_taken(scope, outer):
        return _bind(module, scope, f"aws_cdk.{service}", outer, outer, dot + inner)
    if not any(_service_names(scope) or [True]):
        # `from aws_cdk import aws_s3`: as it is called.
        return _bind(module, scope, "aws_cdk", service, service, f".{last}")
    alias = service.removeprefix("aws_")
    alias = f"{alias}_" if alias == "lambda" else alias
    return _bind(module, scope, "aws_cdk", service, alias, f".{last}")


def _bind(
    module: Module, scope: Scope, source: str, name: str, alias: str, rest: str | None
) -> Code:
    """Import ``name`` from ``source`` as ``alias``, or under another name if that one is taken."""
    bound = alias
    if _is_taken(scope, bound):
        bound = name if name != alias and not _is_taken(scope, name) else f"cdk_{alias}"
    edit = AddImport(module.path, source, name, bound if bound != name else None)
    return Code(bound + (rest or ""), (edit,))


def _is_taken(scope: Scope, name: str) -> bool:
    return bool(scope.lookup(name))
