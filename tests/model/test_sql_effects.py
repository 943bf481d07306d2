"""Which SQL statements may be done twice."""

from __future__ import annotations

import pytest

from tapfix.model.lambdas.sql_effects import effect_of


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE products SET quantity = %s, updated_at = NOW() WHERE product_id = %s",
        "update a set b = :b, c = %(c)s, d = $1::int, e = NULL, f = 'x, y = z' where g = g + 1",
        "UPDATE a AS x SET b = ? WHERE x.id = ? RETURNING id;",
        "INSERT INTO a (b) VALUES (%s) ON CONFLICT (b) DO NOTHING",
        "INSERT INTO a (b, c) VALUES (%s, %s) ON CONFLICT (b) DO UPDATE SET c = EXCLUDED.c",
        "INSERT INTO a (b, c) VALUES (%s, %s) ON DUPLICATE KEY UPDATE c = VALUES(c)",
        "INSERT IGNORE INTO a VALUES (1)",
        "REPLACE INTO a VALUES (1, 2)",
        "DELETE FROM a WHERE b = %s",
        "-- what for\nDELETE FROM a /* all */",
    ],
)
def test_statements_that_set(statement: str) -> None:
    assert effect_of(statement) == "set"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE stock SET n = n - %s WHERE id = %s",
        "UPDATE stock SET a = %s, n = stock.n + 1",
        "UPDATE a SET b = c",
        "UPDATE a SET b = (SELECT max(b) FROM a)",
        "UPDATE a SET b = 'it''s' || b",
        "UPDATE a SET b = %s; UPDATE c SET d = d + 1",
        "INSERT INTO a VALUES (%s)",
        "INSERT INTO a VALUES (%s) ON CONFLICT (b) DO UPDATE SET c = a.c + EXCLUDED.c",
        "INSERT INTO a VALUES (%s) ON DUPLICATE KEY UPDATE c = c + VALUES(c)",
        "DELETE FROM a WHERE b = (SELECT min(b) FROM a)",
        "DELETE FROM a ORDER BY b LIMIT 1",
        "SELECT a INTO b FROM c",
        "SELECT nextval('numbers')",
        "CALL take(%s)",
        "WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x",
        "MERGE INTO a USING b",
        "",
    ],
)
def test_statements_that_count(statement: str) -> None:
    assert effect_of(statement) == "once"


@pytest.mark.parametrize(
    ("statement", "effect"),
    [("SELECT 1", "read"), ("BEGIN", "quiet"), ("SET search_path = a", "quiet")],
)
def test_statements_that_leave_all_as_it_is(statement: str, effect: str) -> None:
    assert effect_of(statement) == effect
