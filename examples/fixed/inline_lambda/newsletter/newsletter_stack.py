from aws_cdk import (
    CfnOutput,
    Duration,
    Stack,
    aws_events as events,
    aws_events_targets as targets,
    aws_lambda as _lambda,
)
from constructs import Construct


class NewsletterStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        self.environment_suffix = kwargs.pop("environment_suffix")
        super().__init__(scope, construct_id, **kwargs)

        self.welcome = _lambda.Function(
            self,
            "WelcomeMail",
            function_name=f"welcome-mail-{self.environment_suffix}",
            runtime=_lambda.Runtime.PYTHON_3_12,
            handler="welcome_mail.welcome",
            code=_lambda.Code.from_asset("newsletter/lambda/welcome_mail"),
        )
        events.Rule(
            self,
            "Subscribed",
            event_pattern=events.EventPattern(source=["newsletter.subscriptions"]),
            targets=[targets.LambdaFunction(self.welcome)],
        )

        self.digest = _lambda.Function(
            self,
            "WeeklyDigest",
            runtime=_lambda.Runtime.NODEJS_22_X,
            handler="weekly_digest.handler",
            code=_lambda.Code.from_asset("newsletter/lambda/weekly_digest"),
            timeout=Duration.seconds(30),
        )
        events.Rule(
            self,
            "Monday",
            schedule=events.Schedule.cron(week_day="MON", hour="6", minute="0"),
            targets=[targets.LambdaFunction(self.digest)],
        )

        CfnOutput(self, "WelcomeArn", value=self.welcome.function_arn)
        CfnOutput(self, "DigestArn", value=self.digest.function_arn)
