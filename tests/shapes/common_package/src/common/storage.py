import os

import boto3

s3 = boto3.client("s3")


def save(name, text):
    s3.put_object(Bucket=os.environ["EXPORT_BUCKET"], Key=name, Body=text.encode())
