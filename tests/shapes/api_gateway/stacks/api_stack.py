from aws_cdk import (
    Duration,
    RemovalPolicy,
    Stack,
    aws_apigateway as apigw,
    aws_dynamodb as dynamodb,
    aws_ec2 as ec2,
    aws_lambda as _lambda,
    aws_rds as rds,
    aws_s3 as s3,
)
from constructs import Construct


class ApiStack(Stack):
    """REST API in front of the product database."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        self.vpc = ec2.Vpc(self, "Vpc", max_azs=2)

        self.db_sg = ec2.SecurityGroup(
            self, "DbSg", vpc=self.vpc, description="Product database"
        )
        self.database = rds.DatabaseInstance(
            self,
            "Products",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_16
            ),
            instance_type=ec2.InstanceType("t4g.micro"),
            credentials=rds.Credentials.from_generated_secret("products"),
            database_name="products",
            vpc=self.vpc,
            vpc_subnets=ec2.SubnetSelection(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
            ),
            security_groups=[self.db_sg],
            deletion_protection=True,
        )

        self.audit_table = dynamodb.Table(
            self,
            "AuditTable",
            table_name="product-audit",
            partition_key=dynamodb.Attribute(
                name="id", type=dynamodb.AttributeType.STRING
            ),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        )
        self.images = s3.Bucket(
            self, "Images", bucket_name="product-images", removal_policy=RemovalPolicy.RETAIN
        )

        self.api_fn = _lambda.Function(
            self,
            "ProductsFn",
            function_name="products-api",
            runtime=_lambda.Runtime.PYTHON_3_12,
            code=_lambda.Code.from_asset("src/products"),
            handler="app.lambda_handler",
            timeout=Duration.seconds(29),
            environment={
                "DB_HOST": self.database.db_instance_endpoint_address,
                "DB_SECRET_ARN": self.database.secret.secret_full_arn,
                "AUDIT_TABLE": self.audit_table.table_name,
                "IMAGES_BUCKET": self.images.bucket_name,
            },
        )

        api = apigw.RestApi(self, "Api", rest_api_name="products")
        products = api.root.add_resource("products")
        products.add_method("GET", apigw.LambdaIntegration(self.api_fn))
        products.add_method("POST", apigw.LambdaIntegration(self.api_fn))
