import csv
import io

from common.database import connect
from common.storage import save


def handler(event, context):
    conn = connect()
    out = io.StringIO()
    writer = csv.writer(out)
    with conn.cursor() as cur:
        cur.execute("SELECT id, book, reader FROM loans")
        for row in cur:
            writer.writerow(row)
    conn.close()
    save(f"{event['date']}.csv", out.getvalue())
    return {"key": f"{event['date']}.csv"}
