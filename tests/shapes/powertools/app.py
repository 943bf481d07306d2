import aws_cdk as cdk

from service.stack import PaymentsStack

app = cdk.App()
PaymentsStack(app, "Payments")
app.synth()
