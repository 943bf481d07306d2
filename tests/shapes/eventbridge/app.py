import aws_cdk as cdk
from aws_cdk import aws_events as events, aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_, aws_s3 as s3, aws_secretsmanager as secretsmanager
from constructs import Construct


class NightlyReport(Construct):
    """A report each night, and one for each closed shop."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket: s3.IBucket) -> None:
        super().__init__(scope, construct_id)
        api_key = secretsmanager.Secret(self, "ApiKey", secret_name="sales-api-key")
        self.function = lambda_.Function(
            self,
            "Report",
            function_name="nightly-report",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="report.handler",
            code=lambda_.Code.from_asset("lambdas"),
            timeout=cdk.Duration.minutes(5),
            environment={
                "REPORTS_BUCKET": bucket.bucket_name,
                "API_KEY_SECRET": api_key.secret_name,
                "SALES_URL": "https://sales.example.com",
            },
        )
        events.Rule(
            self,
            "Schedule",
            rule_name="nightly-report",
            schedule=events.Schedule.cron(hour="2", minute="0"),
            targets=[targets.LambdaFunction(self.function)],
        )
        events.Rule(
            self,
            "ShopClosed",
            event_pattern=events.EventPattern(source=["shops"], detail_type=["ShopClosed"]),
            targets=[targets.LambdaFunction(self.function)],
        )


class ReportStack(cdk.Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        bucket = s3.Bucket(
            self,
            "Reports",
            bucket_name="nightly-reports",
            lifecycle_rules=[
                s3.LifecycleRule(
                    transitions=[
                        s3.Transition(
                            storage_class=s3.StorageClass.INFREQUENT_ACCESS,
                            transition_after=cdk.Duration.days(30),
                        )
                    ]
                )
            ],
        )
        NightlyReport(self, "Nightly", bucket=bucket)


app = cdk.App()
ReportStack(app, "ReportStack")
app.synth()
