"""Third-party packages that an app's folders and layers hold, as far as the source tells it."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tapfix.knowledge.distributions import Distribution, canonical, distribution, provider
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.overrides import is_set_from_afar, overrides
from tapfix.model.lambdas.functions import LambdaFunction
from tapfix.model.python.modules import AppFunction, Module
from tapfix.model.python.paths import Folders, TextReader

REQUIREMENTS = "requirements.txt"
LOCKS = ("Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pyproject.toml")
"""Other files by which ``PythonFunction`` installs a function's dependencies."""

LAYERS = ("aws_lambda.LayerVersion", "aws_lambda_python_alpha.PythonLayerVersion")
_SITE = re.compile(r"^lib/python[\d.]+/site-packages/")
"""Where a layer may hold packages below ``python``, if not right there."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_INTO = re.compile(
    rb"""pip[\d.]*["',\s]+install\b(?:[^\n\\;&|]|\\\r?\n|\\.)*?"""
    rb"""[\s"'](?:-t|--target)["',\s=]+([^\s"',;&]+)"""
)
"""A command that installs packages into a folder, in a script, a manual or the stack code."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """A ``requirements.txt``: its lines by the canonical name of what each asks for.

    ``closed`` says that every line asks for a distribution by its name and nothing else: there are
    no options, addresses, paths or further files.
    """

    lines: Mapping[str, str]
    closed: bool

    @property
    def is_open(self) -> bool:
        """Whether they ask for something of which nothing is known: that may bring any module."""
        return not self.closed or any(distribution(name) is None for name in self.lines)

    def provides(self, module: str) -> bool:
        """Whether a module is installed by these lines, or may be for all that is known."""
        if self.is_open:
            return True
        wanted = provider(module)
        known = (distribution(name) for name in self.lines)
        return wanted is not None and wanted.key in _with_needs(known)


def read_requirements(data: bytes) -> Requirements:
    """Read a ``requirements.txt``."""
    lines: dict[str, str] = {}
    closed = True
    for raw in data.decode("utf-8", "replace").splitlines():
        line = _COMMENT.sub("", raw).strip()
        name = canonical(line)
        if not line:
            continue
        if not name or line.startswith(("-", ".", "/")) or line.endswith("\\") or "@" in line:
            closed = False
        else:
            lines[name] = line
    return Requirements(lines, closed)


def _with_needs(given: Iterable[Distribution | None]) -> set[str]:
    """The canonical names of distributions and of all that they need."""
    pending = [one for one in given if one is not None]
    found: set[str] = set()
    while pending:
        one = pending.pop()
        if one.key not in found:
            found.add(one.key)
            found.update(name for name in one.needs if distribution(name) is None)
            pending += [known for name in one.needs if (known := distribution(name)) is not None]
    return found


@dataclass(frozen=True, slots=True)
class Content:
    """What one layer brings: topmost modules that lie in its folder, and what is installed."""

    modules: frozenset[str]
    requirements: Requirements | None

    def provides(self, module: str) -> bool:
        """Whether a function that has the layer can import a module."""
        installed = self.requirements is not None and self.requirements.provides(module)
        return module.partition(".")[0] in self.modules or installed


@dataclass(frozen=True, eq=False)
class Packages:
    """Answers for one app."""

    app: App
    folders: Folders

    @classmethod
    def of(cls, app: App) -> Packages:
        """For an app; ``App.once`` keeps it."""
        return cls(app, Folders.of(app.root, app.files))

    def requirements(self, folder: str) -> Requirements | None:
        """The ``requirements.txt`` in a folder, if there is one."""
        data = self.app.files.get(posixpath.join(folder, REQUIREMENTS))
        return read_requirements(data) if data is not None else None

    def has_lock(self, folder: str) -> bool:
        """Whether a folder has another file that says what is to be installed."""
        return any(posixpath.join(folder, name) in self.app.files for name in LOCKS)

    def modules_in(self, folder: str) -> frozenset[str]:
        """The topmost modules in a folder, those that pip's records there speak of too."""
        return frozenset(self._modules_in(f"{folder}/"))

    def _modules_in(self, start: str) -> Iterator[str]:
        for path in self.app.files:
            if path.startswith(start):
                first, _, rest = _SITE.sub("", path.removeprefix(start)).partition("/")
                if rest == "RECORD" and first.endswith(".dist-info"):
                    yield from _recorded(self.app.files[path])
                else:
                    yield first.removesuffix(".py")

    def is_installed_into(self, folder: str) -> bool:
        """Whether a script or a manual of the app has packages installed into a folder.

        So it is, too, where such a command does not tell the folder's name.
        """
        return not {posixpath.basename(folder), ""}.isdisjoint(self.app.once(_installed_into))

    # Layers

    def layers_of(self, function: Construct) -> list[Construct] | None:
        """The app's layers that a function has; None if it has others, or may have."""
        from_afar = is_set_from_afar(self.app, "Layers", "add_layers")
        if from_afar or overrides(self.app, function, "Layers"):
            return None
        found: list[Construct] = []
        values = [function.value("layers")] if function.argument("layers") else []
        for use in self.app.uses(function):
            if use.chain == ("add_layers",):
                if use.conditional or use.value is None:
                    return None
                values += use.value.arguments
        for value in values:
            if value is None or value.open or not value.is_known:
                return None
            items = value.items if value.kind == "list" else (value,)
            layers = [self._by_call.get(item.origin) for item in items]
            known = [layer for layer in layers if layer is not None]
            if len(known) < len(layers):
                return None
            found += known
        return None if "layers" not in function.arguments and function.open else found

    @property
    def _by_call(self) -> Mapping[ast.expr, Construct]:
        return self.app.once(_layers_by_call)

    def content(self, layer: Construct) -> Content | None:
        """What a layer of the app brings; None if that is not to be seen."""
        builds = layer.is_a(LAYERS[1])
        code = layer.value("entry" if builds else "code")
        if code is None:
            return None
        for folder in self._folders_in(code.origin_module, code.origin):
            requirements = self.requirements(folder)
            if builds and requirements is None and self.has_lock(folder):
                return None
            source = folder if builds else f"{folder}/python"
            if requirements is not None or source in self.folders.known:
                return Content(self.modules_in(source), requirements)
        return None

    def _folders_in(self, module: Module, node: ast.expr) -> Iterator[str]:
        """The folders that the first text in a call, or a text itself, may mean."""
        reader = TextReader(self.app.evaluator, self.app.root)
        given, homes = node, [module]
        if isinstance(node, ast.Call):
            named = (k.value for k in node.keywords if k.arg in ("path", "folder", "name"))
            argument = node.args[0] if node.args else next(named, None)
            if argument is None:
                return
            callee = self.app.evaluator.callee(module, node)
            given = argument
            homes += [callee.module] if isinstance(callee, AppFunction) else []
        text = reader.read(module, given)
        if text is not None:
            yield from (self.folders.find(text, home) for home in homes)


def _layers_by_call(app: App) -> Mapping[ast.expr, Construct]:
    return {layer.node: layer for layer in app.of(*LAYERS)}


def _installed_into(app: App) -> frozenset[str]:
    """The names of the folders that commands install into; empty for one that is not told."""
    told = (match[1] for data in app.files.values() for match in _INTO.finditer(data))
    paths = (path.decode("utf-8", "replace") for path in told)
    return frozenset(_folder_name(path) for path in paths if "asset-output" not in path)


def _folder_name(path: str) -> str:
    name = posixpath.basename(posixpath.normpath(path))
    return "" if name in (".", "..") or set(name) & set("${<") else name


def _recorded(record: bytes) -> Iterator[str]:
    """The topmost modules that a ``RECORD`` of pip lists."""
    for line in record.decode("utf-8", "replace").splitlines():
        first = line.partition(",")[0].partition("/")[0]
        if first and not first.endswith(".dist-info"):
            yield first.partition(".")[0]


def is_bundled(function: LambdaFunction) -> bool:
    """Whether something is done to a function's folder before it is deployed, or may be."""
    code = function.construct.value("code")
    return code is not None and (code.open or code.argument("bundling") is not None)
