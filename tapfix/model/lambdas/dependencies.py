"""What a Lambda function's code imports and nothing brings along when the function is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tapfix.knowledge.distributions import (
    OF_LAMBDA,
    Distribution,
    former_standard_library,
    provider,
    standard_library,
)
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.functions import PYTHON_FUNCTION, LambdaFunction
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.lambdas.packages import Content, Packages, Requirements, is_bundled
from tapfix.model.python.callers import Callers
from tapfix.model.python.imported import Import, Loaded, load
from tapfix.model.python.modules import Module

_NEWEST = 13
_VERSION = re.compile(r"python3\.(\d+)")
_CDK = "aws-cdk-lib"
_INLINE_ONLY = frozenset({"cfnresponse"})
_GENERATED = re.compile(r"_pb2(?:_grpc)?\b")
_URL = re.compile(r"\b(?:postgres(?:ql)?|mysql|mariadb)(?:\+\w+)?://")
# The driver that SQLAlchemy loads for a URL, which no import names.
_DRIVERS = {
    "postgresql": "psycopg2",
    "postgresql+psycopg2": "psycopg2",
    "postgresql+psycopg": "psycopg",
    "postgresql+pg8000": "pg8000",
    "postgresql+asyncpg": "asyncpg",
    "mysql+pymysql": "pymysql",
    "mysql+mysqlconnector": "mysql",
    "mariadb+pymysql": "pymysql",
}


@dataclass(frozen=True, slots=True)
class Absent:
    """A module that is imported and missing.

    ``name`` is how to call it in a message; ``distribution`` brings it, None if that is not known
    or nothing does: then ``reason`` says why it cannot be had. It is ``declared`` if the folder has
    a list of packages, one of which may bring it.
    """

    name: str
    distribution: Distribution | None = None
    reason: str = ""
    declared: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it can be installed."""
        return self.distribution is not None or self.declared


@dataclass(frozen=True, eq=False)
class Needs:
    """What one construct's function lacks, by the names of the modules, in order.

    ``minor`` is the minor version of its Python 3, None if the source does not tell it. ``folder``
    is the one it deploys, None for inline code; ``given`` is the ``requirements.txt`` in it, which
    nothing installs unless the function ``builds`` itself, as ``PythonFunction`` does.
    """

    function: Construct
    minor: int | None
    absent: tuple[Absent, ...]
    folder: str | None = None
    given: Requirements | None = None
    builds: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The modules that can be installed."""
        return tuple(one.name for one in self.absent if one.is_known)

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        """What could be installed."""
        return tuple(one.distribution for one in self.absent if one.distribution is not None)


def read_needs(app: App) -> tuple[Needs, ...]:
    """The functions of an app that lack something, in order of path and place."""
    reading = _Reading(app, app.once(Packages.of))
    found: dict[Construct, list[Needs]] = {}
    for function, handler in _pairs(app):
        needs = reading.needs(function, handler)
        if needs is not None:
            found.setdefault(function.construct, []).append(needs)
    merged = (_merged(several) for several in found.values())
    return tuple(sorted(merged, key=lambda needs: needs.function.ref))


def minor_of(runtime: str | None) -> int | None:
    """The minor version of Lambda's Python 3 runtime of a name."""
    found = _VERSION.fullmatch(runtime or "")
    return int(found[1]) if found else None


def _pairs(app: App) -> Iterator[tuple[LambdaFunction, Handler]]:
    """Functions of which it is known what they deploy, with the handler that each runs."""
    callers = Callers(app.evaluator)
    for handler in (*app.handlers, *(handler for _, handler in app.inline_handlers)):
        for function in handler.deployed_by:
            has_code = function.code in ("inline", "file") or function.path is not None
            in_test = callers.is_test(function.construct.module)
            if function.code in ("asset", "inline", "file") and has_code and not in_test:
                yield function, handler


def _merged(several: list[Needs]) -> Needs:
    """The needs of a construct that makes several functions."""
    first = several[0]
    absent = {one.name: one for needs in several for one in needs.absent}
    return Needs(
        first.function, first.minor, tuple(absent.values()), first.folder, first.given, first.builds
    )


@dataclass(frozen=True, eq=False)
class _Reading:
    app: App
    packages: Packages

    def needs(self, function: LambdaFunction, handler: Handler) -> Needs | None:
        """What one function lacks; None if that is nothing, or not to be seen."""
        builds = function.construct.is_a(PYTHON_FUNCTION)
        folder = function.path if function.code == "asset" else None
        layers = self.packages.layers_of(function.construct)
        if layers is None or (folder is not None and is_bundled(function)):
            return None
        if folder is not None and not builds and self.packages.is_installed_into(folder):
            return None
        contents = [self.packages.content(layer) for layer in layers]
        if None in contents:
            return None
        given = self.packages.requirements(folder) if folder is not None else None
        if given is not None and _CDK in given.lines:
            # The list of the whole app, whose folder the function deploys.
            given = None
        if builds and folder is not None and given is None and self.packages.has_lock(folder):
            return None
        own = self.packages.modules_in(folder) if folder is not None else frozenset[str]()
        loaded = load(self.app.modules, handler.module, folder, own)
        if any(b"sys.path" in module.file.data for module in loaded.modules):
            return None
        minor = minor_of(function.runtime)
        known = [content for content in contents if content is not None]
        absent = tuple(self._absent(loaded, minor, known, given if builds else None, own))
        if given is not None and not builds and given.is_open:
            absent = tuple(replace(one, declared=True) for one in absent)
        if folder is None:
            absent = tuple(one for one in absent if one.name not in _INLINE_ONLY)
        return Needs(function.construct, minor, absent, folder, given, builds) if absent else None

    def _absent(
        self,
        loaded: Loaded,
        minor: int | None,
        layers: list[Content],
        built: Requirements | None,
        own: frozenset[str],
    ) -> Iterator[Absent]:
        """The modules that are in none of the places where Python looks for them."""
        seen: set[str] = set()
        for module, one in self._wanted(loaded):
            if one.top in own or one.top in _there(minor) or _GENERATED.search(one.text):
                continue
            if any(layer.provides(one.text) for layer in layers):
                continue
            if built is not None and built.provides(one.text):
                continue
            absent = self._described(module, one, minor)
            if absent.name not in seen:
                seen.add(absent.name)
                yield absent

    def _wanted(self, loaded: Loaded) -> Iterator[tuple[Module, Import]]:
        yield from loaded.foreign
        for module in loaded.modules:
            if "sqlalchemy" in (name.partition(".")[0] for name in module.names.imports):
                for driver in _drivers(module):
                    yield module, Import(driver, driver)

    def _described(self, module: Module, one: Import, minor: int | None) -> Absent:
        distribution = provider(one.text)
        if distribution is not None:
            return Absent(_name(one, distribution), distribution)
        if one.top in former_standard_library():
            version = f"Python 3.{minor}" if minor is not None else "this Python"
            return Absent(one.top, None, f"{one.top} is not in the standard library of {version}")
        if self.app.modules.imported(module, one.top) or self.app.modules.imported(
            module, one.text
        ):
            reason = f"{one.top} is a module of the app, but not in what the function deploys"
            return Absent(one.top, None, reason)
        return Absent(one.top, None, f"which distribution provides {one.top} is not known")


def _there(minor: int | None) -> frozenset[str]:
    """What a runtime has by itself."""
    return standard_library(minor if minor is not None else _NEWEST) | OF_LAMBDA | {"__future__"}


def _name(one: Import, distribution: Distribution) -> str:
    """The part of a dotted name that the distribution brings."""
    parts = one.text.split(".")
    names = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
    return next((name for name in names if name in distribution.modules), one.top)


def _drivers(module: Module) -> Iterator[str]:
    """The database drivers that the URLs in a module ask for."""
    for string in module.names.strings:
        for match in _URL.finditer(str(string.value)):
            driver = _DRIVERS.get(match[0].removesuffix("://"))
            if driver is not None:
                yield driver
