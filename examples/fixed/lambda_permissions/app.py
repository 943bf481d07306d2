#!/usr/bin/env python3
import aws_cdk as cdk

from clinic.appointments_stack import AppointmentsStack
from clinic.data_stack import DataStack

app = cdk.App()
stage = app.node.try_get_context("stage") or "dev"
data = DataStack(app, f"clinic-data-{stage}", stage=stage)
AppointmentsStack(app, f"clinic-appointments-{stage}", stage=stage, data=data)
app.synth()
