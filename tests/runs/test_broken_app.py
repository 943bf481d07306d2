"""The broken app does not run, for the reasons that it was made with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import redis

from tests.poller import Record
from tests.runs.account import Account
from tests.runs.conftest import BROKEN, Workshop
from tests.runs.container import Container
from tests.runs.events import records, update
from tests.runs.functions import Function
from tests.runs.postgres import postgres_server
from tests.runs.servers import REDIS, own_address

pytestmark = [
    pytest.mark.xdist_group("runs"),
    pytest.mark.filterwarnings("default::tests.runs.pythons.AnotherPython"),
]

DATABASE, USER, PASSWORD = "productcatalog", "catalog_admin", "password123"
"""What the handler has written down."""


@dataclass(frozen=True)
class Broken:
    """The broken app, deployed: ``inline`` is what its stack has for a function, ``orphan`` the
    module that nothing deploys, with a layer that holds what it imports."""

    account: Account
    inline: Function
    orphan: Function

    def run(self, statement: str) -> list[tuple[object, ...]]:
        return self.account.postgres.run(statement, database=DATABASE)

    def start(self, function: Function) -> Container:
        return self.account.start(function)

    def start_beside_database(self) -> Container:
        """A container of the orphan, in which ``localhost`` is where the database listens."""
        return self.account.start(self.orphan, PGHOSTADDR=self.account.postgres.address)


@pytest.fixture(scope="module")
def broken(workshop: Workshop, catalog: Account, cloud: str, cache: str) -> Iterator[Broken]:
    deployment = workshop.deployment(BROKEN, bundled=False)
    (mapped,) = deployment.mappings()
    inline = deployment.functions()[mapped.target]
    orphan = replace(inline, code=BROKEN / "lib" / "lambda", handler="inventory_processor.handler")
    (layers,) = {function.layers for function in catalog.deployment.functions().values()}
    with postgres_server(own_address()) as postgres:
        account = Account(deployment, cloud, postgres, cache, workshop.python).deploy()
        yield Broken(account, inline, replace(orphan, layers=layers))


@pytest.fixture
def event() -> dict[str, list[Record]]:
    """The very event that the fixed app processes."""
    return {"Records": records(update("p-1", 5), update("p-2", 7))}


def test_what_is_deployed_does_nothing(
    broken: Broken, cache: str, event: dict[str, list[Record]]
) -> None:
    broken.run("CREATE TABLE products AS SELECT 'p-1' AS product_id, 100 AS quantity")
    try:
        with (
            redis.Redis(host=cache, port=REDIS) as client,
            broken.start(broken.inline) as container,
        ):
            client.flushall()
            assert container.invoke(event).value == {"statusCode": 200}
            assert "eventSourceARN" in container.log()
            assert client.dbsize() == 0
        assert broken.run("SELECT quantity FROM products") == [(100,)]
        assert not broken.account.objects()
    finally:
        broken.run("DROP TABLE products")


def test_without_a_layer_its_handler_cannot_be_loaded(
    broken: Broken, event: dict[str, list[Record]]
) -> None:
    assert broken.inline.layers == ()
    with broken.start(replace(broken.orphan, layers=())) as container:
        result = container.invoke(event)
    assert result.kind == "ModuleNotFoundError"
    assert result.answer["message"] == "No module named 'psycopg2'"


def test_with_one_it_looks_for_the_database_in_its_own_container(
    broken: Broken, event: dict[str, list[Record]]
) -> None:
    with broken.start(broken.orphan) as container:
        result = container.invoke(event)
    assert result.kind == "OperationalError"
    assert 'connection to server at "localhost"' in result.answer["message"]


def test_if_the_database_were_there_it_would_not_let_it_in(
    broken: Broken, event: dict[str, list[Record]]
) -> None:
    with broken.start_beside_database() as container:
        result = container.invoke(event)
    assert result.kind == "OperationalError"
    assert f'password authentication failed for user "{USER}"' in result.answer["message"]


def test_if_it_let_it_in_the_record_could_not_be_read(
    broken: Broken, event: dict[str, list[Record]]
) -> None:
    broken.account.postgres.set_password(USER, PASSWORD)
    with broken.start_beside_database() as container:
        assert container.invoke(event).kind == "JSONDecodeError"


def test_if_it_could_be_read_there_would_be_no_table(
    broken: Broken, event: dict[str, list[Record]]
) -> None:
    broken.account.postgres.set_password(USER, PASSWORD)
    for record in event["Records"]:
        record["kinesis"]["data"] = json.dumps(update("p-1", 5))
    with broken.start_beside_database() as container:
        result = container.invoke(event)
    assert result.kind == "UndefinedTable"
    assert 'relation "products" does not exist' in result.answer["message"]
