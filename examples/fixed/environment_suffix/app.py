import os
import re

import aws_cdk as cdk

from hotel.hotel_stack import HotelStack

app = cdk.App()
environment_suffix = app.node.try_get_context("environmentSuffix") or os.environ.get(
    "ENVIRONMENT_SUFFIX", "dev"
)
if not re.fullmatch(r"[a-z0-9-]{1,12}", environment_suffix):
    raise ValueError(
        f"environmentSuffix must match [a-z0-9-]{{1,12}}, not {environment_suffix!r}"
    )
HotelStack(
    app,
    f"Hotel-{environment_suffix}",
    description="Reservations of the hotel's web site",
    environment_suffix=environment_suffix,
)
app.synth()
