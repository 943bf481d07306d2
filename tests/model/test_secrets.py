"""Which secret holds a database's login, and when nobody can tell."""

from __future__ import annotations

import pytest

from tapfix.codemods.examples.functions import app
from tapfix.codemods.examples.tap012_hardcoded_credentials import (
    AURORA,
    DATABASE,
    MYSQL,
    SECRET,
    UNNAMED,
    VPC,
    WITH_SECRET,
    database,
)
from tapfix.model.access.datastores import data_stores
from tapfix.model.access.secrets import StoredLogin, stored_login
from tapfix.model.app import read_app
from tapfix.model.settings import Settings


def found(*parts: str) -> StoredLogin | str:
    files = app(VPC, *parts, handler="")
    read = read_app(
        "/app", {f"/app/{path}": text.encode() for path, text in files.items()}, Settings()
    )
    (store,) = data_stores(read)
    return stored_login(read, store)


@pytest.mark.parametrize(
    ("parts", "chain", "user", "name"),
    [
        ([DATABASE], ("secret",), "postgres", "orders"),
        ([UNNAMED], ("secret",), "postgres", None),
        ([AURORA], ("secret",), "postgres", "orders"),
        ([MYSQL], ("secret",), "shop", "shop"),
        ([MYSQL.replace("generated_secret", "username")], ("secret",), "shop", "shop"),
        ([SECRET, WITH_SECRET], (), "clerk", "orders"),
        (
            ['login = rds.DatabaseSecret(self, "Login", username="clerk")', WITH_SECRET],
            (),
            "clerk",
            "orders",
        ),
    ],
)
def test_a_secret_that_the_source_tells(
    parts: list[str], chain: tuple[str, ...], user: str, name: str | None
) -> None:
    login = found(*parts)
    assert isinstance(login, StoredLogin), login
    assert (login.secret.chain, login.user, login.database) == (chain, user, name)


@pytest.mark.parametrize(
    "parts",
    [
        [SECRET.replace("clerk", "").replace("username", "name"), WITH_SECRET],
        [SECRET.replace('"password"', '"key"'), WITH_SECRET],
        ['login = secretsmanager.Secret.from_secret_name_v2(self, "L", "x")', WITH_SECRET],
        [database("credentials=rds.Credentials.from_password('a', given)")],
        [database("credentials=given")],
        [database("**given")],
        [UNNAMED.replace("vpc=vpc,", "vpc=vpc, database_name=given,")],
        [
            "database = rds.DatabaseInstanceReadReplica(self, 'R', vpc=vpc,"
            " source_database_instance=given, instance_type=given)"
        ],
    ],
)
def test_a_secret_that_nobody_can_tell(parts: list[str]) -> None:
    assert isinstance(found(*parts), str)
