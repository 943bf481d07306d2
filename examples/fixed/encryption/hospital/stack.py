import aws_cdk as cdk
import aws_cdk.aws_dynamodb as dynamodb
import aws_cdk.aws_sqs
from aws_cdk import aws_ec2, aws_kinesis, aws_rds
from constructs import Construct


class HospitalStack(cdk.Stack):

    def __init__(self, scope: Construct, id: str, suffix: str, **kwargs):
        super().__init__(scope, id, **kwargs)
        destroy = cdk.RemovalPolicy.DESTROY

        # Vital signs of all beds
        vitals = aws_kinesis.Stream(
            self,
            'Vitals',
            stream_name=f'vitals-{suffix}',
            removal_policy=destroy,
            encryption=aws_kinesis.StreamEncryption.MANAGED,
        )

        images_props = dict(
            bucket_name=f'hospital-images-{suffix}',
            lifecycle_rules=[cdk.aws_s3.LifecycleRule(expiration=cdk.Duration.days(3650))],
            removal_policy=destroy,
            auto_delete_objects=True,
        )
        images = cdk.aws_s3.Bucket(
            self,
            'Images',
            encryption=cdk.aws_s3.BucketEncryption.S3_MANAGED,
            **images_props,
        )

        alarms = aws_cdk.aws_sqs.Queue(
            self, 'Alarms', encryption=aws_cdk.aws_sqs.QueueEncryption.SQS_MANAGED
        )

        beds = dynamodb.Table(
            self, 'Beds',
            partition_key=dynamodb.Attribute(name='ward', type=dynamodb.AttributeType.STRING),
            removal_policy=destroy,
            encryption=dynamodb.TableEncryption.AWS_MANAGED)

        vpc = aws_ec2.Vpc(self, 'Vpc', vpc_name=f'hospital-{suffix}', max_azs=2)
        patients = aws_rds.DatabaseInstance(
            self, 'Patients',
            engine=aws_rds.DatabaseInstanceEngine.postgres(version=aws_rds.PostgresEngineVersion.VER_16),
            instance_type=aws_ec2.InstanceType('t4g.medium'),
            instance_identifier=f'patients-{suffix}',
            vpc=vpc,
            backup_retention=cdk.Duration.days(0),
            delete_automated_backups=True,
            removal_policy=destroy,  # a copy of the real one
            storage_encrypted=True,
        )

        cdk.CfnOutput(self, 'VitalsStream', value=vitals.stream_name)
        cdk.CfnOutput(self, 'ImagesBucket', value=images.bucket_name)
        cdk.CfnOutput(self, 'AlarmsUrl', value=alarms.queue_url)
        cdk.CfnOutput(self, 'BedsTable', value=beds.table_name)
        cdk.CfnOutput(self, 'PatientsEndpoint', value=patients.db_instance_endpoint_address)
