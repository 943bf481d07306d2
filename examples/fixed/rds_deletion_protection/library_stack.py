from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk.aws_ec2 import InstanceType, Vpc
from aws_cdk.aws_rds import (
    AuroraPostgresEngineVersion,
    ClusterInstance,
    DatabaseCluster,
    DatabaseClusterEngine,
    DatabaseInstance,
    DatabaseInstanceEngine,
    MariaDbEngineVersion,
)
from constructs import Construct


class LibraryStack(Stack):
    """Loans and catalogue of the city library."""

    def __init__(
        self, scope: Construct, construct_id: str, environment_suffix: str, **kwargs: Any
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.environment_suffix = environment_suffix
        self.vpc = Vpc(self, "Vpc", vpc_name=f"library-{environment_suffix}", max_azs=2)
        self.create_loans()
        self.create_reports()

    def create_loans(self) -> None:
        """Create the cluster behind the lending desks."""
        self.loans = DatabaseCluster(
            self,
            "Loans",
            cluster_identifier=f"library-loans-{self.environment_suffix}",
            engine=DatabaseClusterEngine.aurora_postgres(
                version=AuroraPostgresEngineVersion.VER_16_6
            ),
            writer=ClusterInstance.serverless_v2("writer"),
            vpc=self.vpc,
            storage_encrypted=True,
            deletion_protection=False,
            removal_policy=RemovalPolicy.DESTROY,
        )
        CfnOutput(self, "LoansEndpoint", value=self.loans.cluster_endpoint.hostname)

    def create_reports(self) -> None:
        """Create the small database for the yearly reports."""
        self.reports = DatabaseInstance(
            self, "Reports",
            instance_identifier=f"library-reports-{self.environment_suffix}",
            engine=DatabaseInstanceEngine.maria_db(version=MariaDbEngineVersion.VER_10_11),
            instance_type=InstanceType("t4g.micro"), vpc=self.vpc,
            storage_encrypted=True, deletion_protection=False,
            backup_retention=Duration.days(0), delete_automated_backups=True,
            removal_policy=RemovalPolicy.DESTROY)
        CfnOutput(self, "ReportsEndpoint", value=self.reports.db_instance_endpoint_address)
