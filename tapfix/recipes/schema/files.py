"""The folder that an app deploys to create its tables: ``schema.sql``, and what runs it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapfix.edits import CreateFile, Edit
from tapfix.model.app import App
from tapfix.model.python.modules import Module
from tapfix.model.sql.tables import Dialect, Schema
from tapfix.recipes.code.asset_folders import home_of, is_shared
from tapfix.recipes.schema.ddl import ddl

HANDLER = "create_schema.handler"
"""What Lambda is told to run."""

_TEMPLATES = Path(__file__).parents[1] / "templates"
_MOST = 100
Replacements = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Driver:
    """A library that connects to a database.

    ``module`` is what is imported; ``package`` the part of it that a distribution brings.
    ``replaced`` turns the template for its dialect into code for it.
    """

    module: str
    package: str
    dialect: Dialect
    replaced: Replacements = ()


DRIVERS: Mapping[str, Driver] = {
    driver.module: driver
    for driver in (
        Driver("psycopg2", "psycopg2", "postgres"),
        Driver("psycopg", "psycopg", "postgres", (("psycopg2", "psycopg"),)),
        Driver(
            "pg8000.dbapi",
            "pg8000",
            "postgres",
            (("psycopg2", "pg8000.dbapi"), ("dbname=", "database=")),
        ),
        Driver("pymysql", "pymysql", "mysql"),
        Driver(
            "mysql.connector",
            "mysql",
            "mysql",
            (
                ("pymysql", "mysql.connector"),
                ('        ssl={"ca": None},  # encrypted where the server offers that\n', ""),
            ),
        ),
    )
}
"""The libraries that a function can create tables with, the usual one of a dialect first."""

_ALIKE = {"pg8000": "pg8000.dbapi", "mysql": "mysql.connector", "psycopg_pool": "psycopg"}


def driver_like(callees: Iterator[str], dialect: Dialect) -> Driver:
    """The library that handlers connect with, or the usual one where that cannot run a file."""
    for callee in callees:
        top = callee.partition(".")[0]
        driver = DRIVERS.get(_ALIKE.get(top, top))
        if driver is not None and driver.dialect == dialect:
            return driver
    return next(driver for driver in DRIVERS.values() if driver.dialect == dialect)


def code(driver: Driver, secret: str, database: str | None) -> str:
    """The module that creates the tables.

    ``secret`` is the variable that tells the secret, ``database`` the one that tells the name of
    the database, if the secret does not.
    """
    text = (_TEMPLATES / f"create_{driver.dialect}_schema.py").read_text(encoding="utf-8")
    for old, new in driver.replaced:
        text = text.replace(old, new)
    text = text.replace("DB_SECRET_ARN", secret)
    if database is not None:
        text = text.replace('secret["dbname"]', f'os.environ["{database}"]')
    return text


@dataclass(frozen=True, slots=True)
class SchemaFiles:
    """The folder as an absolute path, and the edits that make its files."""

    folder: str
    edits: tuple[Edit, ...]


def schema_files(
    app: App, module: Module, stem: str, schema: Schema, text: str, *, alone: bool
) -> SchemaFiles:
    """A folder for what creates the tables of a database, beside the stacks of a module.

    ``stem`` is the folder's name where it is not ``schema``: where the app has several databases,
    not ``alone``, or something else is called that.
    """
    files = {"schema.sql": ddl(schema), "create_schema.py": text}
    names = [*(["schema"] if alone else []), f"{stem}_schema"]
    names += [f"{stem}_schema_{number}" for number in range(2, _MOST)]
    home = _home(app, module)
    folders = (posixpath.join(home, name) for name in names)
    folder = next(one for one in folders if _is_free(app, one, files))
    return SchemaFiles(
        folder, tuple(CreateFile(f"{folder}/{name}", text) for name, text in files.items())
    )


def _home(app: App, module: Module) -> str:
    """Where functions have a folder each, or beside the one that has the code of all."""
    folder, flat = home_of(app, module, python=True)
    return posixpath.dirname(folder) if flat or is_shared(folder) else folder


def _is_free(app: App, folder: str, files: Mapping[str, str]) -> bool:
    """Whether nothing else is known to lie in a folder, or to be deployed from there."""
    below = f"{folder}/"
    wanted = {f"{below}{name}": text.encode() for name, text in files.items()}
    if any(f"{made.path}/".startswith(below) for made in app.functions if made.path is not None):
        return False
    there = {path: data for path, data in app.files.items() if path.startswith(below)}
    return all(wanted.get(path) == data for path, data in there.items())
