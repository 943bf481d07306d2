#!/usr/bin/env python3
import os
import re

import aws_cdk as cdk

from lib.tap_stack import TapStack

app = cdk.App()
environment_suffix = app.node.try_get_context("environmentSuffix") or os.environ.get(
    "ENVIRONMENT_SUFFIX", "dev"
)
if not re.fullmatch(r"[a-z0-9-]{1,12}", environment_suffix):
    raise ValueError(
        f"environmentSuffix must match [a-z0-9-]{{1,12}}, not {environment_suffix!r}"
    )

TapStack(app, f"TapStack-{environment_suffix}", environment_suffix=environment_suffix)

app.synth()
