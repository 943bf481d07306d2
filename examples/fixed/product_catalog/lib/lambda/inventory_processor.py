import base64
import functools
import json
import logging
import os

import boto3
import psycopg2
import redis

logger = logging.getLogger(__name__)

s3 = boto3.client("s3")


@functools.cache
def database_secret() -> dict[str, str]:
    """Read where the database is, its user and password from Secrets Manager.

    This is done once in a container's life: later calls return what the first one got.
    """
    client = boto3.client("secretsmanager")
    answer = client.get_secret_value(SecretId=os.environ["DB_SECRET_ARN"])
    secret: dict[str, str] = json.loads(answer["SecretString"])
    return secret


def handler(event, context):
    secret = database_secret()
    # Connect to the database
    conn = psycopg2.connect(
        host=secret["host"],
        port=int(secret["port"]),
        database=secret["dbname"],
        user=secret["username"],
        password=secret["password"],
    )
    cursor = conn.cursor()

    # Connect to the cache
    cache = redis.Redis(
        host=os.environ["REDIS_HOST"], port=int(os.environ["REDIS_PORT"])
    )

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
