import json
import os

import redis

r = redis.Redis(host=os.environ.get("REDIS_HOST", "localhost"), port=6379, decode_responses=True)


def handler(event, context):
    counted = 0
    for record in event["Records"]:
        payload = record["kinesis"]["data"]
        vote = json.loads(payload)
        r.incr(f"votes:{vote['candidate']}")
        counted += 1
    print(f"counted {counted}")
    return counted
