"""The fixed app runs: its synthesised assets on real servers, in the hands of Lambda's poller."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg2
import pytest
import redis

from tests.poller import Outcome, Record, identifier
from tests.runs.account import Account
from tests.runs.conftest import BROKEN, Workshop
from tests.runs.container import Container
from tests.runs.events import records, update
from tests.runs.functions import Deployment, Function, Mapped
from tests.runs.servers import POSTGRES, REDIS

pytestmark = [
    pytest.mark.xdist_group("runs"),
    pytest.mark.filterwarnings("default::tests.runs.pythons.AnotherPython"),
]

POISON: tuple[object, ...] = (
    b"\xff\xfe no text",
    b"no JSON",
    {"product_id": "p-1"},
    {"product_id": "p-1", "quantity": "many"},
    [],
)
STOCK = 100


@dataclass(frozen=True)
class Catalog:
    """The deployed app and its one function that a stream feeds."""

    account: Account
    mapped: Mapped
    processor: Function
    cache: redis.Redis

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        (database,) = self.account.databases.values()
        return self.account.postgres.run(statement, database=database.name)

    def rows(self) -> dict[str, int]:
        return dict(self.sql("SELECT product_id, quantity FROM products"))

    def cached(self) -> dict[str, Any]:
        found = {}
        for key in self.cache.scan_iter():
            value = self.cache.get(key)
            assert isinstance(value, bytes)
            found[key.decode()] = json.loads(value)
        return found

    def start(self) -> Container:
        return self.account.start(self.processor)

    def poll(self, container: Container, batch: list[Record]) -> Outcome:
        return self.account.poll(self.mapped, container, batch)

    def given_up(self) -> list[str]:
        """The numbers of the records that the queue says were given up."""
        messages = self.account.received(self.mapped)
        batches = [message["KinesisBatchInfo"] for message in messages]
        assert all(one["startSequenceNumber"] == one["endSequenceNumber"] for one in batches)
        return sorted(one["startSequenceNumber"] for one in batches)


def numbers(batch: list[Record], *places: int) -> list[str]:
    return [identifier(batch[place]) for place in places]


@pytest.fixture
def empty(catalog: Account, cache: str) -> Iterator[Catalog]:
    """The app right after its resources were made: nothing is in any of them."""
    catalog.empty()
    (mapped,) = catalog.deployment.mappings()
    processor = catalog.deployment.functions()[mapped.target]
    with redis.Redis(host=cache, port=REDIS) as client:
        client.flushall()
        yield Catalog(catalog, mapped, processor, client)


@pytest.fixture
def app(empty: Catalog) -> Catalog:
    """The app after its deploy, with two products."""
    empty.account.run_schema_functions()
    empty.sql(
        f"INSERT INTO products (product_id, quantity) VALUES ('p-1', {STOCK}), ('p-2', {STOCK})"
    )
    return empty


def test_before_the_schema_function_every_record_fails(empty: Catalog) -> None:
    batch = records(update("p-1", 5), update("p-2", 7))
    with empty.start() as container:
        empty.poll(container, batch)
        assert 'relation "products" does not exist' in container.log()
    assert empty.given_up() == numbers(batch, 0, 1)
    assert not empty.account.objects()
    assert not empty.cached()


def test_after_it_every_record_is_in_database_cache_and_bucket(app: Catalog) -> None:
    batch = records(update("p-1", 5), update("p-2", 7))
    with app.start() as container:
        answer = container.invoke({"Records": batch}).value
    assert answer == {"statusCode": 200, "body": json.dumps("Inventory updated")}
    assert app.rows() == {"p-1": 5, "p-2": 7}
    assert app.sql("SELECT 1 FROM products WHERE updated_at > now() - interval '1 minute'")
    assert app.cached() == {"product:p-1": update("p-1", 5), "product:p-2": update("p-2", 7)}
    first, second = numbers(batch, 0, 1)
    assert app.account.objects() == {
        f"p-1/{first}.json": update("p-1", 5),
        f"p-2/{second}.json": update("p-2", 7),
    }


def test_the_schema_function_twice_is_harmless(app: Catalog) -> None:
    with app.start() as container:
        app.poll(container, records(update("p-1", 5)))
        before = app.sql("SELECT * FROM products ORDER BY product_id")
        app.account.run_schema_functions()
        assert app.sql("SELECT * FROM products ORDER BY product_id") == before
        app.poll(container, records(update("p-2", 7)))
    assert app.rows() == {"p-1": 5, "p-2": 7}


def test_two_schema_functions_at_once_are_harmless(empty: Catalog) -> None:
    (function,) = empty.account.deployment.schema_functions()
    start = empty.account.start
    with start(function) as one, start(function) as two, ThreadPoolExecutor() as pool:
        for _ in range(15):
            empty.account.empty()
            runs = [pool.submit(container.invoke, {}) for container in (one, two)]
            assert [run.result().kind for run in runs] == [None, None]
    assert empty.rows() == {}


def test_of_seven_records_five_are_poisoned(app: Catalog) -> None:
    good = update("p-1", 5), update("p-2", 7)
    batch = records(*POISON[:2], good[0], *POISON[2:], good[1])
    with app.start() as container:
        outcome = app.poll(container, batch)
    assert app.rows() == {"p-1": 5, "p-2": 7}
    assert app.given_up() == numbers(batch, 0, 1, 3, 4, 5)
    assert app.cached() == {"product:p-1": good[0], "product:p-2": good[1]}
    assert len(app.account.objects()) == 2
    alone = [one for one in outcome.batches if one == numbers(batch, 1)]
    assert len(alone) == app.mapped.retries + 1


def test_one_invocation_tells_the_five_from_the_two(app: Catalog) -> None:
    """What PostgreSQL refuses does not spoil the transaction of the record behind it."""
    batch = records(*POISON[:2], update("p-1", 5), *POISON[2:4], update("p-2", 7), POISON[4])
    with app.start() as container:
        answer = container.invoke({"Records": batch}).value
    failed = numbers(batch, 0, 1, 3, 4, 6)
    assert answer == {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
    assert app.rows() == {"p-1": 5, "p-2": 7}


def test_the_last_update_of_a_product_wins_over_redelivery(app: Catalog) -> None:
    batch = records(
        update("p-1", 1), POISON[1], update("p-1", 2), update("p-2", 3), POISON[2], update("p-1", 4)
    )
    with app.start() as container:
        app.poll(container, batch)
    assert app.rows() == {"p-1": 4, "p-2": 3}
    assert app.cached()["product:p-1"] == update("p-1", 4)
    assert app.given_up() == numbers(batch, 1, 4)


@pytest.fixture(scope="module")
def subtracting(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """What tapfix makes of the broken app if each update takes from the stock."""
    folder = tmp_path_factory.mktemp("subtracting")
    shutil.copytree(BROKEN, folder, dirs_exist_ok=True)
    handler = folder / "lib" / "lambda" / "inventory_processor.py"
    text = handler.read_text("utf-8")
    assert "SET quantity = %s" in text
    handler.write_text(text.replace("SET quantity = %s", "SET quantity = quantity - %s"), "utf-8")
    command = [sys.executable, "-m", "tapfix", "--apply", "."]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return workshop.deployment(folder, bundled=False)


@pytest.fixture
def stock(app: Catalog, subtracting: Deployment) -> Catalog:
    """That app's handler and poller, on the servers and the layer of the fixed one."""
    (mapped,) = subtracting.mappings()
    function = subtracting.functions()[mapped.target]
    return replace(
        app,
        mapped=replace(mapped, on_failure=app.mapped.on_failure),
        processor=replace(app.processor, code=function.code),
    )


def test_what_may_not_be_applied_twice_is_not(stock: Catalog) -> None:
    one, two = update("p-1", 1), update("p-2", 1)
    batch = records(one, two, POISON[0], one, POISON[3], two, one)
    with stock.start() as container:
        stock.poll(container, batch)
    assert stock.rows() == {"p-1": STOCK - 3, "p-2": STOCK - 2}
    assert stock.given_up() == numbers(batch, 2, 4)


def waiting_backend(app: Catalog) -> int:
    """The database process that a lock keeps waiting; its connection is encrypted."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = app.sql(
            "SELECT pid, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)"
            " WHERE wait_event_type = 'Lock'"
        )
        if found:
            ((pid, encrypted),) = found
            assert encrypted
            return int(pid)
        time.sleep(0.02)
    raise AssertionError("the handler never came to the locked row")


@contextmanager
def killed_at(app: Catalog, product: str) -> Iterator[None]:
    """Kill the connection that comes to a product's row; the body sends it there."""
    (database,) = app.account.databases.values()
    lock = psycopg2.connect(
        host=str(app.account.postgres.socket), user="postgres", dbname=database.name
    )

    def kill() -> None:
        try:
            app.sql(f"SELECT pg_terminate_backend({waiting_backend(app)})")
        finally:
            lock.close()  # else the handler would wait, and the next test

    with ThreadPoolExecutor(1) as pool:
        with lock.cursor() as cursor:
            cursor.execute("SELECT * FROM products WHERE product_id = %s FOR UPDATE", (product,))
        killing = pool.submit(kill)
        yield
        killing.result()


@pytest.mark.parametrize("kind", ["app", "stock"])
def test_a_killed_connection_is_one_failure_and_then_all_is_done(
    kind: str, request: pytest.FixtureRequest
) -> None:
    app: Catalog = request.getfixturevalue(kind)
    batch = records(update("p-1", 5), update("p-2", 7))
    with app.start() as container:
        with killed_at(app, "p-2"):
            outcome = app.poll(container, batch)
        assert "SSL connection has been closed unexpectedly" in container.log()
        assert container.log().count("could not be processed") == 1
    rest = {"app": (5, 7), "stock": (STOCK - 5, STOCK - 7)}[kind]
    assert app.rows() == dict(zip(("p-1", "p-2"), rest, strict=True))
    assert not outcome.dead
    assert sum(numbers(batch, 1)[0] in one for one in outcome.batches) == 2
    assert len(app.account.objects()) == 2


def test_a_wrong_secret_fails_and_a_right_one_mends_it(app: Catalog) -> None:
    (secret,) = (
        app.account.resolve(properties["SecretId"])
        for _, properties in app.account.deployment.resources(
            "AWS::SecretsManager::SecretTargetAttachment"
        )
    )
    right = app.account.secret(secret)["password"]
    app.account.set_secret(secret, password="wrong")
    try:
        with app.start() as container:
            result = container.invoke({"Records": records(update("p-1", 5))})
            assert result.kind == "OperationalError"
            assert "password authentication failed" in result.answer["message"]
            assert app.rows()["p-1"] == STOCK
    finally:
        app.account.set_secret(secret, password=right)
    with app.start() as container:
        assert container.invoke({"Records": records(update("p-1", 5))}).kind is None
    assert app.rows()["p-1"] == 5


def test_the_database_takes_nobody_without_tls(app: Catalog) -> None:
    """What the runs rest on: a function that connects has TLS and the secret's password."""
    (database,) = app.account.databases.values()
    with pytest.raises(psycopg2.OperationalError, match="no encryption"):
        psycopg2.connect(
            host=app.account.postgres.address,
            port=POSTGRES,
            user=database.user,
            dbname=database.name,
            sslmode="disable",
        )
