import json

from db import connect


def handler(event, context):
    conn = connect()
    with conn:
        with conn.cursor() as cur:
            for record in event["Records"]:
                order = json.loads(record["body"])
                cur.execute(
                    "INSERT INTO orders (id, sku, amount) VALUES (%s, %s, %s)",
                    (order["id"], order["sku"], order["amount"]),
                )
    conn.close()
