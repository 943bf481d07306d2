import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2, aws_lambda as lambda_, aws_rds as rds
from aws_cdk import aws_kinesis as kinesis
from aws_cdk.aws_lambda_event_sources import KinesisEventSource
from aws_cdk.aws_lambda_python_alpha import PythonFunction
from constructs import Construct


class ScoreStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2)
        database = rds.DatabaseInstance(
            self,
            "Scores",
            engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_16),
            vpc=vpc,
            database_name="scores",
        )
        games = kinesis.Stream(self, "Games", stream_name="games")
        scorer = PythonFunction(
            self,
            "Scorer",
            entry="functions/scorer",
            index="scorer.py",
            handler="on_games",
            runtime=lambda_.Runtime.PYTHON_3_12,
            environment={"SECRET_NAME": database.secret.secret_name},
        )
        scorer.add_event_source(
            KinesisEventSource(games, starting_position=lambda_.StartingPosition.LATEST)
        )


app = cdk.App()
ScoreStack(app, "ScoreStack")
app.synth()
