from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk.aws_dynamodb import Attribute, AttributeType, Table, TableEncryption
from aws_cdk.aws_lambda import Code, Function, Runtime
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from aws_cdk.aws_sqs import DeadLetterQueue, Queue, QueueEncryption
from constructs import Construct


class OrdersStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, stage: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)

        rejected = Queue(
            self,
            "Rejected",
            encryption=QueueEncryption.SQS_MANAGED,
            retention_period=Duration.days(14),
        )
        orders = Queue(
            self,
            "Orders",
            queue_name=f"bakery-orders-{stage}",
            encryption=QueueEncryption.SQS_MANAGED,
            visibility_timeout=Duration.minutes(3),
            dead_letter_queue=DeadLetterQueue(max_receive_count=3, queue=rejected),
        )
        stock = Table(
            self,
            "Stock",
            table_name=f"bakery-stock-{stage}",
            partition_key=Attribute(name="bread", type=AttributeType.STRING),
            encryption=TableEncryption.AWS_MANAGED,
            removal_policy=RemovalPolicy.DESTROY,
        )

        take_order = Function(
            self,
            "TakeOrder",
            runtime=Runtime.PYTHON_3_12,
            handler="take_order.handler",
            code=Code.from_asset("handlers"),
            timeout=Duration.seconds(30),
            environment={"STOCK_TABLE": stock.table_name},
        )
        stock.grant_read_write_data(take_order)
        take_order.add_event_source(
            SqsEventSource(orders, batch_size=10, report_batch_item_failures=True)
        )

        CfnOutput(self, "OrdersUrl", value=orders.queue_url)
        CfnOutput(self, "RejectedUrl", value=rejected.queue_url)
        CfnOutput(self, "StockTable", value=stock.table_name)
        CfnOutput(self, "TakeOrderArn", value=take_order.function_arn)
