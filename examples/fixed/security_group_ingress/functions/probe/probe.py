import logging
import os
import socket

logger = logging.getLogger()


def handler(event, context):
    """Say whether the seats' database takes connections before the doors open."""
    try:
        socket.create_connection((os.environ["DB_HOST"], 5432), timeout=5).close()
    except OSError:
        logger.exception("The database does not answer")
        return {"open": False}
    return {"open": True}
