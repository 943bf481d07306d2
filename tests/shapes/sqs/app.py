import aws_cdk as cdk
from lib.orders import OrdersStack

app = cdk.App()
env_name = app.node.try_get_context("env") or "dev"
OrdersStack(app, f"orders-{env_name}", env_name=env_name)
app.synth()
