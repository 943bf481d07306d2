import os

import aws_cdk as cdk

from parking.parking_stack import ParkingStack

app = cdk.App()
suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
ParkingStack(app, f"Parking-{suffix}", suffix)
app.synth()
