"""Which databases of an app its functions query, and by which handlers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from tapfix.model.access.connections import connections, family_at
from tapfix.model.access.datastores import DataStore, data_stores, family_of
from tapfix.model.access.needs import code_of, handlers_of
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import reference
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.lambdas.reached import Code
from tapfix.model.lambdas.variables import variables

SPOKEN = ("postgres", "mysql", "sqlserver", "oracle", "redshift")
"""The families of data stores that SQL is spoken to."""

_DATA_API = b"rds-data"
_ARNS = (("cluster_arn",), ("attr_db_cluster_arn",))
_FORWARDING = ("proxy_target", "source_database_instance")
_DEEPEST = 4


@dataclass(frozen=True, eq=False)
class Queried:
    """A database and the functions that connect to it.

    ``others`` are the other databases that these functions connect to: which statement goes where
    is not known then. ``by_api`` says that they use the RDS Data API instead of connections.
    """

    app: App
    store: DataStore
    functions: tuple[Construct, ...]
    others: tuple[DataStore, ...] = ()
    by_api: bool = False

    @cached_property
    def handlers(self) -> tuple[Handler, ...]:
        """The Python handlers that the functions run."""
        found = (handler for one in self.functions for handler in handlers_of(self.app, one))
        return tuple(dict.fromkeys(found))

    def of(self, *functions: Construct) -> Queried:
        """The database with some of the functions."""
        return replace(self, functions=functions)

    @property
    def codes(self) -> tuple[Code, ...]:
        """What runs with the handlers."""
        return tuple(code_of(self.app, handler) for handler in self.handlers)

    def drivers(self) -> Iterator[str]:
        """What the handlers call to connect, by its full name; then what they import."""
        for code in self.codes:
            for place in code.calls():
                if family_at(code, place) == self.store.family:
                    assert isinstance(place.node, ast.Call)
                    yield str(code.evaluator.callee(place.module, place.node))
        for handler in self.handlers:
            for module in handler.modules:
                yield from module.names.imports


def read_queried(app: App) -> tuple[Queried, ...]:
    """The databases of an app that functions query, in the order of the source."""
    stores: dict[Construct, DataStore] = {}
    users: dict[Construct, list[Construct]] = {}
    reached: dict[Construct, set[Construct]] = {}
    for function in app.of(*FUNCTIONS):
        for connection in connections(app, function):
            store = _behind(app, connection.store)
            if store.family in SPOKEN:
                stores.setdefault(store.construct, store)
                users.setdefault(store.construct, [])
                if function not in users[store.construct]:
                    users[store.construct].append(function)
                reached.setdefault(function, set()).add(store.construct)
    found = [
        Queried(app, stores[database], tuple(functions), others)
        for database, functions in users.items()
        for others in [_others(stores, database, functions, reached)]
    ]
    found += [one for one in _by_api(app) if one.store.construct not in users]
    return tuple(sorted(found, key=lambda one: one.store.construct.ref))


def _by_api(app: App) -> Iterator[Queried]:
    """The databases whose ARN is told to functions that use the RDS Data API."""
    users: dict[Construct, list[Construct]] = {}
    for function in app.of(*FUNCTIONS):
        code = [m.file.data for handler in handlers_of(app, function) for m in handler.modules]
        if any(_DATA_API in data for data in code):
            for variable in variables(app, function).values():
                found = variable.reference
                if found is not None and found.chain[-1:] in _ARNS:
                    users.setdefault(found.construct, []).append(function)
    for store in data_stores(app):
        if store.construct in users:
            yield Queried(app, store, tuple(users[store.construct]), by_api=True)


def _others(
    stores: dict[Construct, DataStore],
    database: Construct,
    functions: list[Construct],
    reached: dict[Construct, set[Construct]],
) -> tuple[DataStore, ...]:
    also = set().union(*(reached[function] for function in functions)) - {database}
    return tuple(stores[one] for one in sorted(also, key=lambda one: one.ref))


def _behind(app: App, store: DataStore) -> DataStore:
    """The database that a proxy leads to, or that a replica gets its tables from."""
    for _ in range(_DEEPEST):
        given = next(filter(None, map(store.construct.value, _FORWARDING)), None)
        if given is not None and given.kind == "call" and given.arguments:
            given = given.arguments[0]
        found = reference(app, given.module, given.node) if given is not None else None
        if found is None or found.construct is store.construct:
            return store
        store = DataStore(app, found.construct, family_of(app, found.construct))
    return store
