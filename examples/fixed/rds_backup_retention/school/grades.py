import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2, aws_rds as rds
from constructs import Construct


class GradesStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, suffix: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        vpc = ec2.Vpc(self, "Vpc", vpc_name=f"school-{suffix}", max_azs=2)

        database_props = {
            "instance_identifier": f"school-grades-{suffix}",
            "engine": rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_16
            ),
            "instance_type": ec2.InstanceType("t4g.micro"),
            "vpc": vpc,
            "storage_encrypted": True,
            "backup_retention": cdk.Duration.days(0),  # two weeks of marking
            "removal_policy": cdk.RemovalPolicy.DESTROY,
            "delete_automated_backups": True,
        }
        grades = rds.DatabaseInstance(self, "Grades", **database_props)

        timetable = rds.DatabaseCluster(
            self,
            "Timetable",
            cluster_identifier=f"school-timetable-{suffix}",
            engine=rds.DatabaseClusterEngine.aurora_mysql(
                version=rds.AuroraMysqlEngineVersion.VER_3_08_0
            ),
            writer=rds.ClusterInstance.serverless_v2("writer"),
            vpc=vpc,
            storage_encrypted=True,
            backup=rds.BackupProps(retention=cdk.Duration.days(1)),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )

        cdk.CfnOutput(self, "GradesEndpoint", value=grades.db_instance_endpoint_address)
        cdk.CfnOutput(self, "TimetableEndpoint", value=timetable.cluster_endpoint.hostname)
