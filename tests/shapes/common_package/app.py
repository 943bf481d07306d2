#!/usr/bin/env python3
import aws_cdk as cdk

from infra.library_stack import LibraryStack

app = cdk.App()
LibraryStack(app, "LibraryStack", description="Books")
app.synth()
