import os

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

logger = Logger()
app = APIGatewayHttpResolver()
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


@app.get("/payments/<payment_id>")
def get_payment(payment_id: str):
    item = table.get_item(Key={"id": payment_id}).get("Item")
    if item is None:
        raise NotFoundError(payment_id)
    return item


@logger.inject_lambda_context
def lambda_handler(event, context):
    return app.resolve(event, context)
