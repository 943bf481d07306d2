"""What a string or a path in the source comes to, so that a folder of code can be found.

Stack code names its assets as plain texts, f-strings, ``os.path.join(dirname(__file__), …)`` or
``Path(__file__).parent / …``. Parameters and loop variables are read as a frame gives them.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from tapfix.model.python.evaluate import Evaluator, decided
from tapfix.model.python.frames import Frame
from tapfix.model.python.modules import Module
from tapfix.model.python.resolve import DEPTH

_JOINS = ("os.path.join", "posixpath.join")
_PATHS = ("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath")
_SAME = (
    "os.path.abspath",
    "os.path.realpath",
    "os.path.normpath",
    "os.path.expanduser",
    "os.fspath",
    "str",
)
_HERE = ("os.getcwd", "pathlib.Path.cwd")
_CONSTANTS = {"os.curdir": ".", "os.pardir": "..", "os.sep": "/", "os.path.sep": "/"}
_SAME_METHODS = ("resolve", "absolute", "as_posix", "expanduser", "__str__")


@dataclass(frozen=True, slots=True, eq=False)
class TextReader:
    """Reads texts and paths of one app, whose stack code runs in the folder ``root``."""

    evaluator: Evaluator
    root: str

    def read(
        self, module: Module, node: ast.expr, frame: Frame | None = None, depth: int = 0
    ) -> str | None:
        """The text or path that an expression comes to; None where the source does not tell it."""
        if depth > DEPTH:
            return None
        frame = frame or Frame()
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name() | ast.Attribute():
                return self._named(module, node, frame, depth)
            case ast.JoinedStr(values=pieces):
                return self._joined("", module, pieces, frame, depth)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.read(module, value, frame, depth + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined("", module, [left, right], frame, depth)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._joined("/", module, [left, right], frame, depth)
            case ast.Call():
                return self._call(module, node, frame, depth)
            case ast.Subscript(value=ast.Attribute(attr="parents") as parents):
                return self._ancestor(module, parents, node.slice, frame, depth)
            case ast.Subscript(value=mapping, slice=ast.Constant(value=str(key))):
                return self._entry(module, mapping, key, frame, depth)
        return self._constant(module, node)

    def _constant(self, module: Module, node: ast.expr) -> str | None:
        """What the evaluator makes of other spellings: ``%``, ``.format``."""
        constant = self.evaluator.value(module, node).constant
        return constant if isinstance(constant, str) else None

    def _joined(
        self, mark: str, module: Module, nodes: list[ast.expr], frame: Frame, depth: int
    ) -> str | None:
        """Texts in a row, or parts of a path; an absolute part starts a path anew."""
        parts = [self.read(module, node, frame, depth + 1) for node in nodes]
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            return None
        return posixpath.join(*known) if mark and known else "".join(known)

    def _named(
        self, module: Module, node: ast.Name | ast.Attribute, frame: Frame, depth: int
    ) -> str | None:
        symbol = self.evaluator.resolver.symbol(module, node)
        if isinstance(symbol, str) and symbol in _CONSTANTS:
            return _CONSTANTS[symbol]
        if isinstance(node, ast.Name):
            bindings = module.scope_of(node).lookup(node.id)
            if node.id == "__file__" and not bindings:
                return module.path
            given = frame.of(bindings)
            if given is not None:
                return self.read(given.module, given.node, given.frame, depth + 1)
        elif node.attr == "parent":
            path = self.read(module, node.value, frame, depth + 1)
            return posixpath.dirname(path) if path is not None else None
        elif node.attr in ("name", "stem"):
            return self._last_part(module, node, frame, depth)
        found = self.evaluator.binding(module, node)
        if found is None or found[1].value is None:
            return None
        home, binding = found
        if decided(home, binding.node, module, node):
            return None
        assert binding.value is not None
        return self.read(home, binding.value, frame, depth + 1)

    def _last_part(
        self, module: Module, node: ast.Attribute, frame: Frame, depth: int
    ) -> str | None:
        path = self.read(module, node.value, frame, depth + 1)
        if path is None:
            return None
        name = posixpath.basename(path)
        return name if node.attr == "name" else posixpath.splitext(name)[0]

    def _ancestor(
        self, module: Module, parents: ast.Attribute, index: ast.expr, frame: Frame, depth: int
    ) -> str | None:
        path = self.read(module, parents.value, frame, depth + 1)
        if path is None or not isinstance(index, ast.Constant) or not isinstance(index.value, int):
            return None
        for _ in range(index.value + 1):
            path = posixpath.dirname(path)
        return path

    def _entry(
        self, module: Module, mapping: ast.expr, key: str, frame: Frame, depth: int
    ) -> str | None:
        """``settings["handler"]``, where ``settings`` is a dict, or one of those of a loop."""
        if isinstance(mapping, ast.Name):
            given = frame.of(module.scope_of(mapping).lookup(mapping.id))
            if given is not None:
                module, mapping, frame = given.module, given.node, given.frame
        value = self.evaluator.value(module, mapping)
        entry = value.entries.get(key) if value.entries is not None and not value.open else None
        return self.read(entry.module, entry.node, frame, depth + 1) if entry is not None else None

    def _call(self, module: Module, node: ast.Call, frame: Frame, depth: int) -> str | None:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            return None
        callee = self._callee(module, node.func)
        if callee in _HERE:
            return self.root
        if callee in _JOINS or callee in _PATHS:
            return self._joined("/", module, node.args or [ast.Constant(".")], frame, depth)
        if len(node.args) == 1 and callee in _SAME:
            return self.read(module, node.args[0], frame, depth + 1)
        if len(node.args) == 1 and callee == "os.path.dirname":
            path = self.read(module, node.args[0], frame, depth + 1)
            return posixpath.dirname(path) if path is not None else None
        return self._method(module, node, frame, depth)

    def _callee(self, module: Module, function: ast.expr) -> object:
        if isinstance(function, ast.Name) and not module.scope_of(function).lookup(function.id):
            return function.id
        return self.evaluator.resolver.symbol(module, function)

    def _method(self, module: Module, node: ast.Call, frame: Frame, depth: int) -> str | None:
        function = node.func
        if not isinstance(function, ast.Attribute):
            return None
        if function.attr == "joinpath":
            return self._joined("/", module, [function.value, *node.args], frame, depth)
        if function.attr in _SAME_METHODS and not node.args:
            return self.read(module, function.value, frame, depth + 1)
        return self._constant(module, node)


@dataclass(frozen=True, slots=True, eq=False)
class Folders:
    """The folders of an app's files, to find what a path of the source means."""

    root: str
    files: Mapping[str, bytes]
    known: frozenset[str]

    @classmethod
    def of(cls, root: str, files: Mapping[str, bytes]) -> Folders:
        """The folders that hold these files, and those around them up to the topmost."""
        known = set(files)
        for path in files:
            folder = posixpath.dirname(path)
            while folder not in known:
                known.add(folder)
                folder = posixpath.dirname(folder)
        return cls(root, files, frozenset(known))

    def find(self, path: str, module: Module) -> str:
        """The folder or file that a path in a module's source means, by absolute path.

        CDK runs in the app's root; where nothing is there, the folders from the module's own up to
        the root are tried. If nothing is there either, it is what the path means in the root.
        """
        folders = [self.root]
        folder = posixpath.dirname(module.path)
        while len(folder) > len(self.root):
            folders.append(folder)
            folder = posixpath.dirname(folder)
        places = [posixpath.normpath(posixpath.join(folder, path)) for folder in folders]
        return next((place for place in places if place in self.known), places[0])
