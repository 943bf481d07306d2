from aws_cdk import (
    CfnOutput,
    Duration,
    RemovalPolicy,
    Stack,
    aws_kinesis as kinesis,
    aws_lambda as lambda_,
    aws_lambda_event_sources as event_sources,
    aws_sqs as sqs,
)
from constructs import Construct


class RidesStack(Stack):
    def __init__(
        self, scope: Construct, id: str, *, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, id, **kwargs)

        failed = sqs.Queue(
            self,
            "Failed",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=Duration.days(14),
        )
        CfnOutput(self, "FailedUrl", value=failed.queue_url)

        for source in ("Rides", "Docks"):
            stream = kinesis.Stream(
                self,
                source,
                stream_name=f"bike-{source.lower()}-{environment_suffix}",
                encryption=kinesis.StreamEncryption.MANAGED,
                removal_policy=RemovalPolicy.DESTROY,
            )
            summarise = lambda_.Function(
                self,
                f"Summarise{source}",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler=f"summarise.{source.lower()}",
                code=lambda_.Code.from_asset("functions"),
            )
            summarise.add_event_source(
                event_sources.KinesisEventSource(
                    stream,
                    starting_position=lambda_.StartingPosition.TRIM_HORIZON,
                    retry_attempts=3,
                    bisect_batch_on_error=True,
                    max_record_age=Duration.hours(24),
                    on_failure=event_sources.SqsDlq(failed),
                )
            )
            CfnOutput(self, f"{source}Stream", value=stream.stream_name)
            CfnOutput(self, f"{source}SummaryArn", value=summarise.function_arn)
