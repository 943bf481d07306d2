#!/usr/bin/env python3
from aws_cdk import App

from bakery.orders import OrdersStack

app = App()
stage = app.node.try_get_context("stage")
OrdersStack(app, f"bakery-orders-{stage}", stage=stage)
app.synth()
