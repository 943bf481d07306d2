import os

import aws_cdk as cdk

from school.grades import GradesStack

app = cdk.App()
suffix = os.getenv("ENVIRONMENT_SUFFIX", "dev")
GradesStack(app, f"school-grades-{suffix}", suffix)
app.synth()
