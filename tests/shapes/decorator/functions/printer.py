import functools
import json
import os
import time

import boto3
from jinja2 import Template

s3 = boto3.client("s3")
PAGE = Template("<h1>Invoice {{ number }}</h1><p>{{ total }}</p>")


def timed(function):
    @functools.wraps(function)
    def wrapper(event, context):
        start = time.monotonic()
        result = function(event, context)
        print(f"took {time.monotonic() - start:.3f} s")
        return result

    return wrapper


@timed
def handler(event, context):
    for record in event["Records"]:
        invoice = json.loads(record["body"])
        html = PAGE.render(number=invoice["number"], total=invoice["total"])
        s3.put_object(Bucket=os.environ["BUCKET"], Key=f"{invoice['number']}.html", Body=html)
