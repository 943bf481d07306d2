from aws_cdk import (
    CfnOutput,
    Duration,
    Stack,
    aws_events as events,
    aws_events_targets as targets,
    aws_lambda as _lambda,
)
from constructs import Construct

WELCOME_CODE = """
import logging

logger = logging.getLogger()


def welcome(event, context):
    try:
        subscriber = event["detail"]["subscriber"]
        text = f"Dear {subscriber['name']},\\nwelcome to our newsletter!"
    except KeyError:
        logger.exception("Not a subscription: %s", event)
        raise
    return {"to": subscriber["mail"], "text": text}
"""


class NewsletterStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        self.environment_suffix = kwargs.pop("environment_suffix")
        super().__init__(scope, construct_id, **kwargs)

        self.welcome = _lambda.Function(
            self,
            "WelcomeMail",
            function_name=f"welcome-mail-{self.environment_suffix}",
            runtime=_lambda.Runtime.PYTHON_3_12,
            handler="index.welcome",
            code=_lambda.Code.from_inline(WELCOME_CODE),
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
            handler="index.handler",
            code=_lambda.InlineCode("""
exports.handler = async (event) => {
  const week = new Date(event.time);
  console.log(`Digest of the week before ${week.toDateString()}`);
};
"""),
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
