#!/usr/bin/env python3
import os

import aws_cdk as cdk

from newsletter.newsletter_stack import NewsletterStack

app = cdk.App()
environment_suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
NewsletterStack(
    app,
    "Newsletter-" + environment_suffix,
    environment_suffix=environment_suffix,
)
app.synth()
