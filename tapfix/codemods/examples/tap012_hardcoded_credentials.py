"""Spellings and look-alikes of TAP012."""

from __future__ import annotations

from pathlib import Path

from tapfix.codemods.examples.functions import app, function
from tapfix.rule import Example

_TEMPLATES = Path(__file__).parents[2] / "recipes" / "templates"
_READER = (_TEMPLATES / "database_secret.py").read_text(encoding="utf-8").partition("@")[2]
READER = f"@{_READER}"

VPC = 'vpc = ec2.Vpc(self, "Network", max_azs=2)'
CLOSED_VPC = 'vpc = ec2.Vpc(self, "Network", max_azs=2, nat_gateways=0)'
IN_VPC = "vpc=vpc"
ISOLATED = "ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)"


def database(*arguments: str, name: str = "database") -> str:
    """A PostgreSQL instance with the database ``orders``."""
    inner = "".join(f"    {one},\n" for one in ('database_name="orders"', *arguments))
    return (
        f'{name} = rds.DatabaseInstance(\n    self,\n    "{name.title()}",\n'
        "    engine=rds.DatabaseInstanceEngine.postgres(\n"
        "        version=rds.PostgresEngineVersion.VER_16\n    ),\n    vpc=vpc,\n"
        f"{inner})\n"
    )


DATABASE = database()
UNNAMED = DATABASE.replace('    database_name="orders",\n', "")
MYSQL = """\
stage = self.node.try_get_context("stage") or "dev"
database = rds.DatabaseInstance(
    self,
    "Shop",
    instance_identifier=f"tills-{stage}",
    engine=rds.DatabaseInstanceEngine.mysql(version=rds.MysqlEngineVersion.VER_8_0_39),
    credentials=rds.Credentials.from_generated_secret("shop"),
    database_name="shop",
    vpc=vpc,
)
"""
AURORA = """\
database = rds.DatabaseCluster(
    self,
    "Orders",
    engine=rds.DatabaseClusterEngine.aurora_postgres(
        version=rds.AuroraPostgresEngineVersion.VER_16_4
    ),
    writer=rds.ClusterInstance.serverless_v2("Writer"),
    default_database_name="orders",
    vpc=vpc,
)
"""
SECRET = """\
login = secretsmanager.Secret(
    self,
    "Login",
    generate_secret_string=secretsmanager.SecretStringGenerator(
        secret_string_template='{"username": "clerk"}',
        generate_string_key="password",
        exclude_punctuation=True,
    ),
)
"""
WITH_SECRET = database("credentials=rds.Credentials.from_secret(login)")
ROLE = """\
role = iam.Role(
    self, "WorkerRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
)
"""
CACHE_GROUP = """\
subnets = elasticache.CfnSubnetGroup(
    self,
    "Subnets",
    description="Private subnets",
    subnet_ids=[subnet.subnet_id for subnet in vpc.private_subnets],
)
"""
CACHE = """\
cache = elasticache.CfnCacheCluster(
    self,
    "Cache",
    engine="redis",
    cache_node_type="cache.t3.micro",
    num_cache_nodes=1,
    cache_subnet_group_name=subnets.ref,
)
"""
GROUP = """\
cache = elasticache.CfnReplicationGroup(
    self,
    "Cache",
    engine="redis",
    replication_group_description="Sessions",
    cache_node_type="cache.t3.micro",
    num_cache_clusters=2,
    automatic_failover_enabled=True,
    cache_subnet_group_name=subnets.ref,
)
"""
TLS_GROUP = GROUP.replace('"redis",\n', '"redis",\n    at_rest_encryption_enabled=True,\n').replace(
    "num_cache", "transit_encryption_enabled=True,\n    num_cache"
)

ARN = 'environment={"DB_SECRET_ARN": database.secret.secret_arn}'
LET_IN = "database.connections.allow_default_port_from(worker)"
GRANT = "database.secret.grant_read(worker)"

LOCAL = """\
psycopg2.connect(
        host="localhost",
        dbname="orders",
        user="postgres",
        password="pa55word",
    )"""
STORED = """\
psycopg2.connect(
        host=secret["host"],
        dbname=secret["dbname"],
        user=secret["username"],
        password=secret["password"],
    )"""


def handler(connect: str, imports: str = "import psycopg2", head: str = "\n\n") -> str:
    """A handler that connects by this expression."""
    return (
        f"{imports}\n{head}def handler(event, context):\n    connection = {connect}\n"
        "    with connection, connection.cursor() as cursor:\n"
        '        cursor.execute("DELETE FROM carts")\n'
    )


def mended(connect: str, driver: str = "psycopg2", reader: str = READER, more: str = "    ") -> str:
    """A handler that reads the secret first."""
    imports = "\n".join(sorted(["import boto3", f"import {driver}"]))
    text = handler(
        connect,
        f"import functools\nimport json\nimport os\n\n{imports}",
        f"\n\n{reader}\n\n",
    )
    return text.replace(
        "    connection =", f"    secret = database_secret()\n{more}connection =", 1
    )


CONSTANT = handler(
    LOCAL.replace('"pa55word"', "PASSWORD"),
    head='\nPASSWORD = "pa55word"\n\n\n',
)
TOLD = 'environment={"HOST": database.db_instance_endpoint_address}'
TOLD_BOTH = (
    'environment={\n    "HOST": database.db_instance_endpoint_address,\n'
    '    "DB_SECRET_ARN": database.secret.secret_arn,\n}'
)
KEPT = """\
import os

import psycopg2

kept = None


def handler(event, context):
    global kept
    if kept is None:
        kept = psycopg2.connect(
            host=os.environ["HOST"],
            user="postgres",
            password="pa55word",
        )
    return kept.closed
"""
KEPT_AND_READ = (
    KEPT.replace("import os\n\n", "import functools\nimport json\nimport os\n\nimport boto3\n")
    .replace("None\n\n\n", f"None\n\n\n{READER}\n\n", 1)
    .replace("        kept =", "        secret = database_secret()\n        kept =")
    .replace('"postgres"', 'secret["username"]')
    .replace('"pa55word"', 'secret["password"]')
)
AT_HOME = """\
import os

import psycopg2


def connect():
    if os.environ.get("STAGE") == "local":
        return psycopg2.connect(
            host=HOST, user="postgres", password="pa55word"
        )
    return psycopg2.connect(
        host=os.environ["HOST"], user="postgres", password=os.environ["PASSWORD"]
    )


def handler(event, context):
    return connect().closed
"""
MADE_URL = """\
import sqlalchemy

URL = sqlalchemy.URL.create(
    "postgresql+psycopg2",
    username="postgres",
    password="pa55word",
    host="localhost",
    database="orders",
)


def handler(event, context):
    return str(URL.host)
"""
TOLD_URL = (
    "import functools\nimport json\nimport os\n\nimport boto3\nimport sqlalchemy\n\n\n"
    f"{READER}\n\nsecret = database_secret()\n"
    + MADE_URL.removeprefix("import sqlalchemy\n\n")
    .replace('"pa55word"', 'secret["password"]')
    .replace('"localhost"', 'secret["host"]')
    .replace('"orders"', 'secret["dbname"]')
    .replace('="postgres"', '=secret["username"]')
)
ASKED = """\
import json
import os

import boto3
import psycopg2


def handler(event, context):
    secret = json.loads(
        boto3.client("secretsmanager").get_secret_value(
            SecretId=os.environ["DB_SECRET_ARN"]
        )["SecretString"]
    )
    psycopg2.connect(
        host=HOST, user=secret["username"], password=secret["password"]
    )
"""
TOLD_HOST = '    psycopg2.connect(\n        host=os.environ["DB_HOST"], '
CACHED = """\
import redis

cache = redis.Redis(host="localhost", port=6379, decode_responses=True)


def handler(event, context):
    cache.delete(event["key"])
"""
TOLD_CACHE = CACHED.replace("import redis", "import os\n\nimport redis").replace(
    'cache = redis.Redis(host="localhost", port=6379, decode_responses=True)',
    'cache = redis.Redis(\n    host=os.environ["REDIS_HOST"],\n'
    '    port=int(os.environ["REDIS_PORT"]),\n    decode_responses=True,\n)',
)
PLAIN = 'def handler(event, context):\n    print("nothing")\n'
BOTH = (
    'environment={\n    "DB_SECRET_ARN": database.secret.secret_arn,\n    "DB_NAME": "orders",\n}'
)


STACK_PASSWORD = app(
    VPC,
    database(
        "credentials=rds.Credentials.from_password(\n"
        '        "postgres", SecretValue.unsafe_plain_text("pa55word")\n    )'
    ),
    function(),
    handler=handler(LOCAL),
)
STACK_PASSWORD["app.py"] = STACK_PASSWORD["app.py"].replace("Policy, ", "Policy, SecretValue, ", 1)


def firing(title: str, before: str, after: str, stack: str = DATABASE) -> Example:
    """An app of which the function gets the secret of its one database."""
    return Example(
        title,
        app(VPC, stack, function(), handler=before),
        app(VPC, stack, function(ARN), GRANT, handler=after),
    )


def silent(title: str, text: str, *arguments: str, reported: bool = False) -> Example:
    """An app with a database that stays as it is."""
    return Example(title, app(VPC, DATABASE, function(*arguments), handler=text), reported=reported)


EXAMPLES: tuple[Example, ...] = (
    firing("an instance that makes its own secret", handler(LOCAL), mended(STORED)),
    firing(
        "a host that is called as the instance, a port",
        handler(
            LOCAL.replace("psycopg2", "pymysql")
            .replace(
                '"localhost"', '"tills-dev.c9a.eu-west-1.rds.amazonaws.com",\n        port=3306'
            )
            .replace('"postgres"', '"shop"')
            .replace('dbname="orders"', 'database="shop"'),
            "import pymysql",
        ),
        mended(
            STORED.replace("psycopg2", "pymysql")
            .replace('["host"]', '["host"],\n        port=int(secret["port"])')
            .replace("dbname=", "database="),
            "pymysql",
        ),
        MYSQL,
    ),
    Example(
        "a secret of the app's, a variable of another name, a role",
        app(
            VPC,
            SECRET,
            WITH_SECRET,
            ROLE,
            function("role=role", 'environment={"LOGIN": login.secret_arn}'),
            handler=handler(LOCAL.replace('"postgres"', '"clerk"')),
        ),
        app(
            VPC,
            SECRET,
            WITH_SECRET,
            ROLE,
            function("role=role", 'environment={"LOGIN": login.secret_arn}'),
            "login.grant_read(role)",
            handler=mended(STORED, reader=READER.replace("DB_SECRET_ARN", "LOGIN")),
        ),
    ),
    Example(
        "a secret that is granted already",
        app(VPC, DATABASE, function(ARN), GRANT, handler=handler(LOCAL)),
        app(VPC, DATABASE, function(ARN), GRANT, handler=mended(STORED)),
    ),
    firing(
        "positional arguments of pg8000",
        handler(
            'pg8000.connect("postgres", "localhost", "orders", 5432, "pa55word")', "import pg8000"
        ),
        mended(
            "pg8000.connect(\n"
            '        secret["username"],\n'
            '        secret["host"],\n'
            '        secret["dbname"],\n'
            '        int(secret["port"]),\n'
            '        secret["password"],\n'
            "    )",
            "pg8000",
        ),
    ),
    firing(
        "constants that nothing else reads",
        handler(
            LOCAL.replace('"localhost"', "HOST").replace('"pa55word"', "PASSWORD"),
            head='\nHOST = "localhost"\nPASSWORD = "pa55word"\n\n\n',
        ),
        mended(STORED),
    ),
    firing(
        "a dict that is taken apart",
        handler(
            "psycopg2.connect(**LOGIN)",
            head="\nLOGIN = {\n"
            '    "host": "localhost",\n    "dbname": "orders",\n'
            '    "user": "postgres",\n    "password": "pa55word",\n}\n\n\n',
        ),
        handler(
            "psycopg2.connect(**LOGIN)",
            "import functools\nimport json\nimport os\n\nimport boto3\nimport psycopg2",
            f"\n\n{READER}\n\nsecret = database_secret()\nLOGIN = {{\n"
            '    "host": secret["host"],\n    "dbname": secret["dbname"],\n'
            '    "user": secret["username"],\n    "password": secret["password"],\n}\n\n\n',
        ),
    ),
    firing(
        "a default of a variable that nothing sets",
        handler(
            LOCAL.replace('"pa55word"', 'os.getenv("DB_PASSWORD", "pa55word")'),
            "import os\n\nimport psycopg2",
        ),
        mended(STORED),
    ),
    Example(
        "a database that is not named in the secret",
        app(VPC, UNNAMED, function(), handler=handler(LOCAL)),
        app(
            VPC,
            UNNAMED,
            function(BOTH),
            GRANT,
            handler=mended(STORED.replace('secret["dbname"]', 'os.environ["DB_NAME"]')),
        ),
    ),
    firing(
        "a constant with a type",
        CONSTANT.replace("PASSWORD =", "PASSWORD: str ="),
        mended(STORED),
    ),
    firing(
        "two logins of one block",
        handler(LOCAL) + f"    other = {LOCAL}\n    other.close()\n",
        mended(STORED) + f"    other = {STORED}\n    other.close()\n",
    ),
    Example(
        "a connection that is kept, to a host that the stack tells",
        app(VPC, DATABASE, function(TOLD), handler=KEPT),
        app(VPC, DATABASE, function(TOLD_BOTH), GRANT, handler=KEPT_AND_READ),
    ),
    firing("a URL that SQLAlchemy puts together", MADE_URL, TOLD_URL),
    firing(
        "a dict of settings for a pool",
        handler(
            "ConnectionPool(\n        kwargs={\n"
            '            "host": "localhost",\n            "dbname": "orders",\n'
            '            "user": "postgres",\n            "password": "pa55word",\n'
            "        }\n    )",
            "from psycopg_pool import ConnectionPool",
        ),
        mended(
            "ConnectionPool(\n        kwargs={\n"
            '            "host": secret["host"],\n            "dbname": secret["dbname"],\n'
            '            "user": secret["username"],\n            "password": secret["password"],\n'
            "        }\n    )",
        ).replace("import psycopg2", "from psycopg_pool import ConnectionPool"),
    ),
    firing("a cluster of Aurora", handler(LOCAL), mended(STORED), AURORA),
    Example(
        "a module beside the handler, a function in a VPC with a way out",
        app(
            VPC,
            DATABASE,
            function(IN_VPC),
            LET_IN,
            handler="from db import handler as run\n\n\n"
            "def handler(event, context):\n    return run(event, context)\n",
            db=handler(LOCAL),
        ),
        app(
            VPC,
            DATABASE,
            function(IN_VPC, ARN),
            GRANT,
            LET_IN,
            handler="from db import handler as run\n\n\n"
            "def handler(event, context):\n    return run(event, context)\n",
            db=mended(STORED),
        ),
    ),
    Example(
        "a host beside a password that is read",
        app(
            VPC,
            DATABASE,
            function(ARN),
            GRANT,
            handler=ASKED.replace("HOST", '"localhost"'),
        ),
        app(
            VPC,
            DATABASE,
            function(
                'environment={\n    "DB_SECRET_ARN": database.secret.secret_arn,\n'
                '    "DB_HOST": database.db_instance_endpoint_address,\n}'
            ),
            GRANT,
            handler=ASKED.replace("    psycopg2.connect(\n        host=HOST, ", TOLD_HOST),
        ),
    ),
    Example(
        "a cache",
        app(VPC, CACHE_GROUP, CACHE, function(), handler=CACHED),
        app(
            VPC,
            CACHE_GROUP,
            CACHE,
            function(
                'environment={\n    "REDIS_HOST": cache.attr_redis_endpoint_address,\n'
                '    "REDIS_PORT": cache.attr_redis_endpoint_port,\n}'
            ),
            handler=TOLD_CACHE,
        ),
    ),
    Example(
        "a cache of which the function is told",
        app(
            VPC,
            CACHE_GROUP,
            GROUP,
            function('environment={"CACHE": cache.attr_primary_end_point_address, "DOOR": "6379"}'),
            handler=CACHED,
        ),
        app(
            VPC,
            CACHE_GROUP,
            GROUP,
            function('environment={"CACHE": cache.attr_primary_end_point_address, "DOOR": "6379"}'),
            handler=CACHED.replace("import redis", "import os\n\nimport redis").replace(
                'redis.Redis(host="localhost", port=6379, decode_responses=True)',
                'redis.Redis(\n    host=os.environ["CACHE"], port=int(os.environ["DOOR"]), '
                "decode_responses=True\n)",
            ),
        ),
    ),
    # Reported
    Example(
        "a cache behind TLS",
        app(VPC, CACHE_GROUP, TLS_GROUP, function(), handler=CACHED),
        reported=True,
    ),
    Example(
        "a password of Redis",
        app(
            VPC,
            CACHE_GROUP,
            CACHE,
            function(),
            handler=CACHED.replace("decode_responses=True", 'password="pa55word"'),
        ),
        reported=True,
    ),
    Example(
        "a password of Redis by its position",
        app(
            VPC,
            CACHE_GROUP,
            CACHE,
            function(),
            handler=CACHED.replace(
                'host="localhost", port=6379, decode_responses=True',
                '"localhost", 6379, 0, "pa55word"',
            ),
        ),
        reported=True,
    ),
    silent(
        "a URL of SQLAlchemy",
        "import sqlalchemy\n\nengine = sqlalchemy.create_engine(\n"
        '    "postgresql://postgres:pa55word@localhost/orders"\n)\n\n\n'
        "def handler(event, context):\n    return engine.name\n",
        reported=True,
    ),
    silent(
        "a text of settings",
        handler('psycopg2.connect("host=localhost user=postgres password=pa55word")'),
        reported=True,
    ),
    silent(
        "a URL of MongoDB",
        "from pymongo import MongoClient\n\n"
        'client = MongoClient("mongodb://clerk:pa55word@orders.example.com/shop")\n\n\n'
        "def handler(event, context):\n    return client.server_info()\n",
        reported=True,
    ),
    silent("another user", handler(LOCAL.replace('"postgres"', '"clerk"')), reported=True),
    silent("another host", handler(LOCAL.replace("localhost", "db.example.com")), reported=True),
    Example(
        "the host of a database whose name begins alike, and varies",
        app(
            VPC,
            MYSQL,
            function(),
            handler=handler(
                LOCAL.replace("psycopg2", "pymysql")
                .replace("localhost", "tills-old.c9a.eu-west-1.rds.amazonaws.com")
                .replace('"postgres"', '"shop"')
                .replace('dbname="orders"', 'database="shop"'),
                "import pymysql",
            ),
        ),
        reported=True,
    ),
    Example(
        "the host of a database whose name begins alike",
        app(
            VPC,
            database('instance_identifier="orders"'),
            function(),
            handler=handler(
                LOCAL.replace("localhost", "orders-old.c9a.eu-west-1.rds.amazonaws.com")
            ),
        ),
        reported=True,
    ),
    silent(
        "a constant that is read twice",
        handler(
            LOCAL.replace('"pa55word"', "PASSWORD"),
            head='\nPASSWORD = "pa55word"\nprint(len(PASSWORD))\n\n\n',
        ),
        reported=True,
    ),
    Example(
        "a constant that another file may read",
        app(VPC, DATABASE, function(), handler=CONSTANT, sweep="from worker import PASSWORD\n"),
        reported=True,
    ),
    silent(
        "a constant that a star import takes",
        CONSTANT.replace("\nPASSWORD =", '\n__all__ = ["PASSWORD", "handler"]\nPASSWORD ='),
        reported=True,
    ),
    silent(
        "entries taken out of a dict",
        handler(
            LOCAL.replace('"pa55word"', 'LOGIN["password"]'),
            head='\nLOGIN = {"password": "pa55word"}\n\n\n',
        ),
        reported=True,
    ),
    silent(
        "one of two logins, as the environment says",
        AT_HOME.replace("HOST,", '"db.example.com",'),
        reported=True,
    ),
    Example(
        "a secret that RDS itself keeps",
        app(
            VPC,
            database(
                'credentials=rds.Credentials.from_username("postgres")',
                "manage_master_user_password=True",
            ),
            function(),
            handler=handler(LOCAL),
        ),
        reported=True,
    ),
    silent(
        "a default of a parameter",
        handler(
            "connect()",
            head="\n\ndef connect(password=None):\n"
            '    return psycopg2.connect(\n        host="localhost", user="postgres", '
            'password=password or "pa55word"'
            "\n    )\n\n\n",
        ),
        reported=True,
    ),
    Example(
        "two databases of the same kind",
        app(VPC, DATABASE, database(name="archive"), function(), handler=handler(LOCAL)),
        reported=True,
    ),
    Example(
        "subnets without a way out",
        app(
            CLOSED_VPC,
            database(f"vpc_subnets={ISOLATED}"),
            function(IN_VPC, f"vpc_subnets={ISOLATED}"),
            handler=handler(LOCAL),
        ),
        reported=True,
    ),
    Example(
        "a database without a way out, a function that has to go there",
        app(
            CLOSED_VPC,
            database(f"vpc_subnets={ISOLATED}"),
            function(),
            handler=handler(LOCAL),
        ),
        reported=True,
    ),
    silent(
        "a default of a variable that the stack sets",
        handler(
            LOCAL.replace('"pa55word"', 'os.getenv("LOGIN", "pa55word")'),
            "import os\n\nimport psycopg2",
        ),
        'environment={"LOGIN": database.secret.secret_arn}',
        reported=True,
    ),
    Example(
        "a password in the stack",
        {**STACK_PASSWORD, "worker/worker.py": PLAIN},
        reported=True,
    ),
    Example("a password in the stack and in the handler", STACK_PASSWORD, reported=True),
    Example(
        "a variable of the function",
        app(function('environment={"DB_PASSWORD": "pa55word"}'), handler=PLAIN),
        reported=True,
    ),
    Example(
        "a handler that nothing deploys",
        app(VPC, DATABASE, handler=handler(LOCAL)),
        reported=True,
    ),
    Example(
        "a handler that a test imports",
        app(VPC, DATABASE, function(), handler=handler(LOCAL))
        | {"tests/test_worker.py": "from worker.worker import handler\n\nassert handler\n"},
        reported=True,
    ),
    Example(
        "a handler that a script imports",
        app(VPC, DATABASE, function(), handler=handler(LOCAL))
        | {"scripts/fill.py": "from worker.worker import handler\n\nhandler({}, None)\n"},
        reported=True,
    ),
    # Silent
    silent("a login at home", AT_HOME.replace("HOST,", '"localhost",')),
    silent(
        "a login at home where another one fails",
        handler(
            LOCAL.replace("\n", "\n    "),
        ).replace(
            "    connection =",
            '    try:\n        connection = psycopg2.connect(event["dsn"])\n'
            "    except KeyError:\n        connection =",
            1,
        ),
    ),
    silent(
        "a switch and a name that are called passwords",
        PLAIN,
        'environment={"RESET_PASSWORD": "true", "DB_PASSWORD": "orders/db-password"}',
    ),
    silent(
        "everything from variables",
        handler(
            'psycopg2.connect(\n        host=os.environ["HOST"], '
            'password=os.environ["PASSWORD"]\n    )',
            "import os\n\nimport psycopg2",
        ),
    ),
    silent(
        "a secret that is read",
        ASKED.replace("HOST", 'secret["host"]'),
        ARN,
    ),
    silent(
        "a default that the stack overrules",
        handler(
            'psycopg2.connect(host=os.environ.get("HOST", "localhost"), user="postgres")',
            "import os\n\nimport psycopg2",
        ),
        'environment={"HOST": database.db_instance_endpoint_address}',
    ),
    silent(
        "a password of the event's",
        handler('psycopg2.connect(host=event["host"], password=event["password"])'),
    ),
    silent(
        "a try on the own machine",
        PLAIN + f"\n\nif __name__ == '__main__':\n    import psycopg2\n\n    {LOCAL}\n",
    ),
    silent(
        "an empty password",
        handler(
            'psycopg2.connect(host=os.environ["HOST"], password="")', "import os\n\nimport psycopg2"
        ),
    ),
    silent(
        "a function of the same name",
        "def connect(host, password):\n    print(host, len(password))\n\n\n"
        'def handler(event, context):\n    connect("localhost", "pa55word")\n',
    ),
    silent(
        "a file",
        'import sqlite3\n\n\ndef handler(event, context):\n    sqlite3.connect("/tmp/orders.db")\n',
    ),
    silent("a database that nothing connects to", PLAIN),
    silent("the ARN of a secret", PLAIN, 'environment={"DB_PASSWORD_ARN": "arn:aws:orders"}'),
    silent(
        "a reference that CloudFormation resolves",
        PLAIN,
        'environment={"DB_PASSWORD": "{{resolve:ssm-secure:orders}}"}',
    ),
    silent("an address without a password", PLAIN, 'environment={"URL": "https://a.example/b:c"}'),
    silent(
        "a cache without a host",
        "import redis\n\n\ndef handler(event, context):\n    redis.Redis(db=1).ping()\n",
    ),
)
