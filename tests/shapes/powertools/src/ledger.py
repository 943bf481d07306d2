import os

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent, event_source

logger = Logger()
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


@logger.inject_lambda_context
@event_source(data_class=KinesisStreamEvent)
def lambda_handler(event: KinesisStreamEvent, context):
    for record in event.records:
        entry = record.kinesis.data_as_json()
        table.update_item(
            Key={"id": entry["id"]},
            UpdateExpression="SET booked = :b",
            ExpressionAttributeValues={":b": True},
        )
