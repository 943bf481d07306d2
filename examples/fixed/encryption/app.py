import os
import aws_cdk as cdk
from hospital import HospitalStack

suffix = os.environ.get('ENVIRONMENT_SUFFIX', 'dev')

app = cdk.App()
HospitalStack(app, 'Hospital-%s' % suffix, suffix=suffix)
app.synth()
