"""What a name is put together from, and whether it is the same in every environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tapfix.model.python.environments import Environments
from tapfix.model.python.evaluate import Evaluator, decided
from tapfix.model.python.modules import Module
from tapfix.model.python.scopes import Binding

# Parts that differ between accounts and regions only, and how long their values can be.
_PSEUDO = {"account": 12, "region": 14, "partition": 10, "url_suffix": 16}
_PSEUDO_TOKENS = {
    "aws_cdk.Aws.ACCOUNT_ID": "account",
    "aws_cdk.Aws.REGION": "region",
    "aws_cdk.Aws.PARTITION": "partition",
    "aws_cdk.Aws.URL_SUFFIX": "url_suffix",
}
_DEPTH = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a name that is the same in every environment.

    ``text`` is what it is known to be; where it is one of several (a loop's variable) or known at
    deploy time only, it is a text that no source holds, and ``length`` the longest it can be.
    ``options`` are the texts that a loop's variable takes, ``nodes`` the expressions of those.
    """

    text: str
    length: int
    literal: bool = True
    options: tuple[str, ...] = ()
    nodes: tuple[ast.expr, ...] = ()


class _Varies(Exception):
    """A part differs from environment to environment, or cannot be told."""


@dataclass(eq=False)
class Names:
    """Reads the names of one app."""

    evaluator: Evaluator
    environments: Environments

    def fixed(self, module: Module, node: ast.expr) -> tuple[Part, ...] | None:
        """The parts of a name that is the same in every environment; None for any other."""
        try:
            return tuple(self._parts(module, node, 0))
        except _Varies:
            return None

    def _parts(self, module: Module, node: ast.expr, depth: int) -> Iterator[Part]:
        if depth > _DEPTH:
            raise _Varies
        if isinstance(node, ast.Constant):
            if node.value is None or isinstance(node.value, bool):
                raise _Varies
            yield Part(str(node.value), len(str(node.value)))
        elif isinstance(node, ast.JoinedStr):
            for piece in node.values:
                yield from self._piece(module, piece, depth)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from self._parts(module, node.left, depth + 1)
            yield from self._parts(module, node.right, depth + 1)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            fields = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            yield from self._filled(module, node.left, fields, depth)
        elif isinstance(node, ast.Call):
            yield from self._call(module, node, depth)
        elif isinstance(node, (ast.Name, ast.Attribute)):
            yield from self._named(module, node, depth)
        else:
            raise _Varies

    def _piece(self, module: Module, piece: ast.expr, depth: int) -> Iterator[Part]:
        if not isinstance(piece, ast.FormattedValue):
            yield from self._parts(module, piece, depth + 1)
            return
        parts = list(self._parts(module, piece.value, depth + 1))
        if piece.conversion == -1 and piece.format_spec is None:
            yield from parts
        else:
            yield _unspelled(ast.unparse(piece), sum(part.length for part in parts) + 8)

    def _call(self, module: Module, node: ast.Call, depth: int) -> Iterator[Part]:
        function = node.func
        if isinstance(function, ast.Name) and function.id == "str" and len(node.args) == 1:
            yield from self._parts(module, node.args[0], depth + 1)
        elif isinstance(function, ast.Attribute) and function.attr == "format":
            fields = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield from self._filled(module, function.value, fields, depth)
        else:
            raise _Varies

    def _filled(
        self, module: Module, template: ast.expr, fields: list[ast.expr], depth: int
    ) -> Iterator[Part]:
        """``"a-%s" % x`` and ``"a-{}".format(x)``: the order of the parts is not needed."""
        if not (isinstance(template, ast.Constant) and isinstance(template.value, str)):
            raise _Varies
        for field in fields:
            if isinstance(field, ast.Starred):
                raise _Varies
            yield from self._parts(module, field, depth + 1)
        yield _unspelled(template.value, len(template.value))

    # Names within names

    def _named(self, module: Module, node: ast.Name | ast.Attribute, depth: int) -> Iterator[Part]:
        pseudo = self._pseudo(module, node)
        if pseudo is not None:
            yield _unspelled(pseudo, _PSEUDO[pseudo])
            return
        if isinstance(node, ast.Name):
            bindings = module.scope_of(node).lookup(node.id)
            looped = self._looped(module, node.id, bindings, depth)
            if looped is not None and node.id not in self.environments.spellings:
                yield looped
                return
        label = node.id if isinstance(node, ast.Name) else node.attr
        if label in self.environments.spellings and self.environments.is_choice(module, node):
            raise _Varies
        found = self.evaluator.binding(module, node)
        if found is None or found[1].value is None:
            raise _Varies
        home, binding = found
        if decided(home, binding.node, module, node):
            raise _Varies
        assert binding.value is not None
        yield from self._parts(home, binding.value, depth + 1)

    def _pseudo(self, module: Module, node: ast.Name | ast.Attribute) -> str | None:
        """``self.account``, ``Stack.of(self).region``, ``Aws.ACCOUNT_ID``."""
        symbol = self.evaluator.resolver.symbol(module, node)
        if isinstance(symbol, str):
            return _PSEUDO_TOKENS.get(symbol)
        if not isinstance(node, ast.Attribute) or node.attr not in _PSEUDO:
            return None
        if isinstance(node.value, ast.Call):
            of_stack = self.evaluator.callee(module, node.value) == "aws_cdk.Stack.of"
            return node.attr if of_stack else None
        cls = self.evaluator.resolver.self_class(module, node.value)
        if cls is None:
            return None
        bases = set(self.evaluator.resolver.library_bases(cls))
        own = self.evaluator.resolver.attribute_bindings(cls, node.attr)
        return node.attr if not own and bases & {"aws_cdk.Stack", "aws_cdk.NestedStack"} else None

    def _looped(
        self, module: Module, name: str, bindings: list[Binding], depth: int
    ) -> Part | None:
        """A variable that runs over texts written in the source."""
        if len(bindings) != 1 or bindings[0].kind not in ("loop", "other"):
            return None
        loop = _loop_of(module, bindings[0].node)
        path = _path_to(loop.target, name) if loop is not None else None
        if loop is None or path is None:
            return None
        try:
            items = self._items(module, loop.iter, path) or []
            options = [tuple(self._parts(home, item, depth + 1)) for home, item in items]
        except _Varies:
            return None
        if not options:
            return None
        # The line tells variables of one name apart.
        mark = f"{name}:{module.path}:{loop.iter.lineno}"
        length = max(sum(part.length for part in parts) for parts in options)
        texts = tuple("".join(part.text for part in parts) for parts in options)
        nodes = tuple(item for _, item in items)
        return replace(_unspelled(mark, length), options=texts, nodes=nodes)

    def _items(
        self, module: Module, node: ast.expr, path: tuple[int, ...]
    ) -> list[tuple[Module, ast.expr]] | None:
        """The expressions that a loop's variable gets from an iterable written in the source.

        ``path`` leads to the variable within the loop's target: (1,) in ``for index, name in …``.
        """
        value = self.evaluator.value(module, node)
        if value.kind in ("list", "dict") and not value.open:
            module, node = value.origin_module, value.origin
        if isinstance(node, ast.Call):
            return self._called(module, node, path)
        if isinstance(node, ast.Dict):
            keys = [key for key in node.keys if key is not None]
            return _inside(module, keys, path) if len(keys) == len(node.keys) else None
        return _inside(module, node.elts, path) if isinstance(node, _DISPLAYS) else None

    def _called(
        self, module: Module, node: ast.Call, path: tuple[int, ...]
    ) -> list[tuple[Module, ast.expr]] | None:
        function, first = node.func, next(iter(path), None)
        if isinstance(function, ast.Attribute) and function.attr in ("items", "keys", "values"):
            value = self.evaluator.value(module, function.value)
            if value.kind != "dict" or not isinstance(value.origin, ast.Dict):
                return None
            by_key = function.attr == "keys" or (function.attr == "items" and first == 0)
            found = value.origin.keys if by_key else value.origin.values
            rest = path[1:] if function.attr == "items" else path
            return _inside(value.origin_module, [item for item in found if item], rest)
        if not isinstance(function, ast.Name) or not node.args:
            return None
        if function.id == "range" or (function.id == "enumerate" and first == 0):
            return [(module, ast.Constant(1000))]
        if function.id == "enumerate" and first == 1:
            return self._items(module, node.args[0], path[1:])
        if function.id == "zip" and first is not None and first < len(node.args):
            return self._items(module, node.args[first], path[1:])
        known = function.id in ("sorted", "reversed", "list", "tuple", "set")
        return self._items(module, node.args[0], path) if known else None


_DISPLAYS = (ast.List, ast.Tuple, ast.Set)


def _inside(
    module: Module, nodes: list[ast.expr], path: tuple[int, ...]
) -> list[tuple[Module, ast.expr]] | None:
    """What stands at a path in each of some expressions."""
    for place in path:
        plain = [node.elts for node in nodes if isinstance(node, (ast.List, ast.Tuple))]
        if len(plain) != len(nodes) or any(len(items) <= place for items in plain):
            return None
        nodes = [items[place] for items in plain]
    return [(module, node) for node in nodes]


def _path_to(target: ast.expr, name: str) -> tuple[int, ...] | None:
    """Where a name stands in the target of a loop."""
    if isinstance(target, ast.Name):
        return () if target.id == name else None
    for index, item in enumerate(target.elts if isinstance(target, (ast.List, ast.Tuple)) else ()):
        inner = _path_to(item, name)
        if inner is not None:
            return (index, *inner)
    return None


def _unspelled(mark: str, length: int) -> Part:
    """A part whose text the source does not hold; equal marks are equal texts."""
    return Part(f"\ue000{mark}\ue001", length, literal=False)


def _loop_of(module: Module, node: ast.AST) -> ast.For | ast.AsyncFor | ast.comprehension | None:
    """The loop or comprehension whose target holds a node."""
    for around in (node, *module.names.ancestors(node)):
        if isinstance(around, (ast.For, ast.AsyncFor, ast.comprehension)):
            return around
        if isinstance(around, ast.stmt):
            return None
    return None
