#!/usr/bin/env python3
import aws_cdk as cdk

from library_stack import LibraryStack

app = cdk.App()
suffix = app.node.get_context("environmentSuffix")
LibraryStack(app, f"LibraryStack-{suffix}", environment_suffix=suffix)
app.synth()
