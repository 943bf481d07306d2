from aws_cdk import Stage
from constructs import Construct

from .databases import DatabaseStack
from .network import NetworkStack


class ParcelsStage(Stage):
    '''Everything that one environment of the parcel service consists of.'''

    def __init__(self, scope: Construct, stage: str, **kwargs):
        super().__init__(scope, stage, **kwargs)
        network = NetworkStack(self, 'Network', stage=stage)
        DatabaseStack(self, 'Databases', stage=stage, vpc=network.vpc)
