import os

from pymongo import MongoClient

client = MongoClient(
    host=os.environ["MONGO_HOST"],
    port=27017,
    username="catalogue",
    password="cat4logue",
    tls=True,
    retryWrites=False,
)


def handler(event, context):
    items = client.catalogue.items
    items.update_many({"stale": True}, {"$set": {"checked": event["time"]}})
    return {"count": items.count_documents({})}
