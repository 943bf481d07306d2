"""Look-alikes of TAP019: what creates tables already, and what no machine can decide."""

from __future__ import annotations

import textwrap

from tapfix.codemods.examples.functions import app, function
from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.examples.tap019_shapes import (
    AURORA,
    DATABASE,
    DRIVERS,
    GROUP,
    IN_VPC,
    ISOLATED,
    LAYER,
    SECRET,
    VPC,
    WHOLE,
    handler,
)
from tapfix.rule import Example

_IMPORTS = """\
from aws_cdk import (
    aws_ec2 as ec2,
    aws_ecs as ecs,
    aws_kms as kms,
    aws_lambda as lambda_,
    aws_rds as rds,
    custom_resources as cr,
    triggers,
)
from aws_cdk import CustomResource
"""


def shop(*parts: str, code: str = "", **files: str) -> dict[str, str]:
    """A shop of these statements with a layer of drivers; ``__`` stands for a slash in paths."""
    beside = {path.replace("__", "/"): text for path, text in files.items()}
    return app(*parts, handler=code or handler()) | DRIVERS | beside


def other(*parts: str, code: str = "", **files: str) -> dict[str, str]:
    """A shop whose stack imports what only few need."""
    body = "\n".join(textwrap.dedent(part).strip("\n") for part in parts)
    return shop(code=code, **files) | {"app.py": stack(body, _IMPORTS)}


SCRIPTED = handler().replace(
    "    cursor.execute(",
    '    with open("tables.ddl") as script:\n        cursor.execute(script.read())\n'
    "    cursor.execute(",
)
TRIED = (
    handler("psycopg2", "SELECT 1")
    .replace(', (event["id"], event["note"]))', ")")
    .replace(
        "    connection.commit()\n",
        '    seen = sqlite3.connect("/tmp/seen.db")\n'
        '    seen.execute("INSERT INTO seen (id) VALUES (?)", (event["id"],))\n',
    )
    .replace("import os\n", "import os\nimport sqlite3\n")
)
_TASK = """\
task = ecs.FargateTaskDefinition(self, "Web")
task.add_container(
    "web",
    image=ecs.ContainerImage.from_registry("nginx"),
    secrets={"PASSWORD": ecs.Secret.from_secrets_manager(database.secret, "password")},
)
"""
_NODE = """\
lambda_.Function(
    self,
    "Migrate",
    runtime=lambda_.Runtime.NODEJS_22_X,
    handler="migrate.handler",
    code=lambda_.Code.from_asset("migrate"),
    environment={"DB": database.secret.secret_arn},
)
"""
_SETUP = """\
setup = lambda_.Function(
    self,
    "Setup",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="setup.handler",
    code=lambda_.Code.from_asset("setup"),
    environment={"DB_SECRET_ARN": database.secret.secret_arn},
)
provider = cr.Provider(self, "Provider", on_event_handler=setup)
CustomResource(self, "Tables", service_token=provider.service_token)
"""
_SETUP_CODE = """\
import os

import boto3


def handler(event, context):
    secret = boto3.client("secretsmanager").get_secret_value(
        SecretId=os.environ["DB_SECRET_ARN"]
    )
    print(len(secret["SecretString"]))
"""
_TRIGGER = """\
triggers.TriggerFunction(
    self,
    "Setup",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="setup.handler",
    code=lambda_.Code.from_asset("setup"),
    environment={"DB_SECRET_ARN": database.secret.secret_arn},
)
"""
_FROM_SNAPSHOT = """\
database = rds.DatabaseInstanceFromSnapshot(
    self,
    "Shop",
    snapshot_identifier="shop-2024",
    engine=rds.DatabaseInstanceEngine.postgres(
        version=rds.PostgresEngineVersion.VER_16
    ),
    credentials=rds.SnapshotCredentials.from_generated_secret("shop"),
    vpc=vpc,
)
"""
_IMPORTED = """\
database = rds.DatabaseInstance.from_database_instance_attributes(
    self,
    "Shop",
    instance_endpoint_address="shop.example.com",
    instance_identifier="shop",
    port=5432,
    security_groups=[],
)
"""
_HOST = 'environment={"DB_HOST": database.db_instance_endpoint_address}'
_SQL_SERVER = """\
database = rds.DatabaseInstance(
    self,
    "Shop",
    engine=rds.DatabaseInstanceEngine.sql_server_ex(
        version=rds.SqlServerEngineVersion.VER_16
    ),
    vpc=vpc,
)
"""
_BY_API = """\
import os

import boto3

client = boto3.client("rds-data")


def handler(event, context):
    client.execute_statement(
        resourceArn=os.environ["CLUSTER"],
        secretArn=os.environ["SECRET"],
        sql="SELECT note FROM orders",
    )
"""
_BY_TOKEN = handler().replace(
    'password=secret["password"]',
    'password=boto3.client("rds").generate_db_auth_token(\n'
    '            secret["host"], 5432, secret["username"]\n        )',
)
_OTHER_USER = handler().replace('secret["username"]', '"reader"')
_UNREAD = """\
import json
import os

import boto3
import psycopg2


def handler(event, context):
    client = boto3.client("secretsmanager")
    answer = client.get_secret_value(SecretId=os.environ["DB_SECRET_ARN"])
    secret = json.loads(answer["SecretString"])
    connection = psycopg2.connect(host=secret["host"], password=secret["password"])
    connection.cursor().execute(event["sql"])
"""
_IN_LOOP = """\
for name in ("First", "Second"):
    worker = lambda_.Function(
        self,
        name,
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="worker.handler",
        code=lambda_.Code.from_asset("worker"),
        environment={"DB_SECRET_ARN": database.secret.secret_arn},
        vpc=vpc,
        layers=[drivers],
    )
    database.secret.grant_read(worker)
"""
_WITH_KEY = DATABASE.replace(
    'from_generated_secret("shop")',
    'from_generated_secret(\n        "shop", encryption_key=kms.Key(self, "Key")\n    )',
)
_L1 = """\
subnets = rds.CfnDBSubnetGroup(
    self,
    "Subnets",
    db_subnet_group_description="Shop",
    subnet_ids=[subnet.subnet_id for subnet in vpc.private_subnets],
)
database = rds.CfnDBInstance(
    self,
    "Shop",
    engine="postgres",
    db_instance_class="db.t4g.micro",
    allocated_storage="20",
    master_username="shop",
    manage_master_user_password=True,
    db_subnet_group_name=subnets.ref,
)
"""
_PLAIN = DATABASE.replace(
    'from_generated_secret("shop")',
    'from_password(\n        "shop", SecretValue.ssm_secure("shop-password")\n    )',
)
_OTHER_VPC = 'other = ec2.Vpc(self, "Other", max_azs=2)'
_OTHER_GROUP = 'worker_group = ec2.SecurityGroup(self, "WorkerGroup", vpc=other)'
_CLOSED = """\
endpoint = vpc.add_interface_endpoint(
    "Secrets",
    service=ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    open=False,
)
endpoint.connections.allow_default_port_from(worker_group)
"""
_UNHELD = """\
ec2.InterfaceVpcEndpoint(
    self,
    "Secrets",
    vpc=vpc,
    service=ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
)
"""
_README = "# Shop\n\n    CREATE TABLE orders (id INTEGER, note TEXT);\n"
_TEST = 'def test_orders(database):\n    database.execute("CREATE TABLE orders (id INT)")\n'
_SHELL = "psql -h localhost -f tables.txt\n"
_CREATE = (
    'cursor.execute("create  table if not exists orders (id int)")\n    cursor.execute("INSERT'
)

LEFT_ALONE: tuple[Example, ...] = (
    Example(
        "the handler creates what it needs",
        shop(*WHOLE, code=handler().replace('cursor.execute("INSERT', _CREATE)),
    ),
    Example("the handler runs a script that may create them", shop(*WHOLE, code=SCRIPTED)),
    Example(
        "a connection that is only tried, and tables of another kind", shop(*WHOLE, code=TRIED)
    ),
    Example(
        "a file of SQL",
        shop(*WHOLE, **{"sql__tables.sql": "CREATE TABLE orders (id int, note text);\n"}),
    ),
    Example(
        "models that create their tables",
        shop(*WHOLE, **{"models.py": "Base.metadata.create_all(engine)\n"}),
    ),
    Example(
        "migrations",
        shop(*WHOLE, **{"migrations__versions__first.py": "def upgrade():\n    pass\n"}),
    ),
    Example("a script that runs SQL", shop(*WHOLE, **{"setup.sh": _SHELL})),
    Example("a container that is given the login", other(*WHOLE, _TASK)),
    Example(
        "a function in another language that is told the secret",
        other(*WHOLE, _NODE, **{"migrate__migrate.js": "exports.handler = async () => {};\n"}),
    ),
    Example(
        "a custom resource that reads the secret",
        other(*WHOLE, _SETUP, **{"setup__setup.py": _SETUP_CODE}),
    ),
    Example(
        "a trigger that reads the secret",
        other(*WHOLE, _TRIGGER, **{"setup__setup.py": _SETUP_CODE}),
    ),
    Example("a database from a snapshot", shop(VPC, _FROM_SNAPSHOT, *WHOLE[2:])),
    Example(
        "a database that is not the app's",
        shop(VPC, _IMPORTED, GROUP, LAYER, function(_HOST, *IN_VPC)),
    ),
    Example("SQL without any table", shop(*WHOLE, code=handler(statement="SELECT %s, %s"))),
    Example(
        "a function that only looks whether the database is there",
        shop(
            VPC,
            DATABASE,
            function(_HOST, "vpc=vpc"),
            code="def handler(event, context):\n    return event\n",
        ),
    ),
    Example("nothing queries the database", shop(VPC, DATABASE)),
    Example(
        "SQL Server",
        shop(
            VPC,
            _SQL_SERVER,
            function(_HOST, "vpc=vpc"),
            code=handler("pymssql", "SELECT id FROM orders WHERE id = %s", "database"),
        ),
        reported=True,
    ),
    Example(
        "the RDS Data API",
        shop(
            VPC,
            AURORA.replace("vpc=vpc,", "vpc=vpc,\n    enable_data_api=True,"),
            function(
                "environment={\n"
                '    "CLUSTER": cluster.cluster_arn,\n'
                '    "SECRET": cluster.secret.secret_arn,\n'
                "}"
            ),
            code=_BY_API,
        ),
        reported=True,
    ),
    Example("a login by IAM", shop(*WHOLE, code=_BY_TOKEN), reported=True),
    Example("a login as another user", shop(*WHOLE, code=_OTHER_USER), reported=True),
    Example("SQL that comes with the event", shop(*WHOLE, code=_UNREAD), reported=True),
    Example("functions made in a loop", shop(VPC, DATABASE, LAYER, _IN_LOOP), reported=True),
    Example(
        "subnets without a way out to Secrets Manager",
        shop(
            ISOLATED,
            DATABASE.replace(
                "vpc=vpc,",
                "vpc=vpc,\n    vpc_subnets=ec2.SubnetSelection(\n"
                "        subnet_type=ec2.SubnetType.PRIVATE_ISOLATED\n    ),",
            ),
            *WHOLE[2:],
        ),
        reported=True,
    ),
    Example(
        "an endpoint that is closed to others",
        shop(VPC, DATABASE, GROUP, _CLOSED, *WHOLE[3:]),
        reported=True,
    ),
    Example(
        "an endpoint that no name holds",
        shop(VPC, DATABASE, _UNHELD, *WHOLE[2:]),
        reported=True,
    ),
    Example(
        "functions in another VPC",
        shop(
            VPC,
            _OTHER_VPC,
            DATABASE,
            _OTHER_GROUP,
            LAYER,
            function(SECRET, "vpc=other", *IN_VPC[1:]),
        ),
        reported=True,
    ),
    Example(
        "a page that says how to create the tables",
        shop(*WHOLE, **{"README.md": _README}),
        reported=True,
    ),
    Example(
        "tests that create the tables for themselves",
        shop(*WHOLE, **{"tests__test_worker.py": _TEST}),
        reported=True,
    ),
    Example(
        "the key of the secret names the function's role",
        other(VPC, _WITH_KEY, *WHOLE[2:]),
        reported=True,
    ),
    Example(
        "a function that rotates the secret too",
        shop(
            VPC,
            'login = rds.DatabaseSecret(self, "Login", username="shop")',
            DATABASE.replace('from_generated_secret("shop")', "from_secret(login)"),
            GROUP,
            LAYER,
            function(SECRET.replace("database.secret", "login"), *IN_VPC),
            'login.add_rotation_schedule("Rotation", rotation_lambda=worker)',
        ),
        reported=True,
    ),
    Example(
        "an L1 database",
        shop(VPC, _L1, LAYER, function('environment={"DB_HOST": database.attr_endpoint_address}')),
        reported=True,
    ),
    Example(
        "no name holds the function",
        shop(VPC, DATABASE, LAYER, function(SECRET, "vpc=vpc", "layers=[drivers]", name="")),
        reported=True,
    ),
    Example(
        "a password that is no generated one",
        shop(
            "from aws_cdk import SecretValue",
            VPC,
            _PLAIN,
            LAYER,
            function(_HOST, "vpc=vpc", "layers=[drivers]"),
        ),
        reported=True,
    ),
)
