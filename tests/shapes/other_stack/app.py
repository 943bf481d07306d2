#!/usr/bin/env python3
import aws_cdk as cdk

from stacks.data import DataStack
from stacks.network import NetworkStack
from stacks.workers import WorkersStack

app = cdk.App()
network = NetworkStack(app, "NetworkStack")
data = DataStack(app, "DataStack", vpc=network.vpc)
WorkersStack(
    app,
    "WorkersStack",
    vpc=network.vpc,
    database=data.database,
    cache=data.cache,
    bucket=data.bucket,
)
app.synth()
