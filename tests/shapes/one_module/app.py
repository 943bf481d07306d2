import aws_cdk as cdk
from aws_cdk import (
    aws_apigateway as apigateway,
    aws_dynamodb as dynamodb,
    aws_lambda as lambda_,
    aws_lambda_event_sources as event_sources,
    aws_sns as sns,
    aws_sns_subscriptions as subscriptions,
    aws_sqs as sqs,
)


class TodoStack(cdk.Stack):
    def __init__(self, scope, construct_id, suffix, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        table = dynamodb.Table(
            self,
            "Todos",
            table_name="todos",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        )
        topic = sns.Topic(self, "Done", topic_name=f"done-{suffix}")
        queue = sqs.Queue(self, "Imports", queue_name=f"imports-{suffix}")
        code = lambda_.Code.from_asset("backend")
        runtime = lambda_.Runtime.PYTHON_3_12
        environment = {"TODOS_TABLE": table.table_name}

        create = lambda_.Function(
            self, "Create", runtime=runtime, code=code, handler="todos.create", environment=environment
        )
        complete = lambda_.Function(
            self,
            "Complete",
            runtime=runtime,
            code=code,
            handler="todos.complete",
            environment={**environment, "TOPIC_ARN": topic.topic_arn},
        )
        load = lambda_.Function(
            self, "Load", runtime=runtime, code=code, handler="todos.load", environment=environment
        )
        mail = lambda_.Function(
            self, "Mail", runtime=runtime, code=code, handler="todos.mail", environment=environment
        )

        api = apigateway.RestApi(self, "Api", rest_api_name=f"todos-{suffix}")
        todos = api.root.add_resource("todos")
        todos.add_method("POST", apigateway.LambdaIntegration(create))
        todos.add_resource("{id}").add_method("PUT", apigateway.LambdaIntegration(complete))
        load.add_event_source(event_sources.SqsEventSource(queue))
        topic.add_subscription(subscriptions.LambdaSubscription(mail))


app = cdk.App()
TodoStack(app, "TodoStack-dev", "dev")
app.synth()
