"""Looks up the tariff of a meter; speaks memcached's text protocol itself."""

import logging
import os
import socket

logger = logging.getLogger()


def handler(event, context):
    address = os.environ["CACHE_HOST"], int(os.environ["CACHE_PORT"])
    try:
        with socket.create_connection(address, timeout=3) as connection:
            connection.sendall(f"get tariff:{int(event['meter'])}\r\n".encode())
            lines = connection.recv(4096).decode().splitlines()
    except OSError:
        logger.exception("The tariff cache does not answer")
        raise
    return {"tariff": lines[1] if len(lines) > 1 else None}
