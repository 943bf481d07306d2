#!/usr/bin/env python3
from aws_cdk import App

from lawyers.files_stack import FilesStack

app = App()
env = app.node.try_get_context("env") or "dev"
FilesStack(app, f"Files-{env}", env_name=env)
app.synth()
