import json
import os
from decimal import Decimal

import boto3


class Ingest:
    """Writes the readings of devices."""

    def __init__(self):
        self.table = boto3.resource("dynamodb").Table(os.environ["TABLE"])

    def store(self, reading):
        self.table.put_item(
            Item={
                "device": reading["device"],
                "at": reading["at"],
                "value": Decimal(str(reading["value"])),
            }
        )

    def handle(self, event, context):
        for record in event["Records"]:
            reading = json.loads(record["kinesis"]["data"])
            self.store(reading)
        return {"stored": len(event["Records"])}


handler = Ingest().handle
