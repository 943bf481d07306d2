import json

from common.database import connect


def handler(event, context):
    conn = connect()
    for record in event["Records"]:
        loan = json.loads(record["kinesis"]["data"])
        with conn.cursor() as cur:
            cur.execute(
                "INSERT INTO loans (id, book, reader) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING",
                (loan["id"], loan["book"], loan["reader"]),
            )
        conn.commit()
    conn.close()
