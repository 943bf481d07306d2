from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack, aws_ec2, aws_rds
from constructs import Construct


class DatabaseStack(Stack):

    def __init__(self, scope: Construct, id: str, stage: str, vpc: aws_ec2.IVpc, **kwargs):
        super().__init__(scope, id, **kwargs)

        subnets = aws_rds.SubnetGroup(
            self, 'Subnets',
            description='Where the parcel databases live',
            vpc=vpc,
            removal_policy=RemovalPolicy.DESTROY,
        )

        tracking = aws_rds.DatabaseInstance(
            self, 'Tracking',
            engine=aws_rds.DatabaseInstanceEngine.mysql(
                version=aws_rds.MysqlEngineVersion.VER_8_0_39),
            instance_identifier=f'parcels-tracking-{stage}',
            instance_type=aws_ec2.InstanceType('t4g.small'),
            vpc=vpc,
            subnet_group=subnets,
            storage_encrypted=True,
            backup_retention=Duration.days(0),
            delete_automated_backups=True,
            removal_policy=RemovalPolicy.DESTROY,  # the last state of all parcels
        )

        # The routes come from a supplier's dump, hence the plain resource
        routes = aws_rds.CfnDBInstance(
            self, 'Routes',
            db_instance_identifier=f'parcels-routes-{stage}',
            db_instance_class='db.t4g.micro',
            engine='mysql',
            allocated_storage='20',
            master_username='routes',
            manage_master_user_password=True,
            db_subnet_group_name=subnets.subnet_group_name,
            storage_encrypted=True,
            backup_retention_period=0,
            delete_automated_backups=True,
        )
        routes.apply_removal_policy(RemovalPolicy.DESTROY)

        CfnOutput(self, 'TrackingEndpoint', value=tracking.db_instance_endpoint_address)
        CfnOutput(self, 'RoutesEndpoint', value=routes.attr_endpoint_address)
