from aws_cdk import CfnOutput, RemovalPolicy, Stack
from aws_cdk.aws_dynamodb import Attribute, AttributeType, Table, TableEncryption
from aws_cdk.aws_ecr import Repository, RepositoryEncryption
from aws_cdk.aws_kinesis import Stream, StreamEncryption
from aws_cdk.aws_kms import Key
from constructs import Construct


class ExhibitsStack(Stack):
    def __init__(
        self, scope: Construct, id: str, *, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, id, **kwargs)

        key = Key(
            self, "Key", enable_key_rotation=True, removal_policy=RemovalPolicy.DESTROY
        )
        exhibits = Table(
            self,
            "Exhibits",
            partition_key=Attribute(name="number", type=AttributeType.NUMBER),
            encryption=TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            deletion_protection=False,
            removal_policy=RemovalPolicy.DESTROY,
        )
        visitors = Stream(
            self,
            "Visitors",
            stream_name=f"museum-visitors-{environment_suffix}",
            encryption=StreamEncryption.MANAGED,
            removal_policy=RemovalPolicy.DESTROY,
        )
        guides = Repository(
            self,
            "AudioGuides",
            repository_name=f"audio-guides-{environment_suffix}",
            encryption=RepositoryEncryption.AES_256,
            removal_policy=RemovalPolicy.DESTROY,
            empty_on_delete=True,
        )

        CfnOutput(self, "ExhibitsTable", value=exhibits.table_name)
        CfnOutput(self, "VisitorsStream", value=visitors.stream_name)
        CfnOutput(self, "AudioGuidesUri", value=guides.repository_uri)
