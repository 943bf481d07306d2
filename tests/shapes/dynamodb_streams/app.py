#!/usr/bin/env python3
import os

import aws_cdk as cdk

from lib.projection_stack import ProjectionStack

app = cdk.App()
environment_suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
ProjectionStack(
    app,
    f"Projection{environment_suffix}",
    environment_suffix=environment_suffix,
)
app.synth()
