import logging
import os

import boto3

logger = logging.getLogger()
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
s3 = boto3.client("s3")


def handler(event, context):
    """Book an appointment and leave the letter for the patient."""
    try:
        table.put_item(Item={"patient": event["patient"], "at": event["at"]})
        s3.put_object(
            Bucket=os.environ["LETTERS"],
            Key=f"{event['patient']}/{event['at']}.txt",
            Body=f"See you at {event['at']}".encode(),
        )
    except Exception:
        logger.exception("Booking failed")
        raise
    return {"booked": event["at"]}
