#!/usr/bin/env python3
import aws_cdk as cdk

from vet.clinic_stack import ClinicStack

app = cdk.App()
stage = app.node.try_get_context("stage") or "dev"
ClinicStack(app, f"VetClinic-{stage}", stage=stage)
app.synth()
