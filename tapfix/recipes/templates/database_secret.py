"""What a handler gets that connects to a database: how it reads the secret of that."""

from __future__ import annotations

import functools
import json
import os

import boto3


@functools.cache
def database_secret() -> dict[str, str]:
    """Read where the database is, its user and password from Secrets Manager.

    This is done once in a container's life: later calls return what the first one got.
    """
    client = boto3.client("secretsmanager")
    answer = client.get_secret_value(SecretId=os.environ["DB_SECRET_ARN"])
    secret: dict[str, str] = json.loads(answer["SecretString"])
    return secret
