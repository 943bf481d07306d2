from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigatewayv2 as apigwv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as event_sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class PaymentsStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        powertools = lambda_.LayerVersion.from_layer_version_arn(
            self,
            "Powertools",
            f"arn:aws:lambda:{self.region}:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:7",
        )
        table = dynamodb.TableV2(
            self,
            "Payments",
            table_name="payments",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        )
        queue = sqs.Queue(self, "PaymentQueue", queue_name="payments")
        stream = kinesis.Stream(self, "Ledger", stream_name="ledger")

        common = {
            "runtime": lambda_.Runtime.PYTHON_3_12,
            "code": lambda_.Code.from_asset("src"),
            "layers": [powertools],
            "timeout": Duration.seconds(30),
            "environment": {"TABLE_NAME": table.table_name, "POWERTOOLS_SERVICE_NAME": "payments"},
        }
        consumer = lambda_.Function(self, "Consumer", handler="consumer.lambda_handler", **common)
        consumer.add_event_source(event_sources.SqsEventSource(queue, batch_size=10))
        ledger = lambda_.Function(self, "LedgerReader", handler="ledger.lambda_handler", **common)
        ledger.add_event_source(
            event_sources.KinesisEventSource(
                stream,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            )
        )
        api = lambda_.Function(self, "ApiFunction", handler="api.lambda_handler", **common)
        http = apigwv2.HttpApi(self, "Http", api_name="payments")
        http.add_routes(
            path="/payments/{id}",
            methods=[apigwv2.HttpMethod.GET],
            integration=integrations.HttpLambdaIntegration("Get", api),
        )
        logs.LogGroup(self, "ApiLogs", log_group_name="/payments/api")
