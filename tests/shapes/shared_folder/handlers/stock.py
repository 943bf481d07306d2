import json

from db import cache, connect


def handler(event, context):
    conn = connect()
    store = cache()
    cur = conn.cursor()
    for record in event["Records"]:
        data = json.loads(record["kinesis"]["data"])
        cur.execute(
            "UPDATE stock SET amount = amount - %s WHERE sku = %s", (data["sold"], data["sku"])
        )
        conn.commit()
        store.delete(f"stock:{data['sku']}")
    conn.close()
    return {"ok": True}
