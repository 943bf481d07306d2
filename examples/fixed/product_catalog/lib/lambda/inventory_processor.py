import base64
import json
import logging
import os

import boto3
import psycopg2
import redis

logger = logging.getLogger(__name__)

s3 = boto3.client("s3")


def handler(event, context):
    # Connect to the database
    conn = psycopg2.connect(
        host="localhost",
        port=5432,
        database="productcatalog",
        user="catalog_admin",
        password="password123",
    )
    cursor = conn.cursor()

    # Connect to the cache
    cache = redis.Redis(host="localhost", port=6379)

    failures = []
    for record in event["Records"]:
        try:
            data = json.loads(base64.b64decode(record["kinesis"]["data"]))
            product_id = data["product_id"]
            quantity = data["quantity"]

            # Update the stock in the database
            cursor.execute(
                "UPDATE products SET quantity = %s, updated_at = NOW() WHERE product_id = %s",
                (quantity, product_id),
            )
            conn.commit()

            # Refresh the cache
            cache.set(f"product:{product_id}", json.dumps(data))

            # Archive the update
            s3.put_object(
                Bucket=os.environ["ARCHIVE_BUCKET"],
                Key=f"{product_id}/{record['kinesis']['sequenceNumber']}.json",
                Body=json.dumps(data),
            )
        except Exception:
            logger.exception(
                "Record %s could not be processed", record["kinesis"]["sequenceNumber"]
            )
            conn.rollback()
            failures.append({"itemIdentifier": record["kinesis"]["sequenceNumber"]})

    conn.close()

    if failures:
        return {"batchItemFailures": failures}
    return {"statusCode": 200, "body": json.dumps("Inventory updated")}
