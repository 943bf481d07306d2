import json
import os

import boto3
import psycopg2


def credentials():
    client = boto3.client("secretsmanager")
    return json.loads(client.get_secret_value(SecretId=os.environ["SECRET_NAME"])["SecretString"])


def on_games(event, context):
    login = credentials()
    conn = psycopg2.connect(
        host=login["host"], user=login["username"], password=login["password"], dbname="scores"
    )
    for record in event["Records"]:
        game = json.loads(record["kinesis"]["data"])
        with conn, conn.cursor() as cur:
            cur.execute(
                "UPDATE players SET points = points + %s WHERE name = %s",
                (game["points"], game["player"]),
            )
    conn.close()
