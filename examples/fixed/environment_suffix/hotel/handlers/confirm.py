import json
import logging
import os

import boto3

logger = logging.getLogger()


def handler(event, context):
    try:
        reservation = json.loads(event["body"])
        table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
        table.put_item(Item=reservation)
        boto3.client("s3").put_object(
            Bucket=os.environ["HOTEL_GUEST_DOCUMENTS_BUCKET"],
            Key=f"confirmations/{reservation['number']}.json",
            Body=json.dumps(reservation),
        )
        boto3.client("sqs").send_message(
            QueueUrl=os.environ["REQUESTS_URL"], MessageBody=reservation["number"]
        )
    except Exception:
        logger.exception("The reservation was not confirmed")
        raise
    return {"statusCode": 201, "body": reservation["number"]}
