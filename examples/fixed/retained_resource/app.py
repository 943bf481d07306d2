#!/usr/bin/env python3
import os

import aws_cdk as cdk

from museum.members import MembersStack
from museum.exhibits import ExhibitsStack


class Museum(cdk.Stage):
    def __init__(self, scope, id, *, environment_suffix, **kwargs):
        super().__init__(scope, id, **kwargs)
        names = {"environment_suffix": environment_suffix}
        ExhibitsStack(self, "Exhibits", **names)
        MembersStack(self, "Members", **names)


app = cdk.App()
environment_suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
Museum(app, f"Museum-{environment_suffix}", environment_suffix=environment_suffix)
app.synth()
