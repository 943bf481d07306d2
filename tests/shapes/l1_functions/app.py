import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2, aws_iam as iam, aws_kinesis as kinesis, aws_lambda as lambda_
from aws_cdk import aws_rds as rds, aws_s3 as s3


class RawStack(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        vpc = ec2.Vpc(self, "Vpc", max_azs=2)
        sg = ec2.CfnSecurityGroup(
            self, "DbGroup", group_description="database", vpc_id=vpc.vpc_id, group_name="raw-db"
        )
        subnets = rds.CfnDBSubnetGroup(
            self,
            "DbSubnets",
            db_subnet_group_description="database",
            subnet_ids=[s.subnet_id for s in vpc.private_subnets],
        )
        db = rds.CfnDBInstance(
            self,
            "Db",
            db_instance_identifier="raw-db",
            db_instance_class="db.t3.micro",
            allocated_storage="20",
            engine="postgres",
            db_name="raw",
            master_username="raw",
            master_user_password="rawpassword",
            vpc_security_groups=[sg.attr_group_id],
            db_subnet_group_name=subnets.ref,
            backup_retention_period=7,
            deletion_protection=True,
        )
        stream = kinesis.CfnStream(self, "Stream", name="raw-stream", shard_count=1)
        role = iam.CfnRole(
            self,
            "Role",
            role_name="raw-role",
            assume_role_policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            },
            managed_policy_arns=["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
        )
        fn = lambda_.CfnFunction(
            self,
            "Fn",
            function_name="raw-fn",
            runtime="python3.12",
            handler="index.handler",
            role=role.attr_arn,
            code=lambda_.CfnFunction.CodeProperty(
                zip_file="import json\n\ndef handler(event, context):\n    for r in event['Records']:\n        print(json.loads(r['kinesis']['data']))\n"
            ),
            environment=lambda_.CfnFunction.EnvironmentProperty(
                variables={"DB_HOST": db.attr_endpoint_address}
            ),
        )
        lambda_.CfnEventSourceMapping(
            self,
            "Mapping",
            function_name=fn.ref,
            event_source_arn=stream.attr_arn,
            starting_position="LATEST",
        )


app = cdk.App()
RawStack(app, "RawStack")
app.synth()
