"""Spellings and look-alikes of TAP010."""

from __future__ import annotations

from tapfix.codemods.examples.functions import app, function
from tapfix.codemods.examples.several_files import DATABASE, DATABASE_HOST, MAIN, run, tree
from tapfix.rule import Example

VPC = 'vpc = ec2.Vpc(self, "Network", max_azs=2)'
ISOLATED = """\
vpc = ec2.Vpc(
    self,
    "Network",
    subnet_configuration=[
        ec2.SubnetConfiguration(
            name="data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
        )
    ],
)
"""
POSTGRES = """\
database = rds.DatabaseInstance(
    self,
    "Database",
    engine=rds.DatabaseInstanceEngine.postgres(
        version=rds.PostgresEngineVersion.VER_16
    ),
    vpc=vpc,
)
"""
ISOLATED_POSTGRES = POSTGRES.replace(
    "    vpc=vpc,\n",
    "    vpc=vpc,\n    vpc_subnets=ec2.SubnetSelection(\n"
    "        subnet_type=ec2.SubnetType.PRIVATE_ISOLATED\n    ),\n",
)
AURORA = """\
cluster = rds.DatabaseCluster(
    self,
    "Cluster",
    engine=rds.DatabaseClusterEngine.aurora_mysql(
        version=rds.AuroraMysqlEngineVersion.VER_3_08_0
    ),
    writer=rds.ClusterInstance.serverless_v2("Writer"),
    vpc=vpc,
)
"""
REDIS = """\
group = ec2.SecurityGroup(self, "CacheGroup", vpc=vpc)
subnets = elasticache.CfnSubnetGroup(
    self,
    "CacheSubnets",
    description="Cache",
    subnet_ids=[subnet.subnet_id for subnet in vpc.private_subnets],
)
cache = elasticache.CfnReplicationGroup(
    self,
    "Cache",
    replication_group_description="Cache",
    engine="redis",
    cache_node_type="cache.t4g.micro",
    cache_subnet_group_name=subnets.ref,
    security_group_ids=[group.security_group_id],
)
"""
NAMED_REDIS = REDIS.replace(
    'group = ec2.SecurityGroup(self, "CacheGroup", vpc=vpc)',
    "group = ec2.SecurityGroup(\n"
    '    self, "CacheGroup", vpc=vpc, security_group_name=f"cache-{stage}"\n)',
)
STAGE = 'stage = self.node.try_get_context("stage") or "dev"'
HOST = 'environment={"DB_HOST": database.db_instance_endpoint_address}'
CLUSTER_HOST = 'environment={"DB_HOST": cluster.cluster_endpoint.hostname}'
CACHE_HOST = 'environment={"CACHE": cache.attr_primary_end_point_address}'
SECRET = 'environment={"DB_SECRET": database.secret.secret_arn}'
GROUP = """\
worker_security_group = ec2.SecurityGroup(
    self, "WorkerSecurityGroup", vpc=vpc, description="Network access of Worker"
)
"""
LAMBDA_GROUP = """\
lambda_sg = ec2.SecurityGroup(self, "LambdaGroup", vpc=vpc)
database.connections.allow_default_port_from(lambda_sg)
"""
OTHER = function("vpc=vpc", "security_groups=[lambda_sg]", name="").replace("Worker", "Other")
NAMED_GROUP = """\
worker_security_group = ec2.SecurityGroup(
    self,
    "WorkerSecurityGroup",
    vpc=vpc,
    security_group_name=f"worker-sg-{stage}",
    description="Network access of Worker",
)
"""
IN_VPC = (
    "vpc=vpc",
    "vpc_subnets=ec2.SubnetSelection(\n    subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS\n)",
    "security_groups=[worker_security_group]",
)
IN_ISOLATED = (IN_VPC[0], IN_VPC[1].replace("WITH_EGRESS", "ISOLATED"), IN_VPC[2])
ROLE = """\
role = iam.Role(
    self, "WorkerRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
)
"""
VPC_ROLE = """\
role = iam.Role(
    self,
    "WorkerRole",
    assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
    managed_policies=[
        iam.ManagedPolicy.from_aws_managed_policy_name(
            "service-role/AWSLambdaVPCAccessExecutionRole"
        )
    ],
)
"""
CONNECT = """\
import os

import psycopg2


def handler(event, context):
    connection = psycopg2.connect(host=os.environ["DB_HOST"], dbname="orders")
    connection.close()
"""
BY_SECRET = """\
import json
import os

import boto3
import psycopg

secrets = boto3.client("secretsmanager")


def connect():
    secret = secrets.get_secret_value(SecretId=os.environ["DB_SECRET"])
    known = json.loads(secret["SecretString"])
    return psycopg.connect(host=known["host"], user=known["username"])


def handler(event, context):
    with connect() as connection:
        connection.execute("SELECT 1")
"""
LOCAL = """\
import redis

cache = redis.Redis(host="localhost", port=6379)


def handler(event, context):
    cache.set(event["key"], event["value"])
"""
ELSEWHERE = LOCAL.replace('"localhost"', '"cache.example.com"')
ALCHEMY = """\
from sqlalchemy import create_engine

engine = create_engine(f"mysql+pymysql://{USER}@{HOST}/orders")


def handler(event, context):
    engine.connect()
""".replace("\n\nengine", "\n\nfrom settings import HOST, USER\n\nengine")
SETTINGS = 'import os\n\nHOST = os.environ["DB_HOST"]\nUSER = "app"\n'
IDLE = """\
def handler(event, context):
    print(event)
"""
DATA_API = """\
import os

import boto3

rds = boto3.client("rds-data")


def handler(event, context):
    rds.execute_statement(
        resourceArn=os.environ["CLUSTER"],
        secretArn=os.environ["SECRET"],
        sql="SELECT 1",
    )
"""

RUN_GROUP = """\
run_security_group = ec2.SecurityGroup(
    self, "RunSecurityGroup", vpc=store.vpc, description="Network access of Run"
)
"""
RUN_IN_VPC = (
    "vpc=store.vpc",
    "vpc_subnets=ec2.SubnetSelection(\n    subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS\n)",
    "security_groups=[run_security_group]",
)
PROPS = """\
props = {
    "runtime": Runtime.PYTHON_3_12,
    "handler": "run.main",
    "code": Code.from_asset("services/run"),
    "environment": {"DB_HOST": store.database.db_instance_endpoint_address},
}
"""
BY_PROPS = """\
Function(
    self,
    "Run",
    vpc=store.vpc,
    vpc_subnets=ec2.SubnetSelection(
        subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
    ),
    security_groups=[run_security_group],
    **props,
)
"""

EXAMPLES: tuple[Example, ...] = (
    Example(
        "a construct of another file, the database of another stack",
        tree(DATABASE, run(DATABASE_HOST), MAIN),
        tree(DATABASE, run(DATABASE_HOST, *RUN_IN_VPC, before=RUN_GROUP), MAIN),
    ),
    Example(
        "arguments in a dict",
        tree(DATABASE, f'{PROPS}Function(self, "Run", **props)\n', MAIN),
        tree(DATABASE, PROPS + RUN_GROUP + BY_PROPS, MAIN),
    ),
    Example(
        "a database whose address the function is told",
        app(VPC, POSTGRES, function(HOST), handler=CONNECT),
        app(VPC, POSTGRES, GROUP, function(HOST, *IN_VPC), handler=CONNECT),
    ),
    Example(
        "a host that comes from a secret, the one database of its kind",
        app(VPC, POSTGRES, function(SECRET), handler=BY_SECRET),
        app(VPC, POSTGRES, GROUP, function(SECRET, *IN_VPC), handler=BY_SECRET),
    ),
    Example(
        "an Aurora cluster, a URL for SQLAlchemy with settings in a module",
        app(VPC, AURORA, function(CLUSTER_HOST), handler=ALCHEMY, settings=SETTINGS),
        app(
            VPC,
            AURORA,
            GROUP,
            function(CLUSTER_HOST, *IN_VPC),
            handler=ALCHEMY,
            settings=SETTINGS,
        ),
    ),
    Example(
        "a cache that the handler looks for on its own machine",
        app(VPC, REDIS, function(), handler=LOCAL),
        app(VPC, REDIS, GROUP, function(*IN_VPC), handler=LOCAL),
    ),
    Example(
        "a replication group's address, and groups beside it that have names",
        app(STAGE, VPC, NAMED_REDIS, function(CACHE_HOST), handler=IDLE),
        app(STAGE, VPC, NAMED_REDIS, NAMED_GROUP, function(CACHE_HOST, *IN_VPC), handler=IDLE),
    ),
    Example(
        "a database and a cache in one VPC",
        app(VPC, POSTGRES, REDIS, function(HOST), handler=CONNECT + LOCAL),
        app(
            VPC,
            POSTGRES,
            REDIS,
            GROUP,
            function(HOST, *IN_VPC),
            handler=CONNECT + LOCAL,
        ),
    ),
    Example(
        "a role of the app's own gets the policy for it",
        app(VPC, POSTGRES, ROLE, function("role=role", HOST), handler=CONNECT),
        app(
            VPC,
            POSTGRES,
            VPC_ROLE,
            GROUP,
            function("role=role", HOST, *IN_VPC),
            handler=CONNECT,
        ),
    ),
    Example(
        "a role that has the policy",
        app(VPC, POSTGRES, VPC_ROLE, function("role=role", HOST), handler=CONNECT),
        app(
            VPC,
            POSTGRES,
            VPC_ROLE,
            GROUP,
            function("role=role", HOST, *IN_VPC),
            handler=CONNECT,
        ),
    ),
    Example(
        "isolated subnets will do for a function that speaks to its database alone",
        app(ISOLATED, ISOLATED_POSTGRES, function(HOST), handler=CONNECT),
        app(
            ISOLATED,
            ISOLATED_POSTGRES,
            GROUP,
            function(HOST, *IN_ISOLATED),
            handler=CONNECT,
        ),
    ),
    Example(
        "a proxy before the database",
        app(
            VPC,
            POSTGRES,
            """\
            proxy = rds.DatabaseProxy(
                self,
                "Proxy",
                proxy_target=rds.ProxyTarget.from_instance(database),
                secrets=[database.secret],
                vpc=vpc,
            )
            """,
            function('environment={"DB_HOST": proxy.endpoint}'),
            handler=CONNECT,
        ),
        app(
            VPC,
            POSTGRES,
            """\
            proxy = rds.DatabaseProxy(
                self,
                "Proxy",
                proxy_target=rds.ProxyTarget.from_instance(database),
                secrets=[database.secret],
                vpc=vpc,
            )
            """,
            GROUP,
            function('environment={"DB_HOST": proxy.endpoint}', *IN_VPC),
            handler=CONNECT,
        ),
    ),
    Example(
        "a group that was made for the function and never given to it",
        app(VPC, POSTGRES, LAMBDA_GROUP, function(HOST), handler=CONNECT),
        app(
            VPC,
            POSTGRES,
            LAMBDA_GROUP,
            function(HOST, *IN_VPC[:2], "security_groups=[lambda_sg]"),
            handler=CONNECT,
        ),
    ),
    Example(
        "a group that another function has",
        app(
            VPC,
            POSTGRES,
            LAMBDA_GROUP,
            OTHER,
            function(HOST),
            handler=CONNECT,
        ),
        app(
            VPC,
            POSTGRES,
            LAMBDA_GROUP,
            OTHER,
            GROUP,
            function(HOST, *IN_VPC),
            handler=CONNECT,
        ),
    ),
    Example(
        "isolated subnets would cut a function off from AWS",
        app(ISOLATED, ISOLATED_POSTGRES, function(SECRET), handler=BY_SECRET),
        reported=True,
    ),
    Example(
        "a password in the handler will have to come from AWS",
        app(
            ISOLATED,
            ISOLATED_POSTGRES,
            function(HOST),
            handler=CONNECT.replace('dbname="orders"', 'password="guess"'),
        ),
        reported=True,
    ),
    Example(
        "an imported role",
        app(
            VPC,
            POSTGRES,
            'role = iam.Role.from_role_name(self, "WorkerRole", "worker")',
            function("role=role", HOST),
            handler=CONNECT,
        ),
        reported=True,
    ),
    Example(
        "a role whose rights cannot be seen",
        app(
            VPC,
            POSTGRES,
            """\
            role = iam.Role(
                self,
                "WorkerRole",
                assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
                managed_policies=[
                    iam.ManagedPolicy.from_aws_managed_policy_name("AWSDataEverything")
                ],
            )
            """,
            function("role=role", HOST),
            handler=CONNECT,
        ),
        reported=True,
    ),
    Example(
        "in the VPC",
        app(VPC, POSTGRES, function(HOST, "vpc=vpc"), handler=CONNECT),
    ),
    Example(
        "perhaps in the VPC",
        app(
            VPC,
            POSTGRES,
            'inside = self.node.try_get_context("inside")',
            function(HOST, "vpc=vpc if inside else None"),
            handler=CONNECT,
        ),
    ),
    Example(
        "settings that cannot be seen",
        app(
            VPC,
            POSTGRES,
            "given = dict(self.node.try_get_context('worker') or {})",
            function(HOST, "**given"),
            handler=CONNECT,
        ),
    ),
    Example(
        "a database that everybody can reach",
        app(
            VPC,
            POSTGRES.replace(
                "    vpc=vpc,\n",
                "    vpc=vpc,\n    vpc_subnets=ec2.SubnetSelection(\n"
                "        subnet_type=ec2.SubnetType.PUBLIC\n    ),\n",
            ),
            function(HOST),
            handler=CONNECT,
        ),
    ),
    Example(
        "a driver that connects to another host",
        app(VPC, REDIS, function(), handler=ELSEWHERE),
    ),
    Example(
        "a host that the stack names, and that is none of its own",
        app(
            VPC,
            POSTGRES,
            function('environment={"DB_HOST": "db.example.com"}'),
            handler=CONNECT,
        ),
    ),
    Example(
        "two databases, and nothing tells which",
        app(
            VPC,
            POSTGRES,
            POSTGRES.replace('"Database"', '"Other"').replace("database =", "other ="),
            function('environment={"STAGE": "dev"}'),
            handler=CONNECT.replace('os.environ["DB_HOST"]', "event['host']"),
        ),
    ),
    Example(
        "a driver of another kind than the database",
        app(VPC, AURORA, function(), handler=LOCAL),
    ),
    Example(
        "the Data API needs no VPC",
        app(
            VPC,
            AURORA,
            function(
                'environment={\n        "CLUSTER": cluster.cluster_arn,\n'
                '        "SECRET": cluster.secret.secret_arn,\n    }'
            ),
            handler=DATA_API,
        ),
    ),
    Example(
        "a function that reaches nothing of the VPC",
        app(VPC, POSTGRES, function(), handler=IDLE),
    ),
    Example(
        "a name of the database is no address",
        app(
            VPC,
            POSTGRES,
            function('environment={"DB": database.instance_identifier}'),
            handler=IDLE,
        ),
    ),
    Example(
        "a cache without a VPC of the app's",
        app(
            """\
            cache = elasticache.CfnReplicationGroup(
                self,
                "Cache",
                replication_group_description="Cache",
                engine="redis",
                cache_node_type="cache.t4g.micro",
            )
            """,
            function(CACHE_HOST),
            handler=LOCAL,
        ),
    ),
    Example(
        "code of a shared module that the handler does not use",
        app(
            VPC,
            REDIS,
            function(),
            handler="import store\n\n\ndef handler(event, context):\n    return store.NAME\n",
            store="import redis\n\nNAME = 'store'\n\n\ndef cache():\n    return redis.Redis()\n",
        ),
    ),
)
