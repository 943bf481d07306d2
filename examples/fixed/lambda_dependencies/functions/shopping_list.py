import logging
import os

import boto3
import yaml

from mailing import send

logger = logging.getLogger()
s3 = boto3.client("s3")


def handler(event, context):
    try:
        stored = s3.get_object(Bucket=os.environ["RECIPES"], Key=event["recipe"])
        recipe = yaml.safe_load(stored["Body"])
        send(event["to"], "\n".join(recipe["ingredients"]))
    except Exception:
        logger.exception("No list for %s", event.get("recipe"))
        raise
    return len(recipe["ingredients"])
