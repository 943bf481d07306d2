import functools
import json
import os

import boto3

s3 = boto3.client("s3")


def json_api(function):
    @functools.wraps(function)
    def wrapper(event, context):
        try:
            return {"statusCode": 200, "body": json.dumps(function(event, context))}
        except KeyError as error:
            return {"statusCode": 400, "body": f"missing {error}"}
        except Exception:
            return {"statusCode": 500, "body": "something went wrong"}

    return wrapper


@json_api
def handler(event, context):
    number = event["queryStringParameters"]["number"]
    page = s3.get_object(Bucket=os.environ["BUCKET"], Key=f"{number}.html")
    return page["Body"].read().decode()
