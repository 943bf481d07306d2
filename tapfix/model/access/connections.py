"""Which data stores of the app a function opens connections to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tapfix.model.access.datastores import DataStore, data_stores, is_endpoint
from tapfix.model.access.needs import code_of, handlers_of
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.reached import Code, Leaf
from tapfix.model.lambdas.sdk import uses_sdk
from tapfix.model.lambdas.variables import Variable, variables

_DRIVERS = {
    "postgres": (
        "asyncpg.connect",
        "asyncpg.create_pool",
        "pg8000.connect",
        "pg8000.dbapi.connect",
        "pg8000.native.Connection",
        "psycopg.AsyncConnection.connect",
        "psycopg.Connection.connect",
        "psycopg.connect",
        "psycopg2.connect",
        "psycopg2.pool.SimpleConnectionPool",
        "psycopg2.pool.ThreadedConnectionPool",
        "psycopg_pool.AsyncConnectionPool",
        "psycopg_pool.ConnectionPool",
    ),
    "mysql": (
        "MySQLdb.connect",
        "aiomysql.connect",
        "aiomysql.create_pool",
        "mysql.connector.connect",
        "mysql.connector.pooling.MySQLConnectionPool",
        "pymysql.Connection",
        "pymysql.connect",
        "pymysql.connections.Connection",
    ),
    "sqlserver": ("pymssql.connect", "pytds.connect"),
    "oracle": ("cx_Oracle.connect", "oracledb.connect"),
    "redis": (
        "aioredis.Redis",
        "aioredis.create_redis_pool",
        "aioredis.from_url",
        "redis.BlockingConnectionPool",
        "redis.ConnectionPool",
        "redis.Redis",
        "redis.Redis.from_url",
        "redis.RedisCluster",
        "redis.StrictRedis",
        "redis.asyncio.Redis",
        "redis.asyncio.from_url",
        "redis.cluster.RedisCluster",
        "redis.from_url",
        "valkey.Valkey",
        "valkey.from_url",
    ),
    "memcached": (
        "pylibmc.Client",
        "pymemcache.Client",
        "pymemcache.HashClient",
        "pymemcache.client.base.Client",
        "pymemcache.client.hash.HashClient",
    ),
    "mongo": ("pymongo.MongoClient", "motor.motor_asyncio.AsyncIOMotorClient"),
    "opensearch": ("opensearchpy.OpenSearch",),
    "redshift": ("redshift_connector.connect",),
}
_FAMILIES = {name: family for family, names in _DRIVERS.items() for name in names}
_URLS = (
    "sqlalchemy.URL.create",
    "sqlalchemy.create_engine",
    "sqlalchemy.engine.URL.create",
    "sqlalchemy.engine.url.URL.create",
    "sqlalchemy.ext.asyncio.create_async_engine",
)
DRIVERS = frozenset(name.partition(".")[0] for name in (*_FAMILIES, *_URLS))
"""The libraries that open connections to data stores, by the names they are imported by."""
_SCHEMES = {"postgres": "postgres", "mysql": "mysql", "mariadb": "mysql", "mssql": "sqlserver"}
_HOSTS = ("host", "url", "hosts", "server")
LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "::1")
"""What a host is called on itself."""
_SECRETS = ("secret_arn", "secret_full_arn", "secret_name")
_DATA_API = b"rds-data"
_INTERNET = frozenset(["requests", "urllib", "urllib3", "http", "httpx", "aiohttp", "smtplib"])


@dataclass(frozen=True, eq=False)
class Connection:
    """A function that reaches a data store; ``because`` says from what that is known."""

    function: Construct
    store: DataStore
    because: str


def connections(app: App, function: Construct) -> tuple[Connection, ...]:
    """The data stores that a function reaches, each once."""
    found: dict[Construct, Connection] = {}
    known = variables(app, function)
    for one in (*_told(app, function, known), *_driven(app, function, known)):
        found.setdefault(one.store.construct, one)
    return tuple(found.values())


def _told(app: App, function: Construct, known: Mapping[str, Variable]) -> Iterator[Connection]:
    """Whoever is told where a data store is goes there."""
    for variable in known.values():
        found = variable.reference
        if found is None or _is_passed_by(app, function, variable.name):
            continue
        if is_endpoint(found):
            for store in data_stores(app):
                if store.construct is found.construct:
                    yield Connection(function, store, f"has its address in {variable.name}")


def _is_passed_by(app: App, function: Construct, name: str) -> bool:
    """Whether a function uses the RDS Data API, and never the address in a variable."""
    code = [m.file.data for handler in handlers_of(app, function) for m in handler.modules]
    return any(_DATA_API in data for data in code) and not any(name.encode() in d for d in code)


def _driven(app: App, function: Construct, known: Mapping[str, Variable]) -> Iterator[Connection]:
    for handler in handlers_of(app, function):
        code = code_of(app, handler)
        for place in code.calls():
            family = family_at(code, place)
            store = _store(app, family, code, place, known) if family else None
            if store is not None:
                assert isinstance(place.node, ast.Call)
                yield Connection(function, store, f"connects with {_spelled(place.node)}")


def _spelled(call: ast.Call) -> str:
    return ast.unparse(call.func)


def family_at(code: Code, place: Leaf) -> str:
    """The protocol that a call begins to speak; empty if it does no such thing."""
    node = place.node
    assert isinstance(node, ast.Call)
    callee = code.evaluator.callee(place.module, node)
    if not isinstance(callee, str):
        return ""
    if callee in _URLS and node.args:
        value = code.evaluator.value(place.module, node.args[0])
        text = value.constant if value.constant is not None else next(iter(value.parts), None)
        scheme = text.partition(":")[0] if isinstance(text, str) else ""
        return next((f for start, f in _SCHEMES.items() if scheme.startswith(start)), "")
    return _FAMILIES.get(callee, "")


def _store(
    app: App, family: str, code: Code, place: Leaf, known: Mapping[str, Variable]
) -> DataStore | None:
    """The one data store that a call can mean, where it does not name another host."""
    named = _host(code, place, known)
    if named is False:
        return None
    mine = [store for store in data_stores(app) if store.family == family]
    told = [
        store
        for variable in known.values()
        if variable.reference is not None and variable.reference.chain[-1:]
        for store in mine
        if _speaks_of(app, variable, store)
    ]
    if told:
        return told[0] if len({store.construct for store in told}) == 1 else None
    return mine[0] if len(mine) == 1 and not has_unknown_engine(app) else None


def has_unknown_engine(app: App) -> bool:
    """Whether the source does not tell what one of the app's data stores speaks."""
    return any(not store.family for store in data_stores(app))


def _speaks_of(app: App, variable: Variable, store: DataStore) -> bool:
    """Whether a variable tells the address or the secret of a data store."""
    found = variable.reference
    assert found is not None
    if found.construct is store.construct:
        return is_endpoint(found) or found.chain[:1] == ("secret",)
    if found.chain[-1] not in _SECRETS:
        return False
    given = store.construct.value("credentials")
    return given is not None and any(
        use.kind == "argument" and use.value is not None and use.value.origin is given.origin
        for use in app.uses(found.construct)
    )


def _host(code: Code, place: Leaf, known: Mapping[str, Variable]) -> bool | None:
    """Whether a call's host is one of the app's for sure; False if it is another, None if open."""
    node = place.node
    assert isinstance(node, ast.Call)
    given = next((k.value for k in node.keywords if k.arg in _HOSTS), None)
    if given is None:
        return None
    leaves = code.leaves(place.module, given)
    for leaf in leaves or ():
        text = code.evaluator.value(leaf.module, leaf.node).constant
        variable = known.get(code.variable(leaf) or "")
        if variable is not None and variable.reference is None:
            value = variable.value.constant
            if isinstance(value, str) and value not in LOCAL:
                return False
        if isinstance(text, str) and not any(local in text for local in LOCAL):
            return False
    return None


def needs_way_out(app: App, function: Construct) -> str | None:
    """Why a function must reach more than its VPC; None if it certainly need not."""
    handlers = handlers_of(app, function)
    if not handlers:
        return "its code cannot be read"
    for handler in handlers:
        code = code_of(app, handler)
        if uses_sdk(code):
            return "its handler calls AWS"
        for place in code.calls():
            assert isinstance(place.node, ast.Call)
            callee = code.evaluator.callee(place.module, place.node)
            if isinstance(callee, str) and callee.partition(".")[0] in _INTERNET:
                return f"its handler calls {callee}"
            if family_at(code, place) and any(
                k.arg in ("password", "passwd")
                and isinstance(code.evaluator.value(place.module, k.value).constant, str)
                for k in place.node.keywords
            ):
                return "its password belongs into Secrets Manager, which it then has to reach"
    return None
