import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_, aws_s3 as s3, aws_sqs as sqs
from aws_cdk.aws_lambda_event_sources import SqsEventSource

app = cdk.App()
stack = cdk.Stack(app, "Invoices")

bucket = s3.Bucket(stack, "InvoiceBucket", bucket_name="invoices")
queue = sqs.Queue(stack, "InvoiceQueue", queue_name="invoices")
printer = lambda_.Function(
    stack,
    "Printer",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="printer.handler",
    code=lambda_.Code.from_asset("functions"),
    environment={"BUCKET": bucket.bucket_name},
)
printer.add_event_source(SqsEventSource(queue))
api_fn = lambda_.Function(
    stack,
    "Viewer",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="viewer.handler",
    code=lambda_.Code.from_asset("functions"),
    environment={"BUCKET": bucket.bucket_name},
)
api_fn.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
app.synth()
