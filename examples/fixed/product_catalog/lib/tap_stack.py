from aws_cdk import (
    CfnOutput,
    Duration,
    RemovalPolicy,
    Stack,
    aws_ec2 as ec2,
    aws_elasticache as elasticache,
    aws_iam as iam,
    aws_kinesis as kinesis,
    aws_lambda as lambda_,
    aws_lambda_event_sources as lambda_event_sources,
    aws_logs as logs,
    aws_rds as rds,
    aws_s3 as s3,
    aws_secretsmanager as sm,
    aws_sqs as sqs,
    triggers,
)
from constructs import Construct

from lib.layers.bundling import python_layer_code


class TapStack(Stack):
    def __init__(
        self, scope: Construct, construct_id: str, *, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)

        # VPC for the database and the cache
        vpc = ec2.Vpc(
            self, f"ProductCatalogVPC-{environment_suffix}", max_azs=2, nat_gateways=1
        )

        # Stream of inventory updates
        inventory_stream = kinesis.Stream(
            self,
            "InventoryStream",
            stream_name=f"inventory-updates-{environment_suffix}",
            encryption=kinesis.StreamEncryption.MANAGED,
            removal_policy=RemovalPolicy.DESTROY,
        )

        # Every update is archived for three years
        archive_bucket = s3.Bucket(
            self,
            "InventoryArchive",
            bucket_name=f"product-inventory-archive-{environment_suffix}",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            removal_policy=RemovalPolicy.DESTROY,
            lifecycle_rules=[
                s3.LifecycleRule(
                    transitions=[
                        s3.Transition(
                            storage_class=s3.StorageClass.GLACIER,
                            transition_after=Duration.days(90),
                        )
                    ],
                    expiration=Duration.days(1095),
                )
            ],
            auto_delete_objects=True,
            encryption=s3.BucketEncryption.S3_MANAGED,
        )

        # Security groups
        db_security_group = ec2.SecurityGroup(
            self,
            "DatabaseSecurityGroup",
            vpc=vpc,
            security_group_name=f"product-db-sg-{environment_suffix}",
        )
        redis_security_group = ec2.SecurityGroup(
            self,
            "RedisSecurityGroup",
            vpc=vpc,
            security_group_name=f"product-redis-sg-{environment_suffix}",
        )

        # PostgreSQL database with generated credentials
        db_secret = sm.Secret(
            self,
            "DatabaseSecret",
            secret_name=f"product-catalog-db-credentials-{environment_suffix}",
            generate_secret_string=sm.SecretStringGenerator(
                secret_string_template='{"username": "catalog_admin"}',
                generate_string_key="password",
                exclude_punctuation=True,
            ),
        )

        database = rds.DatabaseInstance(
            self,
            "ProductDatabase",
            instance_identifier=f"product-catalog-db-{environment_suffix}",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_15
            ),
            instance_type=ec2.InstanceType("t3.micro"),
            credentials=rds.Credentials.from_secret(db_secret),
            database_name="productcatalog",
            vpc=vpc,
            security_groups=[db_security_group],
            backup_retention=Duration.days(0),
            deletion_protection=False,
            removal_policy=RemovalPolicy.DESTROY,
            delete_automated_backups=True,
            storage_encrypted=True,
        )

        # Redis cache
        redis_subnet_group = elasticache.CfnSubnetGroup(
            self,
            "RedisSubnetGroup",
            cache_subnet_group_name=f"product-catalog-redis-subnets-{environment_suffix}",
            description="Subnets for Redis",
            subnet_ids=[subnet.subnet_id for subnet in vpc.private_subnets],
        )

        redis_cluster = elasticache.CfnCacheCluster(
            self,
            "RedisCluster",
            cluster_name=f"product-catalog-redis-{environment_suffix}",
            engine="redis",
            cache_node_type="cache.t3.micro",
            num_cache_nodes=1,
            cache_subnet_group_name=redis_subnet_group.ref,
            port=6379,
            vpc_security_group_ids=[redis_security_group.security_group_id],
            snapshot_retention_limit=0,
        )

        # Role for the processor: logs and objects in S3
        processor_role = iam.Role(
            self,
            "ProcessorRole",
            role_name=f"inventory-processor-role-{environment_suffix}",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("AWSLambdaExecute"),
                iam.ManagedPolicy.from_aws_managed_policy_name(
                    "service-role/AWSLambdaVPCAccessExecutionRole"
                ),
            ],
        )

        processor_security_group = ec2.SecurityGroup(
            self,
            "InventoryProcessorSecurityGroup",
            vpc=vpc,
            security_group_name=f"inventory-processor-sg-{environment_suffix}",
            description="Network access of InventoryProcessor",
        )

        dependencies_layer = lambda_.LayerVersion(
            self,
            "DependenciesLayer",
            code=python_layer_code(
                "dependencies", lambda_.Runtime.PYTHON_3_12, lambda_.Architecture.X86_64
            ),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_12],
            compatible_architectures=[lambda_.Architecture.X86_64],
        )

        processor = lambda_.Function(
            self,
            "InventoryProcessor",
            function_name=f"inventory-processor-{environment_suffix}",
            code=lambda_.Code.from_asset("lib/lambda"),
            handler="inventory_processor.handler",
            runtime=lambda_.Runtime.PYTHON_3_12,
            role=processor_role,
            timeout=Duration.seconds(60),
            memory_size=256,
            environment={
                "ARCHIVE_BUCKET": archive_bucket.bucket_name,
                "DB_SECRET_ARN": db_secret.secret_arn,
                "DB_NAME": "productcatalog",
                "REDIS_HOST": redis_cluster.attr_redis_endpoint_address,
                "REDIS_PORT": "6379",
            },
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
            ),
            security_groups=[processor_security_group],
            layers=[dependencies_layer],
        )
        redis_security_group.add_ingress_rule(
            processor_security_group,
            ec2.Port.tcp(6379),
            "Redis from InventoryProcessor",
        )
        db_security_group.add_ingress_rule(
            processor_security_group,
            ec2.Port.tcp(5432),
            "PostgreSQL from InventoryProcessor",
        )
        db_secret.grant_read(processor_role)

        database_schema_security_group = ec2.SecurityGroup(
            self,
            "ProductDatabaseSchemaSecurityGroup",
            vpc=vpc,
            security_group_name=f"product-database-schema-sg-{environment_suffix}",
            description="Network access of ProductDatabaseSchema",
        )
        db_security_group.add_ingress_rule(
            database_schema_security_group,
            ec2.Port.tcp(5432),
            "PostgreSQL from ProductDatabaseSchema",
        )
        database_schema = triggers.TriggerFunction(
            self,
            "ProductDatabaseSchema",
            function_name=f"product-database-schema-{environment_suffix}",
            code=lambda_.Code.from_asset("lib/schema"),
            handler="create_schema.handler",
            runtime=lambda_.Runtime.PYTHON_3_12,
            timeout=Duration.seconds(60),
            environment={"DB_SECRET_ARN": db_secret.secret_arn},
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
            ),
            security_groups=[database_schema_security_group],
            layers=[dependencies_layer],
            log_group=logs.LogGroup(
                self,
                "ProductDatabaseSchemaLogs",
                retention=logs.RetentionDays.ONE_WEEK,
                removal_policy=RemovalPolicy.DESTROY,
            ),
            execute_after=[database, db_secret, vpc, db_security_group],
            execute_before=[processor],
        )
        db_secret.grant_read(database_schema)

        # Log group
        logs.LogGroup(
            self,
            "ProcessorLogGroup",
            log_group_name=f"/aws/lambda/{processor.function_name}",
            retention=logs.RetentionDays.ONE_WEEK,
            removal_policy=RemovalPolicy.DESTROY,
        )

        inventory_dead_letter_queue = sqs.Queue(
            self,
            "InventoryDeadLetterQueue",
            queue_name=f"inventory-dlq-{environment_suffix}",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            retention_period=Duration.days(14),
        )

        # Connect the stream to the processor
        lambda_.EventSourceMapping(
            self,
            "InventoryEventSource",
            target=processor,
            event_source_arn=inventory_stream.stream_arn,
            starting_position=lambda_.StartingPosition.LATEST,
            batch_size=100,
            retry_attempts=3,
            bisect_batch_on_error=True,
            max_record_age=Duration.hours(24),
            on_failure=lambda_event_sources.SqsDlq(inventory_dead_letter_queue),
            report_batch_item_failures=True,
        )
        inventory_stream.grant_read(processor_role)

        CfnOutput(self, "InventoryStreamName", value=inventory_stream.stream_name)
        CfnOutput(self, "InventoryArchiveBucketName", value=archive_bucket.bucket_name)
        CfnOutput(
            self, "ProductDatabaseEndpoint", value=database.db_instance_endpoint_address
        )
        CfnOutput(
            self,
            "RedisClusterEndpoint",
            value=redis_cluster.attr_redis_endpoint_address,
        )
        CfnOutput(self, "InventoryProcessorFunctionArn", value=processor.function_arn)
