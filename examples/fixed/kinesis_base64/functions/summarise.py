import base64
import json
import logging
from collections import Counter

logger = logging.getLogger()


def rides(event, context):
    """Add up the minutes ridden from each station."""
    minutes = Counter()
    try:
        for record in event["Records"]:
            payload = base64.b64decode(record["kinesis"]["data"]).decode("utf-8")
            ride = json.loads(payload)
            minutes[ride["station"]] += ride["minutes"]
    except Exception:
        logger.exception("Rides were not counted")
        raise
    return dict(minutes)


def docks(event, context):
    """Say how many bikes stand at each station; the docks send lines like ``harbour;12``."""
    try:
        lines = [
            base64.b64decode(r["kinesis"].get("data")).decode("utf-8").split(";")
            for r in event["Records"]
        ]
        bikes = {station: int(count) for station, count in lines}
    except Exception:
        logger.exception("Docks were not read")
        raise
    return bikes