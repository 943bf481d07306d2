import os
import aws_cdk as cdk
from infra.media import MediaStack

app = cdk.App()
MediaStack(app, "MediaStack", env=cdk.Environment(region="eu-west-1"))
app.synth()
