import os

import aws_cdk as cdk

from infra.cinema import CinemaStack

app = cdk.App()
suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
CinemaStack(app, f"Cinema-{suffix}", suffix=suffix)
app.synth()
