# Parkhäuser: sensors → occupancy → signs at the ring road
import aws_cdk as cdk
from aws_cdk import (
    aws_kinesis as kinesis,
    aws_lambda as lambda_,
    aws_lambda_event_sources as sources,
    aws_sqs as sqs,
)
from constructs import Construct


class ParkingStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, suffix: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sensors = self.stream("sensors", suffix)
        barriers = self.stream("barriers", suffix)
        signs_dead_letter_queue = sqs.Queue(
            self,
            "SignsDeadLetterQueue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=cdk.Duration.days(14),
        )
        signs = sqs.Queue(
            self,
            "Signs",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=5, queue=signs_dead_letter_queue
            ),
        )

        count = self.function("count", SIGNS_URL=signs.queue_url)
        signs.grant_send_messages(count)
        sensors_dead_letter_queue = sqs.Queue(
            self,
            "SensorsDeadLetterQueue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=cdk.Duration.days(14),
        )
        count.add_event_source(
            sources.KinesisEventSource(
                sensors,
                starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                retry_attempts=3,
                bisect_batch_on_error=True,
                max_record_age=cdk.Duration.hours(24),
                on_failure=sources.SqsDlq(sensors_dead_letter_queue),
            )
        )
        barriers.grant_read(count)
        barrier_movements_dead_letter_queue = sqs.Queue(
            self,
            "BarrierMovementsDeadLetterQueue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=cdk.Duration.days(14),
        )
        lambda_.EventSourceMapping(
            self,
            "BarrierMovements",
            target=count,
            event_source_arn=barriers.stream_arn,
            starting_position=lambda_.StartingPosition.LATEST,
            retry_attempts=3,
            bisect_batch_on_error=True,
            max_record_age=cdk.Duration.hours(24),
            on_failure=sources.SqsDlq(barrier_movements_dead_letter_queue),
        )

        display = self.function("display")
        display.add_event_source(sources.SqsEventSource(signs, batch_size=1))

        cdk.CfnOutput(self, "SignsUrl", value=signs.queue_url)

    def stream(self, name: str, suffix: str) -> kinesis.Stream:
        stream = kinesis.Stream(
            self,
            name.title(),
            stream_name=f"parking-{name}-{suffix}",
            encryption=kinesis.StreamEncryption.MANAGED,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        cdk.CfnOutput(self, f"{name.title()}Stream", value=stream.stream_name)
        return stream

    def function(self, name: str, **environment: str) -> lambda_.Function:
        function = lambda_.Function(
            self,
            name.title(),
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler=f"{name}.handler",
            code=lambda_.Code.from_asset("handlers"),
            environment=environment,
        )
        cdk.CfnOutput(self, f"{name.title()}Arn", value=function.function_arn)
        return function
