import functools
import json
import logging
import os

import boto3
import pymysql

logger = logging.getLogger()

SCHEMA = """
CREATE TABLE IF NOT EXISTS bookings (
    seat INT NOT NULL, film VARCHAR(80) NOT NULL, PRIMARY KEY (seat, film)
)
"""


@functools.cache
def database_secret() -> dict[str, str]:
    """Read where the database is, its user and password from Secrets Manager.

    This is done once in a container's life: later calls return what the first one got.
    """
    client = boto3.client("secretsmanager")
    answer = client.get_secret_value(SecretId=os.environ["DB_SECRET_ARN"])
    secret: dict[str, str] = json.loads(answer["SecretString"])
    return secret


def handler(event, context):
    try:
        secret = database_secret()
        connection = pymysql.connect(
            host=secret["host"],
            user=secret["username"],
            password=secret["password"],
            database=secret["dbname"],
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(SCHEMA)
            cursor.execute(
                "INSERT INTO bookings (seat, film) VALUES (%s, %s)",
                (event["seat"], event["film"]),
            )
            connection.commit()
    except Exception:
        logger.exception("No booking for %s", event.get("film"))
        raise
    return {"seat": event["seat"]}
