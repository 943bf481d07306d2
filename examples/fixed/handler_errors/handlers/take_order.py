import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["STOCK_TABLE"])


def handler(event, context):
    for record in event["Records"]:
        order = json.loads(record["body"])
        print(f"{order['customer']} wants {order['count']} {order['bread']}")
        table.update_item(
            Key={"bread": order["bread"]},
            UpdateExpression="ADD loaves :taken",
            ExpressionAttributeValues={":taken": -int(order["count"])},
        )
