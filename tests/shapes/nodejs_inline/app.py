import aws_cdk as cdk
from lib.hook_stack import HookStack

app = cdk.App()
HookStack(app, "HookStack")
app.synth()
