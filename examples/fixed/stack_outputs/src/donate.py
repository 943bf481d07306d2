import json
import logging
import os

import boto3

logger = logging.getLogger()


def handler(event, context):
    try:
        pledge = json.loads(event["body"])
        donors = boto3.resource("dynamodb").Table(os.environ["DONORS"])
        donors.put_item(Item={"mail": pledge["mail"]})
        boto3.client("sqs").send_message(
            QueueUrl=os.environ["PLEDGES"], MessageBody=event["body"]
        )
        boto3.client("s3").put_object(
            Bucket=os.environ["RECEIPTS"],
            Key=f"{context.aws_request_id}.json",
            Body=event["body"],
        )
    except Exception:
        logger.exception("No donation")
        raise
    return {"statusCode": 202}
