import json
import os

import redis
import requests

cache = redis.Redis(host=os.environ["CACHE_HOST"], port=6379)


def handler(event, context):
    for record in event["Records"]:
        message = json.loads(record["Sns"]["Message"])
        key = f"alert:{message['id']}"
        if not cache.set(key, "1", nx=True, ex=3600):
            continue
        requests.post(os.environ["WEBHOOK"], json={"text": message["text"]}, timeout=5)
