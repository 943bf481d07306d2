from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct


class StorageStack(Stack):
    def __init__(self, scope: Construct, id: str, *, stage: str, **kwargs) -> None:
        super().__init__(scope, id, **kwargs)

        self.vpc = ec2.Vpc(self, "Vpc", vpc_name=f"theatre-{stage}", max_azs=2)
        self.database_group = ec2.SecurityGroup(
            self,
            "DatabaseGroup",
            vpc=self.vpc,
            security_group_name=f"theatre-database-{stage}",
        )
        self.seats = rds.DatabaseInstance(
            self,
            "Seats",
            instance_identifier=f"theatre-seats-{stage}",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_16
            ),
            vpc=self.vpc,
            security_groups=[self.database_group],
            storage_encrypted=True,
            backup_retention=Duration.days(0),
            delete_automated_backups=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        CfnOutput(self, "SeatsEndpoint", value=self.seats.db_instance_endpoint_address)
