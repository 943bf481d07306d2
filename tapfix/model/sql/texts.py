"""What an expression of a handler stands for: through names, parameters and loops, to its text."""

from __future__ import annotations

import ast
import inspect
import itertools
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from tapfix.model.lambdas.reached import Code
from tapfix.model.python.calls import last_name
from tapfix.model.python.frames import Frame, arguments
from tapfix.model.python.modules import AppFunction, Module
from tapfix.model.python.scopes import Binding
from tapfix.model.python.texts import text_parts
from tapfix.model.python.values import Value

_DEEPEST = 8
_MOST = 40
"""More texts than these for one call are not looked into."""
_SAME = ("text", "SQL", "dedent", "cleandoc", "Composed")
_STRIPS = ("strip", "lstrip", "rstrip")
_NAMES = ("Identifier", "Literal", "Placeholder")


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An expression, its module, and what the parameters in it stand for."""

    module: Module
    node: ast.expr
    frame: Frame = field(default_factory=Frame)


@dataclass(frozen=True, eq=False)
class Texts:
    """Reads the expressions of one handler's code."""

    code: Code

    def frames(self, place: Place, depth: int = 0) -> list[Frame]:
        """Every way in which the function around an expression is called by the app's code."""
        function = self._around(place.module, place.node)
        if function is None or depth > 2:
            return [Frame()]
        found = []
        for leaf in self.code.calls():
            call = leaf.node
            assert isinstance(call, ast.Call)
            if self.code.evaluator.callee(leaf.module, call) is _target(function):
                found += [
                    Frame(arguments(function, leaf.module, call, around))
                    for around in self.frames(Place(leaf.module, call), depth + 1)
                ]
        return found[:_MOST] or [Frame()]

    def _around(self, module: Module, node: ast.AST) -> AppFunction | None:
        for ancestor in module.names.ancestors(node):
            if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef)):
                return self.code.evaluator.resolver.modules.function_at(module, ancestor)
        return None

    # Expressions

    def ends(self, place: Place, depth: int = 0) -> list[Place] | None:
        """The expressions that an expression may stand for; None if they cannot all be told."""
        module, node, frame = place.module, place.node, place.frame
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Await):
            return self.ends(Place(module, node.value, frame), depth + 1)
        if isinstance(node, ast.IfExp):
            return self._all([Place(module, n, frame) for n in (node.body, node.orelse)], depth)
        if isinstance(node, ast.BoolOp):
            return self._all([Place(module, value, frame) for value in node.values], depth)
        if isinstance(node, ast.Name):
            return self._name(place, node, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(place, node, depth)
        if isinstance(node, ast.Subscript):
            return self._subscript(place, node, depth)
        if isinstance(node, ast.Call):
            return self._call(place, node, depth)
        return [place]

    def _all(self, places: list[Place], depth: int) -> list[Place] | None:
        found: list[Place] = []
        for place in places:
            ends = self.ends(place, depth + 1)
            if ends is None:
                return None
            found += ends
        return found

    def _name(self, place: Place, node: ast.Name, depth: int) -> list[Place] | None:
        bindings = place.module.scope_of(node).lookup(node.id)
        given = place.frame.of(bindings)
        if given is not None:
            return self.ends(Place(given.module, given.node, given.frame), depth + 1)
        if len(bindings) == 1 and bindings[0].kind == "import":
            found = self.code.evaluator.binding(place.module, node)
            if found is None or found[1].value is None:
                return None
            return self.ends(Place(found[0], found[1].value), depth + 1)
        values: list[Place] = []
        for binding in bindings:
            bound = self._bound(place, binding)
            if not bound:
                return None
            values += bound
        if not bindings or self._is_changed(place.module, node, bindings):
            return None
        return self._all(values, depth)

    def _is_changed(self, module: Module, node: ast.Name, bindings: list[Binding]) -> bool:
        """Whether ``x += …`` adds to what a name stands for."""
        return any(
            isinstance(module.names.parents.get(target), ast.AugAssign)
            and isinstance(target, ast.Name)
            and target.id == node.id
            and module.scope_of(target).lookup(node.id) is bindings
            for target in module.names.stores
        )

    def _bound(self, place: Place, binding: Binding) -> list[Place]:
        if binding.kind == "assign" and binding.value is not None:
            return [Place(place.module, binding.value, place.frame)]
        if binding.kind == "loop" and binding.value is not None:
            found = self.ends(Place(place.module, binding.value, place.frame)) or []
            if len(found) == 1 and isinstance(found[0].node, (ast.List, ast.Tuple)):
                one = found[0]
                assert isinstance(one.node, (ast.List, ast.Tuple))
                return [Place(one.module, item, one.frame) for item in one.node.elts]
        return []

    def _attribute(self, place: Place, node: ast.Attribute, depth: int) -> list[Place] | None:
        found = self.code.evaluator.binding(place.module, node)
        if found is None or found[1].value is None:
            return [place]
        return self.ends(Place(found[0], found[1].value), depth + 1)

    def _subscript(self, place: Place, node: ast.Subscript, depth: int) -> list[Place] | None:
        """``QUERIES["get"]``, or any of them where the key is not known."""
        owners = self.ends(Place(place.module, node.value, place.frame), depth + 1)
        if owners is None or len(owners) != 1 or not isinstance(owners[0].node, ast.Dict):
            return [place]
        one, dict_ = owners[0], owners[0].node
        assert isinstance(dict_, ast.Dict)
        key = self.code.evaluator.value(place.module, node.slice).constant
        known = [
            Place(one.module, value, one.frame)
            for name, value in zip(dict_.keys, dict_.values, strict=True)
            if key is None or (isinstance(name, ast.Constant) and name.value == key)
        ]
        return self._all(known, depth) if known else [place]

    def _call(self, place: Place, node: ast.Call, depth: int) -> list[Place] | None:
        callee = self.code.evaluator.callee(place.module, node)
        if not isinstance(callee, AppFunction):
            return [place]
        frame = Frame(arguments(callee, place.module, node, place.frame))
        returned = [
            Place(callee.module, statement.value, frame)
            for statement in ast.walk(callee.node)
            if isinstance(statement, ast.Return) and statement.value is not None
        ]
        return self._all(returned, depth) if returned else [place]

    # Texts

    def texts(self, place: Place, depth: int = 0) -> list[str] | None:
        """All texts that an expression may be; None if they are not all known."""
        ends = self.ends(place, depth)
        if not ends or depth > _DEEPEST:
            return None
        found: list[str] = []
        for end in ends:
            texts = self._text(end, depth)
            if texts is None or len(found) + len(texts) > _MOST:
                return None
            found += texts
        return list(dict.fromkeys(found))

    def _text(self, place: Place, depth: int) -> list[str] | None:
        node = place.node
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else None
        if isinstance(node, ast.Call):
            made = self._made(place, node, depth)
            if made is not None:
                return made
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._joined(place, [node.left, node.right], depth)
        if isinstance(node, ast.JoinedStr):
            return self._formatted(place, node, depth)
        return self._known(place, depth)

    def _formatted(self, place: Place, node: ast.JoinedStr, depth: int) -> list[str] | None:
        pieces: list[ast.expr] = []
        for piece in node.values:
            if isinstance(piece, ast.FormattedValue):
                if piece.conversion != -1 or piece.format_spec is not None:
                    return None
                pieces.append(piece.value)
            else:
                pieces.append(piece)
        return self._joined(place, pieces, depth)

    def _joined(self, place: Place, nodes: list[ast.expr], depth: int) -> list[str] | None:
        options = []
        for node in nodes:
            texts = self.texts(Place(place.module, node, place.frame), depth + 1)
            if texts is None:
                return None
            options.append(texts)
        found = ["".join(parts) for parts in itertools.islice(itertools.product(*options), _MOST)]
        return found if len(found) < _MOST else None

    def _known(self, place: Place, depth: int) -> list[str] | None:
        """``%`` and ``.format`` with one known text in each place."""

        def evaluate(node: ast.expr) -> Value:
            texts = self.texts(Place(place.module, node, place.frame), depth + 1)
            if texts is not None and len(texts) == 1:
                module = place.module
                return Value("constant", module, node, node, module, constant=texts[0])
            return self.code.evaluator.value(place.module, node)

        parts = text_parts(place.node, evaluate)
        if parts is None or not all(isinstance(part, str) for part in parts):
            return None
        return ["".join(map(str, parts))]

    def _made(self, place: Place, node: ast.Call, depth: int) -> list[str] | None:
        """The text in ``text("…")``, ``sql.SQL("…")``, ``sql.Identifier("x")``, and of a join."""
        name = last_name(node.func)
        if name in _NAMES:
            return self._composed(place, node, name, depth)
        if name in _SAME and len(node.args) == 1:
            found = self.texts(Place(place.module, node.args[0], place.frame), depth + 1)
            clean = inspect.cleandoc if name == "cleandoc" else textwrap.dedent
            return [clean(text) for text in found] if found is not None else None
        if not isinstance(node.func, ast.Attribute):
            return None
        owner = Place(place.module, node.func.value, place.frame)
        if name in _STRIPS and not node.args:
            found = self.texts(owner, depth + 1)
            return [text.strip() for text in found] if found is not None else None
        if name == "join" and len(node.args) == 1:
            return self._joined_marks(place, node.args[0], owner, depth)
        return None

    def _composed(self, place: Place, node: ast.Call, name: str, depth: int) -> list[str] | None:
        if name == "Placeholder":
            return ["%s"] if not node.args else None
        parts = [self.texts(Place(place.module, a, place.frame), depth + 1) for a in node.args]
        if not parts or any(part is None or len(part) != 1 for part in parts):
            return None
        words = [part[0] for part in parts if part is not None]
        if name == "Literal":
            return ["'" + words[0].replace("'", "''") + "'"]
        return [".".join('"' + word.replace('"', '""') + '"' for word in words)]

    def _joined_marks(
        self, place: Place, given: ast.expr, owner: Place, depth: int
    ) -> list[str] | None:
        """``", ".join(["%s"] * len(x))`` and ``", ".join(COLUMNS)``; one mark stands for many."""
        if isinstance(given, ast.BinOp) and isinstance(given.op, ast.Mult):
            given = given.left
        if isinstance(given, (ast.ListComp, ast.GeneratorExp)):
            return self.texts(Place(place.module, given.elt, place.frame), depth + 1)
        ends = self.ends(Place(place.module, given, place.frame), depth + 1)
        if ends is None or len(ends) != 1 or not isinstance(ends[0].node, (ast.List, ast.Tuple)):
            return None
        separators, elements = self.texts(owner, depth + 1), ends[0].node
        assert isinstance(elements, (ast.List, ast.Tuple))
        if separators is None or len(separators) != 1:
            return None
        words = []
        for element in elements.elts:
            texts = self.texts(Place(ends[0].module, element, ends[0].frame), depth + 1)
            if texts is None or len(texts) != 1:
                return None
            words.append(texts[0])
        return [separators[0].join(words)]

    def rows(self, place: Place) -> Iterator[Place]:
        """The expressions that the elements of a list are made by."""
        for end in self.ends(place) or [place]:
            node = end.node
            if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
                yield Place(end.module, node.elt, end.frame)
            elif isinstance(node, (ast.List, ast.Tuple)):
                yield from (Place(end.module, item, end.frame) for item in node.elts)
        if isinstance(place.node, ast.Name):
            yield from self._appended(place, place.node)

    def _appended(self, place: Place, name: ast.Name) -> Iterator[Place]:
        module = place.module
        bindings = module.scope_of(name).lookup(name.id)
        for reader in module.names.readers(name.id, bindings):
            method = module.names.parents.get(reader)
            call = module.names.parents.get(method) if method is not None else None
            is_append = isinstance(method, ast.Attribute) and method.attr == "append"
            if is_append and isinstance(call, ast.Call) and len(call.args) == 1:
                yield Place(module, call.args[0], place.frame)


def _target(function: AppFunction) -> object:
    is_constructor = function.owner is not None and function.name == "__init__"
    return function.owner if is_constructor else function
