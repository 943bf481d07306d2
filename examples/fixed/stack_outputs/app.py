#!/usr/bin/env python3
import os

import aws_cdk as cdk

from charity.config import Config
from charity.donations import DonationStack

app = cdk.App()
config = Config(environment_suffix=os.environ.get("ENVIRONMENT_SUFFIX", "dev"))
DonationStack(app, f"Donations-{config.environment_suffix}", config)
app.synth()
