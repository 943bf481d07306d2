import io
import os
import urllib.parse

import boto3
from PIL import Image

s3 = boto3.client("s3")
SIZE = (128, 128)


def make_thumbnail(data):
  image = Image.open(io.BytesIO(data))
  image.thumbnail(SIZE)
  out = io.BytesIO()
  image.save(out, "PNG")
  return out.getvalue()


def on_upload(event, context):
  for record in event["Records"]:
    bucket = record["s3"]["bucket"]["name"]
    key = urllib.parse.unquote_plus(record["s3"]["object"]["key"])
    obj = s3.get_object(Bucket=bucket, Key=key)
    thumb = make_thumbnail(obj["Body"].read())
    s3.put_object(Bucket=os.environ["THUMBS_BUCKET"], Key=f"{key}.png", Body=thumb)
  return "ok"
