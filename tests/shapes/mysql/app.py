import aws_cdk as cdk
from lib.booking import BookingStack

app = cdk.App()
BookingStack(app, "BookingStack")
app.synth()
