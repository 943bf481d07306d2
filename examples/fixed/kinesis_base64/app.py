#!/usr/bin/env python3
import os

from aws_cdk import App

from bikes.rides_stack import RidesStack

app = App()
environment_suffix = app.node.try_get_context("environmentSuffix") or os.environ.get(
    "ENVIRONMENT_SUFFIX", "dev"
)
RidesStack(app, f"Rides-{environment_suffix}", environment_suffix=environment_suffix)
app.synth()
