#!/usr/bin/env python3
import os

from aws_cdk import App

from photos.studio_stack import StudioStack

app = App()
environment_suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
StudioStack(app, f"Studio-{environment_suffix}", environment_suffix=environment_suffix)
app.synth()
