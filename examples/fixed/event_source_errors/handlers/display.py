import logging

logger = logging.getLogger()


def handler(event, context):
    try:
        for record in event["Records"]:
            logger.info("Showing %s", record["body"])
    except Exception:
        logger.exception("A sign stays dark")
        raise
