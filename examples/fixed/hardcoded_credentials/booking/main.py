import logging

import pymysql

logger = logging.getLogger()

SCHEMA = """
CREATE TABLE IF NOT EXISTS bookings (
    seat INT NOT NULL, film VARCHAR(80) NOT NULL, PRIMARY KEY (seat, film)
)
"""


def handler(event, context):
    try:
        connection = pymysql.connect(
            host="cinema-bookings.cluster.internal",
            user="cinema",
            password="P0pcorn!2024",
            database="cinema",
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
