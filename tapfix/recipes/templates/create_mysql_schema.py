"""Creates the tables of a database when the app is deployed.

``schema.sql`` beside this file says which. Tables that are there stay as they are, so
it does no harm to run this again.
"""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path

import boto3
import pymysql

SCHEMA = Path(__file__).with_name("schema.sql")

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def database_secret() -> dict[str, str]:
    """Read where the database is, its user and password from Secrets Manager."""
    client = boto3.client("secretsmanager")
    answer = client.get_secret_value(SecretId=os.environ["DB_SECRET_ARN"])
    secret: dict[str, str] = json.loads(answer["SecretString"])
    return secret


def statements(text: str) -> list[str]:
    """The statements of a text: each ends with a semicolon that ends its line."""
    parts = re.split(r";[ \t]*$", text, flags=re.MULTILINE)
    return [part for part in parts if part.strip()]


def create_tables() -> None:
    """Run ``schema.sql``, one statement after the other."""
    secret = database_secret()
    connection = pymysql.connect(
        host=secret["host"],
        port=int(secret["port"]),
        database=secret["dbname"],
        user=secret["username"],
        password=secret["password"],
        ssl={"ca": None},  # encrypted where the server offers that
    )
    try:
        cursor = connection.cursor()
        for statement in statements(SCHEMA.read_text(encoding="utf-8")):
            cursor.execute(statement)
    finally:
        connection.close()


def handler(_event: object, _context: object) -> None:
    """Create the tables; an error fails the deploy."""
    try:
        create_tables()
    except Exception:
        logger.exception("The tables could not be created")
        raise
    logger.info("The tables are there")
