import json
import logging
import os

import boto3

logger = logging.getLogger(__name__)

table = boto3.resource("dynamodb").Table(os.environ["STOCK_TABLE"])


def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            order = json.loads(record["body"])
            print(f"{order['customer']} wants {order['count']} {order['bread']}")
            table.update_item(
                Key={"bread": order["bread"]},
                UpdateExpression="ADD loaves :taken",
                ExpressionAttributeValues={":taken": -int(order["count"])},
            )
        except Exception:
            logger.exception("Record %s could not be processed", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
