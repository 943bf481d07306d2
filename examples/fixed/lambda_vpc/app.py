import os

from aws_cdk import App

from tariffs.tariff_stack import TariffStack

app = App()
env_name = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
TariffStack(app, f"Tariffs-{env_name}", env_name)
app.synth()
