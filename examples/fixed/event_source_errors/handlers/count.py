import base64
import json
import logging
import os

import boto3

logger = logging.getLogger()
sqs = boto3.client("sqs")


def handler(event, context):
    """Tell the signs how full the garages are."""
    try:
        for record in event["Records"]:
            garage = json.loads(base64.b64decode(record["kinesis"]["data"]))
            text = f"{garage['name']}: {garage['free']} free"
            sqs.send_message(QueueUrl=os.environ["SIGNS_URL"], MessageBody=text)
    except Exception:
        logger.exception("The cars were not counted")
        raise
