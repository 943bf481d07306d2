import json
import os

import boto3
import psycopg

secrets = boto3.client("secretsmanager")


def lambda_handler(event, context):
    secret = json.loads(
        secrets.get_secret_value(SecretId=os.environ["DB_SECRET"])["SecretString"]
    )
    conn = psycopg.connect(
        host=secret["host"],
        dbname=secret["dbname"],
        user=secret["username"],
        password=secret["password"],
    )
    with conn.cursor() as cur:
        for record in event["Records"]:
            if record["eventName"] == "REMOVE":
                cur.execute(
                    "DELETE FROM orders WHERE id = %s",
                    (record["dynamodb"]["Keys"]["pk"]["S"],),
                )
            else:
                image = record["dynamodb"]["NewImage"]
                cur.execute(
                    """
                    INSERT INTO orders (id, customer, total)
                    VALUES (%s, %s, %s)
                    ON CONFLICT (id) DO UPDATE
                    SET customer = EXCLUDED.customer, total = EXCLUDED.total
                    """,
                    (image["pk"]["S"], image["customer"]["S"], image["total"]["N"]),
                )
            conn.commit()
    conn.close()
