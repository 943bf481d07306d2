"""What the SQL in handlers says of tables: columns, types, keys, and what is not known."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest
import sqlglot

from tapfix.model.lambdas.reached import Code
from tapfix.model.sql.building import is_own_id
from tapfix.model.sql.placeholders import numbered, style_of
from tapfix.model.sql.schemas import schema_of
from tapfix.model.sql.tables import Column, Dialect, Schema, Table
from tests.model.apps import read_tree
from tests.model.test_sdk import STACK
from tests.model.test_sql_runs import ddl

TOP = """\
import asyncpg, datetime, json, os, psycopg2, sqlalchemy, sqlite3, time, uuid
from decimal import Decimal
from psycopg2 import extras, sql
from sqlalchemy import text
def handler(event, context):
    cur = psycopg2.connect("").cursor()
    x = event["x"]
"""


def schema(body: str, dialect: Dialect = "postgres", **modules: str) -> Schema:
    source = TOP + textwrap.indent(textwrap.dedent(body), "    ")
    files = {f"worker/{name}.py": text for name, text in modules.items()}
    app = read_tree({"app.py": STACK, "worker/worker.py": source, **files})
    (found,) = (one for one in app.handlers if one.deployed_by)
    return schema_of([Code(app.evaluator, found)], dialect)


def table(body: str, dialect: Dialect = "postgres", **modules: str) -> Table:
    found = schema(body, dialect, **modules)
    assert not found.unread
    assert len(found.tables) == 1
    return found.tables[0]


def column(body: str, name: str = "a", dialect: Dialect = "postgres") -> Column:
    found = table(body, dialect)
    return next(one for one in found.columns if one.name == name)


def given(value: str, name: str = "a", mark: str = "%s") -> str:
    return f'cur.execute("INSERT INTO t ({name}) VALUES ({mark})", ({value},))'


@pytest.mark.parametrize(
    "value, type_",
    [
        ("int(x)", "BIGINT"),
        ("float(x)", "DOUBLE PRECISION"),
        ("Decimal(x)", "NUMERIC"),
        ("str(x)", "TEXT"),
        ("f'{x}-1'", "TEXT"),
        ("x.strip()", "TEXT"),
        ("json.dumps(x)", "TEXT"),
        ("datetime.datetime.now()", "TIMESTAMPTZ"),
        ("datetime.date.today()", "DATE"),
        ("datetime.datetime.now() + datetime.timedelta(1)", "TIMESTAMPTZ"),
        ("True", "BOOLEAN"),
        ("x > 3", "BOOLEAN"),
        ("uuid.uuid4()", "UUID"),
        ("str(uuid.uuid4())", "TEXT"),
        ("x.get('q', 0)", "BIGINT"),
        ("x.get('q', 0.5)", "DOUBLE PRECISION"),
        ("x.get('q', 'none')", "TEXT"),
        ("int(time.time() * 1000)", "BIGINT"),
        ("x['pathParameters']['id']", "TEXT"),
        ("b'x'", "BYTEA"),
        ("['a']", "TEXT[]"),
        ("extras.Json(x)", "JSONB"),
        ("int(x) if x else None", "BIGINT"),
    ],
)
def test_types_from_values(value: str, type_: str) -> None:
    found = column(given(value))
    assert (found.type, found.is_guessed) == (type_, False)


@pytest.mark.parametrize(
    "statement, type_",
    [
        ("INSERT INTO t (a) VALUES (%s::jsonb)", "JSONB"),
        ("INSERT INTO t (a) VALUES (CAST(%s AS VARCHAR(20)))", "TEXT"),
        ("INSERT INTO t (a) VALUES (NOW())", "TIMESTAMPTZ"),
        ("INSERT INTO t (a) VALUES (CURRENT_DATE)", "DATE"),
        ("INSERT INTO t (a) VALUES (gen_random_uuid())", "UUID"),
        ("INSERT INTO t (a) VALUES (lower(%s))", "TEXT"),
        ("UPDATE t SET a = a - %s", "BIGINT"),
        ("UPDATE t SET a = 'new'", "TEXT"),
        ("UPDATE t SET a = 5", "INTEGER"),
        ("UPDATE t SET a = NULL, b = 1 WHERE a IS TRUE", "BOOLEAN"),
        ("SELECT a FROM t WHERE a LIKE %s", "TEXT"),
        ("SELECT a FROM t WHERE a ->> 'k' = 'v'", "JSONB"),
        ("SELECT a FROM t WHERE a ? 'k'", "JSONB"),
        ("SELECT a FROM t WHERE 'x' = ANY(a)", "TEXT[]"),
        ("SELECT a FROM t WHERE a < NOW() - INTERVAL '2 days'", "TIMESTAMPTZ"),
        ("SELECT date_trunc('day', a) FROM t", "TIMESTAMPTZ"),
        ("SELECT extract(year FROM a) FROM t", "TIMESTAMPTZ"),
        ("SELECT sum(a) FROM t", "BIGINT"),
        ("SELECT round(a, 2) FROM t", "NUMERIC"),
        ("SELECT COALESCE(a, 'none') FROM t", "TEXT"),
        ("SELECT a FROM t WHERE NOT a", "BOOLEAN"),
        ("SELECT a FROM t WHERE a > 10", "BIGINT"),
    ],
)
def test_types_from_sql(statement: str, type_: str) -> None:
    values = "(x,)" if "%s" in statement else "None"
    found = column(f'cur.execute("""{statement}""", {values})')
    assert (found.type, found.is_guessed) == (type_, False)


@pytest.mark.parametrize(
    "name, type_, mysql",
    [
        ("created_at", "TIMESTAMPTZ", "DATETIME(6)"),
        ("event_timestamp", "TIMESTAMPTZ", "DATETIME(6)"),
        ("birth_date", "DATE", "DATE"),
        ("is_open", "BOOLEAN", "BOOLEAN"),
        ("quantity", "INTEGER", "INT"),
        ("unit_price", "NUMERIC", "DECIMAL(19, 4)"),
        ("email", "TEXT", "VARCHAR(255)"),
        ("description", "TEXT", "LONGTEXT"),
        ("customer_id", "TEXT", "VARCHAR(255)"),
    ],
)
def test_types_from_names(name: str, type_: str, mysql: str) -> None:
    assert column(given("x", name), name) == Column(name, type_, is_guessed=True)
    assert column(given("x", name), name, "mysql") == Column(name, mysql, is_guessed=True)


def test_what_else_is_done_with_a_value_tells_of_it() -> None:
    assert column("q = x['q']\nif q < 0:\n    return\n" + given("q")).type == "BIGINT"
    assert column("if not isinstance(x, str):\n    return\n" + given("x")).type == "TEXT"


def test_a_price_is_no_whole_number_because_it_is_more_than_nothing() -> None:
    body = given("x", "price") + '\ncur.execute("SELECT price FROM t WHERE price > 0")'
    assert column(body, "price").type == "NUMERIC"
    assert column('cur.execute("UPDATE t SET price = 0")', "price").type == "NUMERIC"


def test_joined_columns_are_of_one_type() -> None:
    found = schema(
        'cur.execute("INSERT INTO orders (total) VALUES (%s) RETURNING id", (x,))\n'
        'cur.execute("SELECT l.sku FROM orders o JOIN lines l ON l.order_id = o.id'
        ' JOIN refunds r ON r.line = l.sku WHERE r.line = %s", (int(x),))'
    )
    types = {(t.name, c.name): c.type for t in found.tables for c in t.columns}
    assert types["orders", "id"] == "BIGINT GENERATED BY DEFAULT AS IDENTITY"
    assert types["lines", "order_id"] == "BIGINT"
    assert types["lines", "sku"] == types["refunds", "line"] == "BIGINT"
    assert found.tables[0].key == ("id",)


def test_wider_types_where_all_statements_work_and_doubts_where_not() -> None:
    both = given("int(x)") + "\n" + given("'abc'")
    assert column(both).type == "TEXT"
    compared = 'cur.execute("SELECT a FROM t WHERE a = %s", (int(x),))\n' + given("'abc'")
    (unread,) = schema(compared).unread
    assert unread.reason == "t.a is used as a number and given a text that is none"
    mixed = 'cur.execute("SELECT a FROM t WHERE a LIKE %s AND a < now()", (x,))'
    (unread,) = schema(mixed).unread
    assert unread.reason == "t.a is used as a text and as a time"


@pytest.mark.parametrize(
    "body",
    [
        'Q = "UPDATE t SET a = %s"\ncur.execute(Q, (x,))',
        'cur.execute("UPDATE t " "SET a = %s", [x])',
        "cur.execute('UPDATE {} SET a = %s'.format('t'), (x,))",
        "cur.execute('UPDATE %s SET a = 1' % 't')",
        "name = 't'\ncur.execute(f'UPDATE {name} SET a = %s', (x,))",
        "cur.execute(sql.SQL('UPDATE {} SET {} = %s').format(sql.Identifier('t'),"
        " sql.Identifier('a')), (x,))",
        "cur.execute(query='UPDATE t SET a = %(a)s', vars={'a': x})",
        "cur.executemany('UPDATE t SET a = %s', [(r,) for r in x])",
        "extras.execute_values(cur, 'INSERT INTO t (a) VALUES %s', [(r,) for r in x])",
        "extras.execute_batch(cur, 'UPDATE t SET a = %s', [(r,) for r in x])",
        "with sqlalchemy.create_engine('postgresql://h').begin() as c:\n"
        "    c.execute(text('UPDATE t SET a = :a'), {'a': x})",
        "c = asyncpg.connect('')\nc.execute('UPDATE t SET a = $1', x)",
        "c = asyncpg.connect('')\nc.fetchrow('UPDATE t SET a = $1 RETURNING a', x)",
        "QS = {'up': 'UPDATE t SET a = %s'}\ncur.execute(QS['up'], (x,))",
        "cur.execute('''\n  -- note: 100%\n  UPDATE t SET a = 'b' ''')",
        "cur.execute('update T set A = %s; ', (x,))",
        "m = ', '.join(['%s'] * len(x))\ncur.execute(f'SELECT a FROM t WHERE a IN ({m})', x)",
    ],
)
def test_every_way_to_write_a_statement(body: str) -> None:
    found = table(body)
    assert (found.name.lower().strip('"'), [c.name.lower().strip('"') for c in found.columns]) == (
        "t",
        ["a"],
    )


def test_statements_of_helpers_and_constants_in_other_modules() -> None:
    found = schema(
        "import store\nstore.Store().save('UPDATE u SET b = %s', (int(x),))",
        store="import psycopg2\nfrom queries import SQL\nclass Store:\n"
        "    def save(self, query, values):\n"
        "        cursor = psycopg2.connect('').cursor()\n"
        "        cursor.execute(query, values)\n        cursor.execute(SQL)\n"
        "    def unused(self):\n        self.cursor.execute('SELECT c FROM never')\n",
        queries="SQL = 'SELECT a FROM t'\n",
    )
    assert {(t.name, c.name, c.type) for t in found.tables for c in t.columns} == {
        ("u", "b", "BIGINT"),
        ("t", "a", "TEXT"),
    }


@pytest.mark.parametrize(
    "body",
    [
        "cur.execute('SELECT 1')",
        "cur.execute('SET search_path TO x')",
        "cur.execute('BEGIN'); cur.execute('LOCK TABLE t')",
        "cur.execute('SELECT n FROM pg_stat_activity')",
        "cur.execute('SELECT table_name FROM information_schema.tables')",
        "cur.execute('SELECT g FROM generate_series(1, 2) AS g')",
        "cur.execute('SELECT u.v FROM unnest(%s) AS u(v)', (x,))",
        "cur.execute('CREATE TABLE t (a INT)'); cur.execute('SELECT a FROM t')",
        "sqlite3.connect('f').cursor().execute('SELECT a FROM cache')",
        "x.run('hello')",
        "x.execute()",
    ],
)
def test_what_needs_no_table(body: str) -> None:
    assert schema(body) == Schema("postgres", ())


@pytest.mark.parametrize(
    "body, reason",
    [
        ("cur.execute(f'SELECT a FROM {x}')", "its text is put together at run time"),
        (
            "q = 'SELECT a FROM t'\nif x:\n    q += ' WHERE a = 1'\ncur.execute(q)",
            "its text is put together at run time",
        ),
        ("cur.execute(open('q.sql').read())", "its text is put together at run time"),
        ("cur.execute('INSERT INTO t VALUES (%s)', (x,))", "does not name the columns"),
        ("cur.execute('SELECT FROM WHERE')", "no SQL that tapfix can read"),
        ("cur.execute('CALL f(1)')", "calls a procedure"),
        ("cur.execute('ALTER TABLE t ADD COLUMN b INT')", "of a kind"),
        ("cur.execute('SELECT * FROM t')", "no statement names a column of t"),
        ("cur.execute('SELECT a.k, z FROM a JOIN b ON a.k = b.k')", "which table has the column z"),
        ("cur.execute('UPDATE t SET a = %s::mood', (x,))", "its type mood is none"),
        (
            "cur.execute('INSERT INTO t (a) VALUES (1) ON CONFLICT ON CONSTRAINT c DO NOTHING')",
            "which columns its constraint is about",
        ),
        (
            "cur.execute('INSERT INTO t (a) VALUES (1) ON CONFLICT (lower(a)) DO NOTHING')",
            "about an expression",
        ),
    ],
)
def test_what_is_not_read_is_named(body: str, reason: str) -> None:
    assert any(reason in unread.reason for unread in schema(body).unread)


def test_columns_without_a_table_go_to_the_only_one_that_has_them() -> None:
    found = schema(
        "cur.execute('SELECT z, a.k FROM a JOIN b ON a.k = b.k')\ncur.execute('SELECT z FROM b')"
    )
    assert not found.unread
    assert {(t.name, c.name) for t in found.tables for c in t.columns} == {
        ("a", "k"),
        ("b", "k"),
        ("b", "z"),
    }


def test_names_keep_their_spelling_and_fold_where_unquoted() -> None:
    found = table(
        "cur.execute('SELECT \"Total\", Stock FROM shop.Products')\n"
        "cur.execute('UPDATE Shop.products SET STOCK = 1')"
    )
    assert found.name == "shop.Products"
    assert [c.name for c in found.columns] == ['"Total"', "Stock"]


def test_words_of_sql_are_quoted_where_the_statement_needs_no_quotes() -> None:
    body = "cur.execute('SELECT o.Order, o.position, o.order FROM shop.group o')"
    found = table(body)
    assert found.name == 'shop."group"'
    assert [c.name for c in found.columns] == ['"order"', "position"]
    found = table(body, "mysql")
    assert found.name == "shop.`group`"
    assert [c.name for c in found.columns] == ["`Order`", "position"]


@pytest.mark.parametrize(
    "body, key, unique",
    [
        (
            "INSERT INTO t (a, b, c) VALUES (1, 2, 3) ON CONFLICT (a, b) DO UPDATE SET c = 4",
            ("a", "b"),
            (),
        ),
        ("UPDATE items SET a = 1 WHERE item_id = %s", ("item_id",), ()),
        ("UPDATE categories SET a = 1 WHERE category_id = %s AND a = 2", ("category_id",), ()),
        ("DELETE FROM t WHERE id = %s", ("id",), ()),
        ("SELECT a FROM t WHERE id = %s", (), ()),
        ("UPDATE t SET a = 1 WHERE owner = %s", (), ()),
        ("UPDATE t SET a = 1 WHERE tenant_id = %s AND id = %s", (), ()),
        ("INSERT INTO visits (animal, owner) VALUES (%s, %s)", (), ()),
        ("INSERT INTO t (a) VALUES (%s) RETURNING id", ("id",), ()),
    ],
)
def test_keys(body: str, key: tuple[str, ...], unique: tuple[tuple[str, ...], ...]) -> None:
    found = table(f'cur.execute("{body}", (x, x))')
    assert (found.key, found.unique) == (key, unique)


def test_a_key_is_none_where_an_insert_leaves_it_out() -> None:
    body = (
        'cur.execute("INSERT INTO t (id, a) VALUES (%s, 1)", (x,))\n'
        'cur.execute("INSERT INTO t (a) VALUES (2)")\n'
        'cur.execute("DELETE FROM t WHERE id = %s", (x,))'
    )
    assert table(body).key == ()


def test_a_second_conflict_is_another_constraint() -> None:
    body = (
        'cur.execute("INSERT INTO t (id, a) VALUES (1, 2) ON CONFLICT (a) DO NOTHING")\n'
        'cur.execute("INSERT INTO t (id, a) VALUES (1, 2) ON CONFLICT (id) DO NOTHING")'
    )
    assert (table(body).key, table(body).unique) == (("id",), (("a",),))


def test_defaults_of_what_nothing_writes() -> None:
    body = given("x", "b") + '\ncur.execute("SELECT b FROM t ORDER BY created_at")'
    assert column(body, "created_at") == Column("created_at", "TIMESTAMPTZ", "now()", True)
    made = column(body, "created_at", "mysql")
    assert (made.type, made.default) == ("DATETIME(6)", "CURRENT_TIMESTAMP(6)")
    written = given("x", "created_at") + '\ncur.execute("SELECT b FROM t ORDER BY created_at")'
    assert column(written, "created_at").default is None


@pytest.mark.parametrize(
    "statement, key",
    [
        ("INSERT INTO t (id, a) VALUES (1, 2) ON DUPLICATE KEY UPDATE a = VALUES(a)", ("id",)),
        ("REPLACE INTO t (id, a) VALUES (1, 2)", ("id",)),
        (
            "INSERT INTO t (x_id, y_id, a) VALUES (1, 2, 3) AS n ON DUPLICATE KEY UPDATE a = n.a",
            ("x_id", "y_id"),
        ),
        ("INSERT INTO t (a) VALUES (1)", ()),
        ("INSERT IGNORE INTO t (a) VALUES (1)", ()),
    ],
)
def test_keys_in_mysql(statement: str, key: tuple[str, ...]) -> None:
    found = table(f'cur.execute("{statement}")', "mysql")
    assert found.key == key
    assert sqlglot.parse_one(ddl(found), dialect="mysql").find(sqlglot.exp.Create)


def test_a_mysql_update_writes_to_the_table_that_it_names() -> None:
    found = schema("cur.execute('UPDATE t JOIN u AS x ON t.k = x.k SET x.a = t.b')", "mysql")
    columns = {one.name: [column.name for column in one.columns] for one in found.tables}
    assert columns == {"t": ["k", "b"], "u": ["k", "a"]}


def test_a_mysql_upsert_without_a_key_is_named() -> None:
    body = "cur.execute('INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 1')"
    (unread,) = schema(body, "mysql").unread
    assert unread.reason == "nothing tells which columns of t tell its rows apart"


def test_mysql_numbers_its_rows_itself() -> None:
    body = given("json.dumps(x)", "b") + '\ncur.execute("SELECT id FROM t")'
    assert column(body, "id", "mysql").type == "BIGINT AUTO_INCREMENT"
    assert column(body, "b", "mysql").type == "LONGTEXT"


@pytest.mark.parametrize(
    "text, written, keys",
    [
        ("a = %s AND b LIKE '%%x' AND c = %s", "a = :p1 AND b LIKE '%x' AND c = :p2", [0, 1]),
        ("a = %(n)s::int", "a = :p1::int", ["n"]),
        ("a = :n AND b::text = ':m'", "a = :p1 AND b::text = ':m'", ["n"]),
        ("a = $2 AND b = $1", "a = :p1 AND b = :p2", [1, 0]),
        ("INTERVAL '%s days' AND a = %s", "INTERVAL '1 days' AND a = :p1", [1]),
        ("a ->> 'k' = %s -- %s", "a ->> 'k' = :p1  ", [0]),
        ("a %% 2 = %s", "a % 2 = :p1", [0]),
    ],
)
def test_placeholders(text: str, written: str, keys: list[int | str]) -> None:
    found = numbered(text, style_of(text, has_values=True))
    assert (found[0], list(found[1].values())) == (written, keys)


def test_without_values_a_driver_leaves_the_text_alone() -> None:
    assert numbered("a LIKE '%s'", style_of("a LIKE '%s'", has_values=False))[1] == {}


def test_ids_of_tables() -> None:
    assert is_own_id("order_lines", "order_line_id")
    assert is_own_id("shop.categories", "category_id")
    assert not is_own_id("order_lines", "order_id")


def test_handlers_without_statements_do_not_load_sqlglot() -> None:
    script = (
        "import sys\nfrom tapfix.model.sql.schemas import schema_of\n"
        "schema_of([], 'postgres')\nprint('sqlglot' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_one_row_of_no_table() -> None:
    assert schema("cur.execute('SELECT 1 WHERE true')\ncur.fetchone()") == Schema("postgres", ())


@pytest.mark.parametrize(
    "statement, columns",
    [
        ("SELECT a FROM t WHERE (a, b) IN (SELECT c, d FROM u)", "t.a t.b u.c u.d"),
        ("UPDATE t SET a = DEFAULT", "t.a"),
        ("SELECT t.a, row_to_json(t) FROM t", "t.a"),
        ("; SELECT a FROM t; SELECT b FROM t", "t.a t.b"),
        ("SELECT n FROM (SELECT a AS n FROM t) q ORDER BY n", "t.a"),
        ("SELECT t.a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.b = t.c)", "t.a t.c u.b"),
        ("UPDATE t SET a = u.b FROM u WHERE u.k = t.k", "t.a t.k u.b u.k"),
        ("UPDATE t SET a = b FROM u WHERE u.b > 1 AND u.k = t.k", "t.a t.k u.b u.k"),
        ("SELECT user, a FROM t", "t.a"),
        ("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET n = t.n + 1", "t.a t.n"),
        ("WITH n AS (INSERT INTO t (a) VALUES (1) RETURNING id) SELECT id FROM n", "t.a t.id"),
        ("SELECT a AS day FROM t GROUP BY day HAVING count(*) > 1", "t.a"),
        ("SELECT x.v FROM t, LATERAL unnest(t.tags) AS x(v)", "t.tags"),
    ],
)
def test_columns_of_every_clause(statement: str, columns: str) -> None:
    found = schema(f'cur.execute("{statement}")')
    assert not found.unread
    assert sorted(f"{t.name}.{c.name}" for t in found.tables for c in t.columns) == columns.split()
