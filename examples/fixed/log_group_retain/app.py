#!/usr/bin/env python3
from aws_cdk import App

from weather.stack import WeatherStack

app = App()
env_name = app.node.try_get_context("env_name")
WeatherStack(app, f"Weather-{env_name}", env_name=env_name)
app.synth()
