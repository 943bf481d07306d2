import asyncio
import json
import os

import asyncpg
import boto3

secrets = boto3.client("secretsmanager")


async def store(conn, position):
    await conn.execute(
        "INSERT INTO positions (vehicle, lat, lon) VALUES ($1, $2, $3) "
        "ON CONFLICT (vehicle) DO UPDATE SET lat = EXCLUDED.lat, lon = EXCLUDED.lon",
        position["vehicle"],
        position["lat"],
        position["lon"],
    )


async def main(event):
    secret = json.loads(
        secrets.get_secret_value(SecretId=os.environ["SECRET_ARN"])["SecretString"]
    )
    conn = await asyncpg.connect(
        host=secret["host"],
        database="geo",
        user=secret["username"],
        password=secret["password"],
    )
    positions = [json.loads(record["kinesis"]["data"]) for record in event["Records"]]
    for position in positions:
        await store(conn, position)
    await conn.close()
    return {"stored": len(positions)}


def handler(event, context):
    return asyncio.run(main(event))
