import json
import os

import boto3
import psycopg2
import redis

s3 = boto3.client("s3")
secrets = boto3.client("secretsmanager")


def handler(event, context):
    secret = json.loads(
        secrets.get_secret_value(SecretId=os.environ["DB_SECRET_ARN"])["SecretString"]
    )
    conn = psycopg2.connect(
        host=secret["host"],
        port=secret["port"],
        dbname=secret["dbname"],
        user=secret["username"],
        password=secret["password"],
    )
    cache = redis.Redis(
        host=os.environ["REDIS_HOST"], port=int(os.environ["REDIS_PORT"])
    )
    for record in event["Records"]:
        contact = json.loads(record["body"])
        with conn.cursor() as cur:
            cur.execute(
                "INSERT INTO contacts (id, name, email) VALUES (%s, %s, %s) "
                "ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, email = EXCLUDED.email",
                (contact["id"], contact["name"], contact["email"]),
            )
        conn.commit()
        cache.setex(f"contact:{contact['id']}", 300, json.dumps(contact))
        s3.put_object(
            Bucket=os.environ["BUCKET"],
            Key=f"contacts/{contact['id']}.json",
            Body=record["body"],
        )
    conn.close()
    return {"statusCode": 200}
