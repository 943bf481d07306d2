import json
import os

import mysql.connector


def get_connection():
    return mysql.connector.connect(
        host=os.environ["DB_HOST"],
        user="billing",
        password="b1lling",
        database="billing",
    )


def handler(event, context):
    conn = get_connection()
    cursor = conn.cursor()
    for record in event["Records"]:
        invoice = json.loads(record["body"])
        cursor.execute(
            "REPLACE INTO invoices (number, customer, total) VALUES (%s, %s, %s)",
            (invoice["number"], invoice["customer"], invoice["total"]),
        )
    conn.commit()
    cursor.close()
    conn.close()
