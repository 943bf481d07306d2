"""How a handler's code logs in to a data store: which settings a driver's call is given, and where.

Passwords are told from the places that drivers take them at, never from how they look.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tapfix.model.access.connections import DRIVERS, LOCAL, family_at
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
_REDIS: tuple[Role, ...] = ("host", "port", "database", "password")
_POOL: tuple[Role | None, ...] = (None, None, "url")
_POSITIONS: Mapping[str, tuple[Role | None, ...]] = {
    "pg8000.connect": _PG8000,
    "pg8000.dbapi.connect": _PG8000,
    "pg8000.native.Connection": _PG8000,
    "MySQLdb.connect": _MYSQL,
    "pymysql.connect": _MYSQL,
    "redis.Redis": _REDIS,
    "redis.StrictRedis": _REDIS,
    "valkey.Valkey": _REDIS,
    "aioredis.create_redis_pool": ("url",),
    "aioredis.from_url": ("url",),
    "redis.Redis.from_url": ("url",),
    "redis.asyncio.from_url": ("url",),
    "redis.from_url": ("url",),
    "valkey.from_url": ("url",),
    "psycopg2.connect": ("url",),
    "psycopg2.pool.SimpleConnectionPool": _POOL,
    "psycopg2.pool.ThreadedConnectionPool": _POOL,
    "psycopg.connect": ("url",),
    "psycopg.AsyncConnection.connect": ("url",),
    "psycopg.Connection.connect": ("url",),
    "asyncpg.connect": ("url",),
    "asyncpg.create_pool": ("url",),
    "psycopg_pool.AsyncConnectionPool": ("url",),
    "psycopg_pool.ConnectionPool": ("url",),
    "pymongo.MongoClient": ("url",),
    "sqlalchemy.create_engine": ("url",),
    "sqlalchemy.ext.asyncio.create_async_engine": ("url",),
}
_DEEP = ("psycopg_pool.AsyncConnectionPool", "psycopg_pool.ConnectionPool")
_MONGO = ("pymongo.MongoClient", "motor.motor_asyncio.AsyncIOMotorClient")
_LIBRARIES = re.compile(
    rb"\b(?:import|from)\b[^\n]*\b(?:%s)\b"
    % b"|".join(
        name.encode()
        for name in sorted(DRIVERS.union(one.partition(".")[0] for one in (*_POSITIONS, *_MONGO)))
    )
)
"""A line that imports what logs in."""
_LEAVING = (ast.Return, ast.Raise)
_LOOKUPS = ("get", "getenv", "pop", "setdefault")
_DEPTH = 6
_TELLING = 3  # characters: fewer tell nothing of a password, and stand everywhere
_IN_URL = re.compile(r"://[^/\s:@]*:([^@/\s\0]+)@")
_IN_DSN = re.compile(r"\bpassword\s*=\s*(?:'((?:\\.|[^'\\\0])+)'|([^\s'\0]+))")
_HOST_IN_URL = re.compile(r"://(?:[^/\s@]*@)?[\w.-]+[^\0]*$|\bhost\s*=\s*'?[\w.-]+")


@dataclass(frozen=True, eq=False)
class Setting:
    """One setting of a login, an expression of the handler's code.

    ``texts`` are the texts that it may be by the code alone, ``given`` the expressions of them;
    ``variables`` are the environment variables that it may be read from. ``is_plain`` says that it
    is just one of them, not worked out from it, nor chosen from several.
    """

    role: Role
    value: Value
    texts: tuple[str, ...]
    given: tuple[Value, ...]
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
            return tuple(found for text in self.texts for found in passwords_in(text))
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
    not to be seen. ``is_chosen`` says that the environment, or an error, decides whether it is this
    login that is done.
    """

    family: str
    place: Leaf
    settings: Mapping[Role, Setting]
    holder: Value | None
    is_chosen: bool

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
    def hides(self) -> tuple[str, ...]:
        """What no report may show: the passwords, and the pieces they are put together from.

        Of an expression that cannot be followed these are the texts in it.
        """
        known = (
            piece
            for one in self.settings.values()
            for text in one.passwords
            for piece in (text, *(p for leaf in one.given for p in pieces(leaf, text)))
        )
        given = self.settings.get("password")
        return (*known, *(_literals(given.value.origin) if given is not None else ()))

    @property
    def is_flawed(self) -> bool:
        """Whether a password or a host stands in the code, not just for the machine at home."""
        host = self.settings.get("host")
        if self.is_chosen and host is not None and host.text is not None and is_local(host.text):
            return False
        return bool(self.passwords) or any(one.holds_host for one in self.settings.values())


def passwords_in(address: str) -> Iterator[str]:
    """The passwords in a URL or in a connection string, as they are spelled there."""
    for pattern in (_IN_URL, _IN_DSN):
        for found in pattern.finditer(address):
            yield next(filter(None, found.groups()))


def is_local(host: str) -> bool:
    """Whether a host is the machine itself, which no data store of a function is on."""
    return host in LOCAL


def logins(app: App, handler: Handler) -> Iterator[Login]:
    """The logins of a handler's code, in the order of its modules."""
    if not _imports_driver(handler):
        return
    code = code_of(app, handler)
    for place in code.calls():
        assert isinstance(place.node, ast.Call)
        callee = code.evaluator.callee(place.module, place.node)
        family = family_at(code, place)
        if not family and callee in _POSITIONS:
            family = "other"
        if family and isinstance(callee, str) and not _is_for_tries(place):
            yield _login(code, place, family, callee)


def _imports_driver(handler: Handler) -> bool:
    """Whether a handler's files import what logs in: else none of its code need be followed."""
    return any(_LIBRARIES.search(module.file.data) for module in handler.modules)


def _is_for_tries(place: Leaf) -> bool:
    """Whether a call stands under ``if __name__ == "__main__"``, where Lambda never comes."""
    around = place.module.names.ancestors(place.node)
    return any(isinstance(one, ast.If) and "__name__" in ast.unparse(one.test) for one in around)


def _is_chosen(code: Code, place: Leaf) -> bool:
    """Whether the environment, or an error, decides whether a call is made."""
    inner: ast.AST = place.node
    for around in place.module.names.ancestors(place.node):
        if isinstance(around, ast.ExceptHandler):
            return True
        tests = [around.test] if isinstance(around, (ast.If, ast.IfExp)) else []
        tests += [one.test for one in _left_before(around, inner)]
        if any(_reads_environment(code, Leaf(place.module, test)) for test in tests):
            return True
        if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
        inner = around
    return False


def _left_before(around: ast.AST, inner: ast.AST) -> Iterator[ast.If]:
    """The conditions above a statement after which its block is left."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(around, name, None)
        if isinstance(block, list) and inner in block:
            for statement in block[: block.index(inner)]:
                if isinstance(statement, ast.If) and isinstance(statement.body[-1], _LEAVING):
                    yield statement


def _reads_environment(code: Code, place: Leaf, depth: int = 0) -> bool:
    """Whether a condition is about the variables of the environment.

    What was made with their help, a connection say, is another matter.
    """
    if code.evaluator.resolver.symbol(place.module, place.node) == "os.environ":
        return True
    if code.variable(place) is not None:
        return True
    if depth > _DEPTH:
        return False
    inner = [Leaf(place.module, node) for node in _compared(place.node)]
    if isinstance(place.node, (ast.Name, ast.Attribute, ast.Call)):
        leaves = code.leaves(place.module, place.node) or []
        inner += [leaf for leaf in leaves if leaf.node is not place.node]
    return any(_reads_environment(code, leaf, depth + 1) for leaf in inner)


def _compared(node: ast.expr) -> list[ast.expr]:
    """The values that a condition is about."""
    match node:
        case ast.BoolOp(values=values):
            return values
        case ast.UnaryOp(operand=value) | ast.NamedExpr(value=value):
            return [value]
        case ast.Compare(left=left, comparators=others):
            return [left, *others]
        case ast.Call(func=ast.Attribute(value=value)):
            return [value]
        case ast.Call(func=ast.Name(id="bool" | "str"), args=values):
            return values
    return []


def _login(code: Code, place: Leaf, family: str, callee: str) -> Login:
    call = place.node
    assert isinstance(call, ast.Call)
    found: dict[Role, Setting] = {}
    for role, node in zip(_POSITIONS.get(callee, ()), call.args, strict=False):
        if isinstance(node, ast.Starred):
            break
        if role is not None:
            found[role] = _setting(code, role, code.evaluator.value(place.module, node))
    spreads = []
    for keyword in call.keywords:
        value = code.evaluator.value(place.module, keyword.value)
        if keyword.arg is None or (keyword.arg == "kwargs" and callee in _DEEP):
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
    return Login(family, place, found, holder, _is_chosen(code, place))


def _role(callee: str, name: str) -> Role:
    # MongoDB's host may be a whole URL; the database of Redis is a number.
    if callee in _MONGO and name == "host":
        return "url"
    return _NAMES[name]


def _setting(code: Code, role: Role, value: Value) -> Setting:
    texts, given, variables = [], [], []
    leaves = code.leaves(value.module, value.node) or [Leaf(value.module, value.node)]
    leaves = [_entry(code, leaf) for leaf in leaves]
    for leaf in leaves:
        variable = code.variable(leaf)
        if variable is not None:
            variables.append(variable)
        source = _default(leaf) if variable is not None else leaf
        one = code.evaluator.value(source.module, source.node) if source is not None else None
        text = _text(one) if one is not None else None
        if one is not None and text is not None:
            texts.append(text)
            given.append(one)
    is_plain = len(leaves) == 1 and leaves[0].node in (value.node, value.origin)
    return Setting(role, value, tuple(texts), tuple(given), tuple(variables), is_plain)


def _default(leaf: Leaf) -> Leaf | None:
    """What is read where an environment variable is not set."""
    call = leaf.node
    if not isinstance(call, ast.Call):
        return None
    given = [keyword.value for keyword in call.keywords if keyword.arg == "default"]
    given += call.args[1:2]
    return Leaf(leaf.module, given[0]) if given else None


def _entry(code: Code, leaf: Leaf) -> Leaf:
    """The entry of a dict that is taken out of it, for ``LOGIN["host"]``; else the leaf itself."""
    node = leaf.node
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        entries = code.evaluator.value(leaf.module, node.value).entries or {}
        entry = entries.get(str(node.slice.value))
        if entry is not None:
            return Leaf(entry.module, entry.node)
    return leaf


def _text(value: Value) -> str | None:
    """The text of an expression, with a zero byte for what is not known of it."""
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


def _literals(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may take its value from: no keys, and no arguments."""
    inner: list[ast.AST]
    if isinstance(node, ast.Constant):
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        if isinstance(text, str) and len(text) >= _TELLING:
            yield text
        return
    if isinstance(node, ast.Call):
        is_lookup = isinstance(node.func, ast.Attribute) and node.func.attr in _LOOKUPS
        inner = [node.func, *(node.args[1:] if is_lookup else ())]
        inner += [one.value for one in node.keywords if one.arg == "default"]
    elif isinstance(node, ast.Subscript):
        inner = [node.value]
    elif isinstance(node, ast.Dict):
        inner = list(node.values)
    else:
        inner = list(ast.iter_child_nodes(node))
    for one in inner:
        yield from _literals(one)


def pieces(value: Value, text: str) -> tuple[str, ...]:
    """The pieces that a text is spelled in, where its source holds it in no one piece."""
    source = value.origin_module.file.source(value.origin_ref)
    if value.kind != "constant" or text in source:
        return ()
    tokens = tokenize.generate_tokens(io.StringIO(f"({source})").readline)
    strings = [token.string for token in tokens if token.type == tokenize.STRING]
    found = (string.strip("rRbBuUfF").strip("\"'") for string in strings)
    return tuple(piece for piece in found if len(piece) >= _TELLING)
