"""What is written into apps to create tables: the SQL, and the code that runs it."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any
from unittest import mock

import black
import pytest

from tapfix.edits import Ref
from tapfix.model.sql.tables import Column, Schema, Table, Unread
from tapfix.recipes.schema.ddl import ddl
from tapfix.recipes.schema.files import DRIVERS, code, driver_like
from tests.handlers import run_handler

LOGIN: dict[str, Any] = {
    "host": "db.example.com",
    "port": 6000,
    "username": "shop",
    "password": "secret",
    "dbname": "orders",
}
SQL = """\
-- Two tables; a semicolon here ends nothing.

CREATE TABLE IF NOT EXISTS orders (
    note VARCHAR(255) DEFAULT ';'
);

CREATE TABLE IF NOT EXISTS items (
    id INTEGER
);
"""
every_driver = pytest.mark.parametrize("name", DRIVERS)


def written(name: str, folder: Path, sql: str = SQL) -> Path:
    (folder / "schema.sql").write_text(sql, encoding="utf-8")
    file = folder / "create_schema.py"
    file.write_text(code(DRIVERS[name], "DB_SECRET_ARN", None), encoding="utf-8")
    return file


def stand_ins(name: str) -> dict[str, Any]:
    """A driver that does nothing, with its packages, and boto3 with the login."""
    boto3, driver = mock.Mock(), mock.MagicMock()
    secret = {"SecretString": json.dumps(LOGIN)}
    boto3.client.return_value.get_secret_value.return_value = secret
    top = name.partition(".")[0]
    package = mock.MagicMock(**{name.rpartition(".")[2]: driver}) if top != name else driver
    return {"boto3": boto3, top: package, name: driver}


def executed(driver: Any) -> list[str]:
    cursor = driver.connect.return_value.cursor.return_value
    return [str(call.args[0]).strip() for call in cursor.execute.call_args_list]


@every_driver
def test_the_code_stands_alone_and_is_laid_out_as_black_does_it(name: str) -> None:
    text = code(DRIVERS[name], "SHOP_SECRET", "SHOP_DATABASE")
    assert black.format_str(text, mode=black.Mode()) == text
    assert max(map(len, text.splitlines())) <= 88
    assert "tapfix" not in text
    assert "SHOP_SECRET" in text
    assert 'os.environ["SHOP_DATABASE"]' in text
    assert "DB_SECRET_ARN" not in text


@every_driver
def test_it_logs_in_with_the_secret_and_closes_the_connection(name: str, tmp_path: Path) -> None:
    modules = stand_ins(name)
    run_handler(
        written(name, tmp_path), "handler", {}, modules=modules, env={"DB_SECRET_ARN": "arn"}
    )
    given = dict(modules[name].connect.call_args.kwargs)
    given.pop("ssl", None)
    assert set(given.values()) == set(LOGIN.values())
    assert modules[name].connect.return_value.close.call_count == 1
    asked = modules["boto3"].client.return_value.get_secret_value.call_args
    assert asked == mock.call(SecretId="arn")


@pytest.mark.parametrize("name", [n for n, d in DRIVERS.items() if d.dialect == "mysql"])
def test_mysql_gets_one_statement_after_the_other(name: str, tmp_path: Path) -> None:
    modules = stand_ins(name)
    run_handler(written(name, tmp_path), "handler", {}, modules=modules, env={"DB_SECRET_ARN": "a"})
    statements = executed(modules[name])
    assert len(statements) == 2
    assert statements[0].endswith("DEFAULT ';'\n)")
    assert statements[1].startswith("CREATE TABLE IF NOT EXISTS items")


@pytest.mark.parametrize("name", [n for n, d in DRIVERS.items() if d.dialect == "postgres"])
def test_postgresql_gets_all_in_one_transaction(name: str, tmp_path: Path) -> None:
    modules = stand_ins(name)
    run_handler(written(name, tmp_path), "handler", {}, modules=modules, env={"DB_SECRET_ARN": "a"})
    assert executed(modules[name])[1:] == [SQL.strip()]
    assert modules[name].connect.return_value.commit.call_count == 1


@every_driver
def test_an_error_is_logged_and_fails_the_deploy(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    modules = stand_ins(name)
    cursor = modules[name].connect.return_value.cursor.return_value
    cursor.execute.side_effect = OSError("gone")
    file = written(name, tmp_path)
    with caplog.at_level(logging.ERROR), pytest.raises(OSError, match="gone"):
        run_handler(file, "handler", {}, modules=modules, env={"DB_SECRET_ARN": "a"})
    assert "The tables could not be created" in caplog.text
    assert LOGIN["password"] not in caplog.text
    assert modules[name].connect.return_value.commit.call_count == 0
    assert modules[name].connect.return_value.close.call_count == 1


@pytest.mark.parametrize(
    ("callees", "chosen"),
    [
        (["psycopg.connect"], "psycopg"),
        (["psycopg_pool.ConnectionPool"], "psycopg"),
        (["pg8000.native.Connection"], "pg8000.dbapi"),
        (["asyncpg.connect"], "psycopg2"),
        (["sqlalchemy.create_engine", "json", "psycopg"], "psycopg"),
        (["pymysql.connect"], "psycopg2"),
    ],
)
def test_the_driver_is_that_of_the_handlers(callees: list[str], chosen: str) -> None:
    assert driver_like(iter(callees), "postgres").module == chosen


def test_mysql_without_a_known_driver() -> None:
    assert driver_like(iter(["aiomysql.connect"]), "mysql").module == "pymysql"
    assert driver_like(iter(["mysql.connector.connect"]), "mysql").module == "mysql.connector"


def test_a_column_a_line_the_key_first_and_notes_below_one_another() -> None:
    table = Table(
        '"Orders"',
        (
            Column("note", "TEXT", default="''", is_guessed=True),
            Column('"when"', "TIMESTAMPTZ"),
            Column("id", "BIGINT", is_guessed=True),
            Column("code", "VARCHAR(255)"),
        ),
        key=("id",),
        unique=(("code",), ("note", '"when"')),
    )
    assert created(table) == [
        "    id BIGINT PRIMARY KEY,  -- type guessed from the name",
        "    note TEXT DEFAULT '',   -- type guessed from the name",
        '    "when" TIMESTAMPTZ,',
        "    code VARCHAR(255) UNIQUE,",
        '    UNIQUE (note, "when")',
        ");",
    ]


def test_a_key_of_several_columns_is_a_line_of_its_own() -> None:
    columns = tuple(Column(name, "TEXT") for name in ("note", "line", "order_id"))
    assert created(Table("items", columns, key=("order_id", "line"))) == [
        "    order_id TEXT,",
        "    line TEXT,",
        "    note TEXT,",
        "    PRIMARY KEY (order_id, line)",
        ");",
    ]


def created(table: Table) -> list[str]:
    """The lines of a table's statement, without the first."""
    lines = ddl(Schema("postgres", (table,))).splitlines()
    return lines[lines.index(f"CREATE TABLE IF NOT EXISTS {table.name} (") + 1 :]


def test_the_last_line_may_have_a_note_too() -> None:
    table = Table("t", (Column("a", "TEXT", is_guessed=True),))
    assert created(table) == ["    a TEXT  -- type guessed from the name", ");"]


def test_schemas_come_before_their_tables() -> None:
    names = ("shop.orders", "public.items", "shop.prices", "plain")
    tables = tuple(Table(name, (Column("a", "TEXT"),)) for name in names)
    unread = (Unread(Ref("/app/a.py", 0, 1), "unknown"),)
    text = ddl(Schema("postgres", tables, unread))
    assert text.count("CREATE SCHEMA") == 1
    assert text.index("CREATE SCHEMA IF NOT EXISTS shop;") < text.index("shop.orders (")
