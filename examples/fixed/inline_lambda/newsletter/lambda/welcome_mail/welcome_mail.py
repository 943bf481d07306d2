import logging

logger = logging.getLogger()


def welcome(event, context):
    try:
        subscriber = event["detail"]["subscriber"]
        text = f"Dear {subscriber['name']},\nwelcome to our newsletter!"
    except KeyError:
        logger.exception("Not a subscription: %s", event)
        raise
    return {"to": subscriber["mail"], "text": text}
