from aws_cdk import App

from stacks.shop import ShopStack

app = App()
suffix = app.node.try_get_context("suffix") or "dev"
ShopStack(app, f"shop-{suffix}", environment_suffix=suffix)
app.synth()
