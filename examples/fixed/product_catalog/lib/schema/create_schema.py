"""Creates the tables of a database when the app is deployed.

``schema.sql`` beside this file says which. Tables that are there stay as they are, so
it does no harm to run this again.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import boto3
import psycopg2

SCHEMA = Path(__file__).with_name("schema.sql")
# A number that nothing else in the database locks.
LOCK = 7239463

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


def database_secret() -> dict[str, str]:
    """Read where the database is, its user and password from Secrets Manager."""
    client = boto3.client("secretsmanager")
    answer = client.get_secret_value(SecretId=os.environ["DB_SECRET_ARN"])
    secret: dict[str, str] = json.loads(answer["SecretString"])
    return secret


def create_tables() -> None:
    """Run the whole of ``schema.sql`` in one transaction, or nothing of it."""
    secret = database_secret()
    connection = psycopg2.connect(
        host=secret["host"],
        port=int(secret["port"]),
        dbname=secret["dbname"],
        user=secret["username"],
        password=secret["password"],
    )
    try:
        cursor = connection.cursor()
        # Two runs at once would both create what neither sees: the later one waits.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        cursor.execute(SCHEMA.read_text(encoding="utf-8"))
        connection.commit()
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
