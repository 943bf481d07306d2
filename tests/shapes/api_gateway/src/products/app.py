import json
import os
import uuid

import boto3
import psycopg2
from psycopg2.extras import RealDictCursor

dynamodb = boto3.resource("dynamodb")
audit = dynamodb.Table(os.environ["AUDIT_TABLE"])
s3 = boto3.client("s3")


def get_connection():
    return psycopg2.connect(
        host=os.environ["DB_HOST"],
        dbname="products",
        user="products",
        password="Pr0ducts!",
    )


def lambda_handler(event, context):
    method = event["httpMethod"]
    conn = get_connection()
    cur = conn.cursor(cursor_factory=RealDictCursor)
    if method == "GET":
        cur.execute("SELECT id, name, price FROM products ORDER BY name")
        rows = cur.fetchall()
        conn.close()
        return {"statusCode": 200, "body": json.dumps(rows, default=str)}

    body = json.loads(event["body"])
    product_id = str(uuid.uuid4())
    cur.execute(
        "INSERT INTO products (id, name, price) VALUES (%s, %s, %s)",
        (product_id, body["name"], body["price"]),
    )
    conn.commit()
    conn.close()
    url = s3.generate_presigned_url(
        "put_object",
        Params={"Bucket": os.environ["IMAGES_BUCKET"], "Key": f"{product_id}.png"},
        ExpiresIn=300,
    )
    audit.put_item(Item={"id": product_id, "action": "created"})
    return {
        "statusCode": 201,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"id": product_id, "upload": url}),
    }
