import json
import os
from decimal import Decimal

import boto3

dynamodb = boto3.resource("dynamodb")


def handler(event, _context):
    table = dynamodb.Table(os.environ["TABLE_NAME"])
    for message in event.get("Records", []):
        refund = json.loads(message["body"])
        table.update_item(
            Key={"order_id": refund["order_id"]},
            UpdateExpression="SET total = total - :amount",
            ExpressionAttributeValues={":amount": Decimal(str(refund["amount"]))},
        )
