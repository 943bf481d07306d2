#!/usr/bin/env python3
from aws_cdk import App

from theatre.box_office import BoxOfficeStack
from theatre.storage import StorageStack

app = App()
stage = app.node.try_get_context("stage") or "dev"

storage = StorageStack(app, f"Theatre-Storage-{stage}", stage=stage)
BoxOfficeStack(app, f"Theatre-BoxOffice-{stage}", stage=stage, storage=storage)

app.synth()
