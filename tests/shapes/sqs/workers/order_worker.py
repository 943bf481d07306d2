import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
sns = boto3.client("sns")


def handler(event, context):
    for record in event["Records"]:
        order = json.loads(record["body"])
        print(f"Processing order {order['order_id']}")
        table.put_item(Item={"order_id": order["order_id"], "total": str(order["total"])})
        sns.publish(
            TopicArn=os.environ["TOPIC_ARN"],
            Message=f"Order {order['order_id']} confirmed",
        )
    return {"processed": len(event["Records"])}
