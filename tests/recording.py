"""Stand-ins for the libraries that handlers call: they do nothing, and write down what was asked.

What a handler does to the world is what it calls, in order. A stand-in answers every question with
another stand-in, but for those questions whose answer a handler works on.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

LIBRARIES = (
    "boto3",
    "mysql",
    "mysql.connector",
    "pg8000",
    "psycopg",
    "psycopg2",
    "psycopg2.pool",
    "psycopg_pool",
    "pymongo",
    "pymysql",
    "redis",
    "requests",
    "sqlalchemy",
)

CONNECTING = {
    "mysql.connector.connect",
    "pg8000.connect",
    "psycopg.connect",
    "psycopg2.connect",
    "psycopg2.pool.SimpleConnectionPool",
    "psycopg2.pool.ThreadedConnectionPool",
    "psycopg_pool.ConnectionPool",
    "pymongo.MongoClient",
    "pymysql.connect",
    "redis.Redis",
    "sqlalchemy.URL.create",
    "sqlalchemy.create_engine",
}
"""What opens a connection, or says how one is to be opened."""

POSITIONS = {"pg8000.connect": ("user", "host", "database", "port", "password")}
"""The names of arguments that handlers give by position."""

_SECRETS = "boto3.client('secretsmanager')"


@dataclass(frozen=True)
class Call:
    """One call: what was called, and the arguments as Python would print them."""

    name: str
    arguments: str


@dataclass
class Record:
    """What a handler did: ``effects`` in order, apart from where it connected and with what."""

    effects: list[Call] = field(default_factory=list)
    connections: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    secret: Mapping[str, Any] = field(default_factory=dict)

    def modules(self) -> dict[str, Any]:
        """The libraries' stand-ins, for ``sys.modules``."""
        return {name: StandIn(name, self) for name in LIBRARIES}

    def console(self) -> io.TextIOBase:
        """A standard output whose texts are effects."""
        return _Console(self)

    def called(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Write a call down, and what it answers."""
        if name in CONNECTING:
            names = POSITIONS.get(name, tuple(map(str, range(len(args)))))
            nested = kwargs.pop("kwargs", {})  # a pool's, for each of its connections
            given = dict(zip(names, args, strict=False))
            self.connections.append((name, {**given, **kwargs, **nested}))
        elif name == f"{_SECRETS}.get_secret_value":
            return {"SecretString": json.dumps(self.secret)}
        elif name in ("boto3.client", "boto3.resource"):
            return StandIn(f"{name}({args[0]!r})", self)
        else:
            self.effects.append(Call(name, repr((args, kwargs))))
        return StandIn(f"{name}()", self)


class StandIn:
    """Anything of a library, known by the way to it: ``psycopg2.connect().cursor().execute``.

    Two are equal if the same way leads to them.
    """

    def __init__(self, way: str, record: Record) -> None:
        self.__dict__.update(_way=way, _record=record)

    def __repr__(self) -> str:
        return f"<{self._way}>"

    def __eq__(self, other: object) -> bool:
        return repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self._way}.{name}", self._record)

    def __setattr__(self, name: str, value: Any) -> None:
        self._record.effects.append(Call(f"{self._way}.{name} =", repr(value)))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._record.called(self._way, args, kwargs)

    def __getitem__(self, key: Any) -> StandIn:
        return StandIn(f"{self._way}[{key!r}]", self._record)

    def __iter__(self) -> Iterator[StandIn]:
        return iter([self[0], self[1]])

    def __enter__(self) -> Any:
        return self._record.called(f"{self._way}.__enter__", (), {})

    def __exit__(self, *raised: object) -> None:
        self._record.called(f"{self._way}.__exit__", raised, {})


@dataclass(repr=False)
class _Console(io.TextIOBase):
    record: Record

    def write(self, text: str) -> int:
        self.record.effects.append(Call("print", repr(text)))
        return len(text)
