import json
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
s3 = boto3.client("s3")


def handler(event, context):
    results = []
    for record in event["Records"]:
        reading = json.loads(record["kinesis"]["data"])
        table.put_item(Item={"station": reading["station"], "celsius": str(reading["celsius"])})
        s3.put_object(
            Bucket=os.environ["ARCHIVE"],
            Key=f"{reading['station']}/{record['kinesis']['sequenceNumber']}.json",
            Body=json.dumps(reading),
        )
        results.append(reading["station"])
    return {"stations": results}
