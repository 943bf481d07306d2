import json
import os

import boto3
import pg8000.native

secrets = boto3.client("secretsmanager")


def connect():
    secret = json.loads(secrets.get_secret_value(SecretId=os.environ["SECRET_ARN"])["SecretString"])
    return pg8000.native.Connection(
        secret["username"],
        host=os.environ["PROXY_ENDPOINT"],
        database="members",
        password=secret["password"],
        ssl_context=True,
    )


def handler(event, context):
    con = connect()
    rows = con.run("SELECT id, name FROM members WHERE active = :a", a=True)
    con.close()
    return {"statusCode": 200, "body": json.dumps([{"id": r[0], "name": r[1]} for r in rows])}
