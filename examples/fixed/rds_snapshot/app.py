from aws_cdk import App

from parcels.stage import ParcelsStage

app = App()
ParcelsStage(app, app.node.try_get_context('stage'))
app.synth()
