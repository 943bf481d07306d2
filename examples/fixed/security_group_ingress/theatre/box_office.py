from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from .storage import StorageStack


class BoxOfficeStack(Stack):
    def __init__(
        self, scope: Construct, id: str, *, stage: str, storage: StorageStack, **kwargs
    ) -> None:
        super().__init__(scope, id, **kwargs)

        probe_group = ec2.SecurityGroup(
            self,
            "ProbeGroup",
            vpc=storage.vpc,
            security_group_name=f"theatre-probe-{stage}",
        )
        probe = lambda_.Function(
            self,
            "Probe",
            function_name=f"theatre-probe-{stage}",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="probe.handler",
            code=lambda_.Code.from_asset("functions/probe"),
            timeout=Duration.seconds(10),
            vpc=storage.vpc,
            vpc_subnets=ec2.SubnetSelection(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
            ),
            security_groups=[probe_group],
            environment={"DB_HOST": storage.seats.db_instance_endpoint_address},
        )
        storage.database_group.add_ingress_rule(
            probe_group, ec2.Port.tcp(5432), "PostgreSQL from Probe", remote_rule=True
        )
        CfnOutput(self, "ProbeArn", value=probe.function_arn)
