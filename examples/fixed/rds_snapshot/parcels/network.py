from aws_cdk import Stack, aws_ec2
from constructs import Construct


class NetworkStack(Stack):

    def __init__(self, scope: Construct, id: str, stage: str, **kwargs):
        super().__init__(scope, id, **kwargs)
        self.vpc = aws_ec2.Vpc(self, 'Vpc', vpc_name=f'parcels-{stage}', max_azs=2)
