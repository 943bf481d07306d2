import json
import os

import pymysql

connection = pymysql.connect(
    host=os.environ["DB_HOST"],
    user="admin",
    password="hunter22",
    database=os.environ["DB_NAME"],
    autocommit=True,
)


def handler(event, context):
    body = json.loads(event["body"])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bookings (seat, film, customer) VALUES (%s, %s, %s)",
            (body["seat"], body["film"], body["customer"]),
        )
        booking = cursor.lastrowid
    return {"statusCode": 200, "body": json.dumps({"booking": booking})}
