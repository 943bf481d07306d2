"""How a handler's code logs in to a data store: which settings a driver's call is given, and where.

Passwords are told from the places that drivers take them at, never from how they look.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tapfix.model.access.connections import LOCAL, family_at
from tapfix.model.access.needs import code_of
from tapfix.model.app import App
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.lambdas.reached import Code, Leaf
from tapfix.model.python.values import Value

Role = Literal["host", "port", "user", "password", "database", "url"]

_NAMES: Mapping[str, Role] = {
    "host": "host",
    "server": "host",
    "port": "port",
    "user": "user",
    "username": "user",
    "password": "password",
    "passwd": "password",
    "database": "database",
    "dbname": "database",
    "db": "database",
    "dsn": "url",
    "conninfo": "url",
    "url": "url",
}
_PG8000: tuple[Role, ...] = ("user", "host", "database", "port", "password")
_MYSQL: tuple[Role, ...] = ("host", "user", "password", "database", "port")
_POSITIONS: Mapping[str, tuple[Role, ...]] = {
    "pg8000.connect": _PG8000,
    "pg8000.dbapi.connect": _PG8000,
    "pg8000.native.Connection": _PG8000,
    "MySQLdb.connect": _MYSQL,
    "pymysql.connect": _MYSQL,
    "redis.Redis": ("host", "port"),
    "redis.StrictRedis": ("host", "port"),
    "redis.Redis.from_url": ("url",),
    "redis.from_url": ("url",),
    "psycopg2.connect": ("url",),
    "psycopg.connect": ("url",),
    "psycopg.Connection.connect": ("url",),
    "asyncpg.connect": ("url",),
    "asyncpg.create_pool": ("url",),
    "psycopg_pool.ConnectionPool": ("url",),
    "pymongo.MongoClient": ("url",),
    "sqlalchemy.create_engine": ("url",),
    "sqlalchemy.ext.asyncio.create_async_engine": ("url",),
}
_MONGO = ("pymongo.MongoClient", "motor.motor_asyncio.AsyncIOMotorClient")
_IN_URL = re.compile(r"://[^/\s:@]*:([^@/\s\0]+)@")
_IN_DSN = re.compile(r"\bpassword\s*=\s*'?([^\s'\0]+)")
_HOST_IN_URL = re.compile(r"://(?:[^/\s@]*@)?[\w.-]+[^\0]*$|\bhost\s*=\s*'?[\w.-]+")


@dataclass(frozen=True, eq=False)
class Setting:
    """One setting of a login, an expression of the handler's code.

    ``texts`` are the texts that it may be by the code alone; ``variables`` the environment
    variables that it may be read from. ``is_plain`` says that it is just one of them, not worked
    out from it, nor chosen from several.
    """

    role: Role
    value: Value
    texts: tuple[str, ...]
    variables: tuple[str, ...]
    is_plain: bool

    @property
    def text(self) -> str | None:
        """The text that it is by the code alone, if it is just one."""
        return self.texts[0] if len(self.texts) == 1 else None

    @property
    def passwords(self) -> tuple[str, ...]:
        """The passwords that stand in the code."""
        if self.role == "url":
            return tuple(
                found[1]
                for text in self.texts
                for pattern in (_IN_URL, _IN_DSN)
                for found in pattern.finditer(text)
            )
        return tuple(filter(None, self.texts)) if self.role == "password" else ()

    @property
    def holds_host(self) -> bool:
        """Whether the code says which host it is, and nothing else does."""
        if self.variables:
            return False
        if self.role == "url":
            return any(_HOST_IN_URL.search(text) for text in self.texts)
        return self.role == "host" and any(text and "\0" not in text for text in self.texts)


@dataclass(frozen=True, eq=False)
class Login:
    """A call that connects to a data store of a family, and the settings it is given.

    ``holder`` is the call, or the dict that the call takes with ``**``; None where one of them is
    not to be seen.
    """

    family: str
    place: Leaf
    settings: Mapping[Role, Setting]
    holder: Value | None

    @property
    def call(self) -> ast.Call:
        """The call itself."""
        assert isinstance(self.place.node, ast.Call)
        return self.place.node

    @property
    def passwords(self) -> tuple[str, ...]:
        """The passwords that stand in the code."""
        return tuple(text for one in self.settings.values() for text in one.passwords)

    @property
    def is_flawed(self) -> bool:
        """Whether a password or a host stands in the code."""
        return bool(self.passwords) or any(one.holds_host for one in self.settings.values())


def is_local(host: str) -> bool:
    """Whether a host is the machine itself, which no data store of a function is on."""
    return host in LOCAL


def logins(app: App, handler: Handler) -> Iterator[Login]:
    """The logins of a handler's code, in the order of its modules."""
    code = code_of(app, handler)
    for place in code.calls():
        assert isinstance(place.node, ast.Call)
        callee = code.evaluator.callee(place.module, place.node)
        family = family_at(code, place)
        if not family and callee in _POSITIONS:
            family = "other"
        if family and isinstance(callee, str) and not _is_for_tries(place):
            yield _login(code, place, family, callee)


def _is_for_tries(place: Leaf) -> bool:
    """Whether a call stands under ``if __name__ == "__main__"``, where Lambda never comes."""
    around = place.module.names.ancestors(place.node)
    return any(isinstance(one, ast.If) and "__name__" in ast.unparse(one.test) for one in around)


def _login(code: Code, place: Leaf, family: str, callee: str) -> Login:
    call = place.node
    assert isinstance(call, ast.Call)
    found: dict[Role, Setting] = {}
    for role, node in zip(_POSITIONS.get(callee, ()), call.args, strict=False):
        if isinstance(node, ast.Starred):
            break
        found[role] = _setting(code, role, code.evaluator.value(place.module, node))
    spreads = []
    for keyword in call.keywords:
        value = code.evaluator.value(place.module, keyword.value)
        if keyword.arg is None:
            spreads.append(value)
        elif keyword.arg in _NAMES:
            role = _role(callee, keyword.arg)
            found[role] = _setting(code, role, value)
    holder: Value | None = code.evaluator.value(place.module, call)
    for spread in spreads:
        for name, value in (spread.entries or {}).items():
            if name in _NAMES:
                found[_role(callee, name)] = _setting(code, _role(callee, name), value)
    if spreads:
        one = spreads[0]
        alone = len(spreads) == 1 and one.kind == "dict" and not one.open and not one.shared
        is_whole = alone and not any(k.arg in _NAMES for k in call.keywords)
        holder = one if is_whole else None
    return Login(family, place, found, holder)


def _role(callee: str, name: str) -> Role:
    # MongoDB's host may be a whole URL; the database of Redis is a number.
    if callee in _MONGO and name == "host":
        return "url"
    return _NAMES[name]


def _setting(code: Code, role: Role, value: Value) -> Setting:
    texts, variables = [], []
    leaves = code.leaves(value.module, value.node) or [Leaf(value.module, value.node)]
    for leaf in leaves:
        variable = code.variable(leaf)
        if variable is not None:
            variables.append(variable)
        text = _text(code, _default(leaf) if variable is not None else leaf)
        if text is not None:
            texts.append(text)
    is_plain = len(leaves) == 1 and leaves[0].node in (value.node, value.origin)
    return Setting(role, value, tuple(texts), tuple(variables), is_plain)


def _default(leaf: Leaf) -> Leaf | None:
    """What is read where an environment variable is not set."""
    call = leaf.node
    if not isinstance(call, ast.Call):
        return None
    given = [keyword.value for keyword in call.keywords if keyword.arg == "default"]
    given += call.args[1:2]
    return Leaf(leaf.module, given[0]) if given else None


def _text(code: Code, leaf: Leaf | None) -> str | None:
    """The text of an expression, with a zero byte for what is not known of it."""
    if leaf is None:
        return None
    value = code.evaluator.value(leaf.module, leaf.node)
    if value.kind == "constant":
        known = value.constant
        return str(known) if isinstance(known, (str, int)) else None
    if value.kind == "text":
        return "".join(_part(part) for part in value.parts)
    return None


def _part(part: str | Value) -> str:
    if isinstance(part, str):
        return part
    return str(part.constant) if isinstance(part.constant, (str, int)) else "\0"
