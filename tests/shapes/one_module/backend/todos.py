import json
import os
import uuid

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TODOS_TABLE"])
sns = boto3.client("sns")


def create(event, context):
    body = json.loads(event["body"])
    todo = {"id": str(uuid.uuid4()), "text": body["text"], "done": False}
    table.put_item(Item=todo)
    return {"statusCode": 201, "body": json.dumps(todo)}


def complete(event, context):
    todo_id = event["pathParameters"]["id"]
    table.update_item(
        Key={"id": todo_id},
        UpdateExpression="SET done = :d",
        ExpressionAttributeValues={":d": True},
    )
    sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message=json.dumps({"id": todo_id}))
    return {"statusCode": 204}


def load(event, context):
    for record in event["Records"]:
        todo = json.loads(record["body"])
        table.put_item(Item={"id": todo["id"], "text": todo["text"], "done": False})


def mail(event, context):
    for record in event["Records"]:
        message = json.loads(record["Sns"]["Message"])
        todo = table.get_item(Key={"id": message["id"]})["Item"]
        print(f"{todo['text']} is done")
