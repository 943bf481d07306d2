import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb, aws_kinesis as kinesis, aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from constructs import Construct

REDIRECT = """
exports.handler = async (event) => {
  return { statusCode: 302, headers: { Location: process.env.TARGET } };
};
"""


class HookStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        table = dynamodb.Table(
            self, "Hooks", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        )
        stream = kinesis.Stream(self, "HookStream", stream_name="hooks")
        hook = lambda_.Function(
            self,
            "WebHook",
            function_name="web-hook",
            runtime=lambda_.Runtime.NODEJS_20_X,
            handler="index.handler",
            code=lambda_.Code.from_inline(
                """
                const { DynamoDBClient, PutItemCommand } = require("@aws-sdk/client-dynamodb");
                const client = new DynamoDBClient({});
                exports.handler = async (event) => {
                  for (const record of event.Records) {
                    const text = Buffer.from(record.kinesis.data, "base64").toString();
                    const hook = JSON.parse(text);
                    await client.send(new PutItemCommand({
                      TableName: process.env.TABLE,
                      Item: { id: { S: hook.id } },
                    }));
                  }
                };
                """
            ),
            environment={"TABLE": table.table_name},
        )
        hook.add_event_source(
            sources.KinesisEventSource(stream, starting_position=lambda_.StartingPosition.LATEST)
        )
        redirect = lambda_.Function(
            self,
            "Redirect",
            runtime=lambda_.Runtime.NODEJS_22_X,
            handler="index.handler",
            code=lambda_.InlineCode(REDIRECT),
            environment={"TARGET": "https://example.com"},
        )
        redirect.add_function_url()
