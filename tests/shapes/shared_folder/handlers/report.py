from db import connect


def handler(event, context):
    conn = connect()
    cur = conn.cursor()
    cur.execute("SELECT sku, sum(amount) FROM orders GROUP BY sku")
    return {"rows": cur.fetchall()}
