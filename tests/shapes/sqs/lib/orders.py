import aws_cdk as cdk
from aws_cdk import aws_dynamodb as ddb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class OrdersStack(cdk.Stack):
    def __init__(self, scope: Construct, id: str, *, env_name: str, **kwargs):
        super().__init__(scope, id, **kwargs)

        orders_queue = sqs.Queue(
            self,
            "OrdersQueue",
            queue_name="orders",
            visibility_timeout=cdk.Duration.minutes(6),
        )
        refunds_queue = sqs.Queue(
            self,
            "RefundsQueue",
            queue_name="refunds.fifo",
            fifo=True,
            visibility_timeout=cdk.Duration.minutes(6),
        )
        confirmations = sns.Topic(self, "Confirmations", topic_name="confirmations")
        table = ddb.Table(
            self,
            "OrdersTable",
            table_name="orders",
            partition_key=ddb.Attribute(name="order_id", type=ddb.AttributeType.STRING),
        )

        role = iam.Role(
            self,
            "WorkerRole",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSLambdaBasicExecutionRole"
                )
            ],
        )
        worker = lambda_.Function(
            self,
            "OrderWorker",
            function_name="order-worker",
            runtime=lambda_.Runtime.PYTHON_3_11,
            handler="order_worker.handler",
            code=lambda_.Code.from_asset("workers"),
            timeout=cdk.Duration.minutes(1),
            role=role,
            environment={
                "TABLE_NAME": table.table_name,
                "TOPIC_ARN": confirmations.topic_arn,
            },
        )
        refunder = lambda_.Function(
            self,
            "RefundWorker",
            runtime=lambda_.Runtime.PYTHON_3_11,
            handler="refund_worker.handler",
            code=lambda_.Code.from_asset("workers"),
            timeout=cdk.Duration.minutes(1),
            environment={"TABLE_NAME": table.table_name},
        )
        worker.add_event_source_mapping(
            "Orders", event_source_arn=orders_queue.queue_arn, batch_size=10
        )
        refunder.add_event_source(sources.SqsEventSource(refunds_queue, batch_size=5))
