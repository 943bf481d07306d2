"""The parts of TAP019's examples: a shop whose function ``Worker`` notes orders in a database."""

from __future__ import annotations

from tapfix.codemods.examples.functions import function

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
DATABASE = """\
database = rds.DatabaseInstance(
    self,
    "Shop",
    engine=rds.DatabaseInstanceEngine.postgres(
        version=rds.PostgresEngineVersion.VER_16
    ),
    credentials=rds.Credentials.from_generated_secret("shop"),
    database_name="shop",
    vpc=vpc,
)
"""
AURORA = """\
cluster = rds.DatabaseCluster(
    self,
    "Cluster",
    engine=rds.DatabaseClusterEngine.aurora_mysql(
        version=rds.AuroraMysqlEngineVersion.VER_3_08_0
    ),
    credentials=rds.Credentials.from_generated_secret("shop"),
    default_database_name="shop",
    writer=rds.ClusterInstance.serverless_v2("Writer"),
    vpc=vpc,
)
"""
GROUP = 'worker_group = ec2.SecurityGroup(self, "WorkerGroup", vpc=vpc)'
INGRESS = "database.connections.allow_default_port_from(worker_group)"
LAYER = """\
drivers = lambda_.LayerVersion(
    self, "Drivers", code=lambda_.Code.from_asset("drivers")
)
"""
SECRET = 'environment={"DB_SECRET_ARN": database.secret.secret_arn}'
IN_VPC = ("vpc=vpc", "security_groups=[worker_group]", "layers=[drivers]")
GRANT = "database.secret.grant_read(worker)"
WHOLE = (VPC, DATABASE, GROUP, INGRESS, LAYER, function(SECRET, *IN_VPC), GRANT)
DRIVERS = {
    f"drivers/python/{name}/__init__.py": ""
    for name in ("psycopg", "psycopg2", "pymysql", "pg8000", "mysql")
}
"""The files of the layer."""

INSERT = "INSERT INTO orders (id, note) VALUES (%s::integer, %s::text)"

MYSQL_INSERT = "INSERT INTO orders (id, note) VALUES (CAST(%s AS SIGNED), CAST(%s AS CHAR))"


def handler(driver: str = "psycopg2", statement: str = INSERT, database: str = "dbname") -> str:
    """A handler that logs in with the secret and executes a statement.

    ``driver`` is the module that connects, ``database`` its keyword for the database's name.
    """
    return f"""\
import json
import os

import boto3
import {driver}

secrets = boto3.client("secretsmanager")


def connect():
    answer = secrets.get_secret_value(SecretId=os.environ["DB_SECRET_ARN"])
    secret = json.loads(answer["SecretString"])
    return {driver}.connect(
        host=secret["host"],
        {database}=secret["dbname"],
        user=secret["username"],
        password=secret["password"],
    )


def handler(event, context):
    connection = connect()
    cursor = connection.cursor()
    cursor.execute("{statement}", (event["id"], event["note"]))
    connection.commit()
"""
