"""Spellings and look-alikes of TAP019."""

from __future__ import annotations

from pathlib import Path

import tapfix.recipes
from tapfix.codemods.examples.functions import app, function
from tapfix.codemods.examples.tap019_left_alone import LEFT_ALONE
from tapfix.codemods.examples.tap019_shapes import (
    AURORA,
    DATABASE,
    DRIVERS,
    GRANT,
    GROUP,
    IN_VPC,
    INGRESS,
    INSERT,
    ISOLATED,
    LAYER,
    MYSQL_INSERT,
    SECRET,
    VPC,
    WHOLE,
    handler,
)
from tapfix.codemods.examples.tap019_trees import (
    BY_METHOD,
    BY_METHOD_AFTER,
    FAR,
    FAR_AFTER,
    INSIDE,
    INSIDE_AFTER,
    TWO_DATABASES,
    TWO_SCHEMAS,
)
from tapfix.rule import Example

_TEMPLATES = Path(tapfix.recipes.__path__[0]) / "templates"
POSTGRES_CODE = (_TEMPLATES / "create_postgres_schema.py").read_text(encoding="utf-8")
MYSQL_CODE = (_TEMPLATES / "create_mysql_schema.py").read_text(encoding="utf-8")
BUNDLING = (_TEMPLATES / "layer_bundling.py").read_text(encoding="utf-8")
ORDERS = """\
-- The tables that the app's functions use; create_schema.py beside this file creates
-- those that are missing.

CREATE TABLE IF NOT EXISTS orders (
    id INTEGER,
    note TEXT
);
"""
GROUP_OF_TABLES = """\
{name}_schema_security_group = ec2.SecurityGroup(
    self,
    "{id}SchemaSecurityGroup",
    vpc=vpc,
    description="Network access of {id}Schema",
)
"""
RULE = """\
database.connections.allow_default_port_from(
    database_schema_security_group, "PostgreSQL from ShopSchema"
)
"""
TABLES = """\
{name}_schema = triggers.TriggerFunction(
    self,
    "{id}Schema",
    code=lambda_.Code.from_asset("{folder}"),
    handler="create_schema.handler",
    runtime=lambda_.Runtime.PYTHON_3_12,
    {machine},
    timeout=Duration.seconds(60),
    {environment},
    vpc=vpc,
    {subnets},
    security_groups=[{name}_schema_security_group],
    layers=[drivers],
    log_group=logs.LogGroup(
        self,
        "{id}SchemaLogs",
        retention=logs.RetentionDays.ONE_WEEK,
        removal_policy=RemovalPolicy.DESTROY,
    ),
    execute_after=[{after}],
    execute_before=[{before}],
)
"""


def tables(
    name: str = "database",
    id: str = "Shop",
    *,
    rule: str = RULE,
    folder: str = "schema",
    environment: str = SECRET,
    secret: str = "database.secret",
    after: str = "database, vpc",
    before: str = "worker",
    subnets: str = "",
    machine: str = "",
) -> str:
    """The new statements."""
    values = {
        "environment": environment.replace("\n", "\n    "),
        "subnets": subnets.replace("\n", "\n    "),
        "machine": machine,
    }
    made = TABLES.format(name=name, id=id, folder=folder, after=after, before=before, **values)
    made = made.replace("    ,\n", "")
    group = GROUP_OF_TABLES.format(name=name, id=id)
    return f"{group}{rule}{made}{secret}.grant_read({name}_schema)\n"


def files(code: str = POSTGRES_CODE, sql: str = ORDERS, folder: str = "schema") -> dict[str, str]:
    """The new files."""
    return {f"{folder}/create_schema.py": code, f"{folder}/schema.sql": sql}


def shop(*parts: str, code: str = "", **modules: str) -> dict[str, str]:
    """A shop of these statements with a layer of drivers."""
    return app(*parts, handler=code or handler(), **modules) | DRIVERS


def mended(before: dict[str, str], *parts: str, helper: bool = False) -> dict[str, str]:
    """A shop with other statements and the new files; ``helper`` says that a layer is new."""
    text = app(*parts, handler="")["app.py"]
    sources, tasks = (
        "    aws_lambda_event_sources as sources,\n",
        "    aws_stepfunctions_tasks as tasks,\n",
    )
    if helper:
        constructs = "from constructs import Construct\n"
        maker = "\nfrom lib.layers.bundling import python_layer_code\n"
        text = text.replace(constructs, constructs + maker)
    text = text.replace(sources, f"{sources}    aws_logs as logs,\n")
    text = text.replace(tasks, f"{tasks}    triggers,\n")
    return before | {"app.py": text} | files()


BARE = (VPC, DATABASE, LAYER, function(SECRET, "vpc=vpc", "layers=[drivers]"), GRANT)
EGRESS = """\
vpc_subnets=ec2.SubnetSelection(
    subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
)"""
OWN_GROUP = """\
worker_security_group = ec2.SecurityGroup(
    self, "WorkerSecurityGroup", vpc=vpc, description="Network access of Worker"
)
"""
FROM_WORKER = "database.connections.allow_default_port_from(worker)"
STORED = DATABASE.replace(
    'credentials=rds.Credentials.from_generated_secret("shop")',
    "credentials=rds.Credentials.from_secret(login)",
)
LOGIN = 'login = rds.DatabaseSecret(self, "Login", username="shop")'
OF_LOGIN = SECRET.replace("database.secret", "login")
DATABASE_GROUP = 'database_group = ec2.SecurityGroup(self, "DatabaseGroup", vpc=vpc)'
GROUPED = DATABASE.replace("vpc=vpc,", "vpc=vpc,\n    security_groups=[database_group],")
NAMELESS_GROUP = DATABASE.replace(
    "vpc=vpc,",
    'vpc=vpc,\n    security_groups=[ec2.SecurityGroup(self, "DatabaseGroup", vpc=vpc)],',
)
GROUP_RULE = """\
database_group.add_ingress_rule(
    database_schema_security_group,
    ec2.Port.tcp(5432),
    "PostgreSQL from ShopSchema",
)
"""

OF_CLUSTER = (
    function(SECRET.replace("database", "cluster"), *IN_VPC),
    "cluster.connections.allow_default_port_from(worker_group)",
    "cluster.secret.grant_read(worker)",
)
BY_PYMYSQL = handler("pymysql", MYSQL_INSERT, "database")
BY_CONNECTOR = handler("mysql.connector", MYSQL_INSERT, "database")
CONNECTOR_CODE = MYSQL_CODE.replace("pymysql", "mysql.connector").replace(
    '        ssl={"ca": None},  # encrypted where the server offers that\n', ""
)
MYSQL_ORDERS = ORDERS.replace("INTEGER", "BIGINT").replace("TEXT", "LONGTEXT")
CLUSTER_TABLES = tables(
    "cluster",
    "Cluster",
    rule="""\
cluster.connections.allow_default_port_from(
    cluster_schema_security_group, "MySQL from ClusterSchema"
)
""",
    environment=SECRET.replace("database", "cluster"),
    secret="cluster.secret",
    after="cluster, vpc",
)
BOTH = (
    handler()
    + """\


def read(event, context):
    cursor = connect().cursor()
    cursor.execute("SELECT note FROM orders WHERE id = %s::integer", (event["id"],))
    return cursor.fetchone()
"""
)
READER = (
    function(SECRET, "layers=[drivers]", name="reader = ")
    .replace('"Worker"', '"Reader"')
    .replace("worker.handler", "worker.read")
)
TWO_WAIT = tables(before="worker, reader")
OUTSIDE = function(SECRET, "layers=[drivers]")
PUBLIC = DATABASE.replace(
    "vpc=vpc,",
    "vpc=vpc,\n    vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),",
)
OUTSIDE_TABLES = """\
database_schema = triggers.TriggerFunction(
    self,
    "ShopSchema",
    code=lambda_.Code.from_asset("schema"),
    handler="create_schema.handler",
    runtime=lambda_.Runtime.PYTHON_3_12,
    timeout=Duration.seconds(60),
    environment={"DB_SECRET_ARN": database.secret.secret_arn},
    layers=[drivers],
    log_group=logs.LogGroup(
        self,
        "ShopSchemaLogs",
        retention=logs.RetentionDays.ONE_WEEK,
        removal_policy=RemovalPolicy.DESTROY,
    ),
    execute_after=[database],
    execute_before=[worker],
)
database.secret.grant_read(database_schema)
"""
NAMELESS = DATABASE.replace('    database_name="shop",\n', "")
TWO_VARIABLES = """\
environment={
    "DB_SECRET_ARN": database.secret.secret_arn,
    "DATABASE": "postgres",
}"""
NAMED = function(TWO_VARIABLES, *IN_VPC)
BY_NAME = handler().replace('secret["dbname"]', 'os.environ["DATABASE"]')
PROXY = """\
proxy = rds.DatabaseProxy(
    self,
    "Proxy",
    proxy_target=rds.ProxyTarget.from_instance(database),
    secrets=[database.secret],
    vpc=vpc,
)
"""
PROXIED = function(
    """\
environment={
    "DB_SECRET_ARN": database.secret.secret_arn,
    "DB_HOST": proxy.endpoint,
}""",
    *IN_VPC,
)
ON_ARM = function(
    SECRET,
    "architecture=lambda_.Architecture.ARM_64",
    EGRESS,
    *IN_VPC,
)
STORE = (
    handler().partition("\n\ndef handler")[0]
    + """\

def save(order):
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(INSERT, (order["id"], order["note"]))
"""
)
STORE = STORE.replace("\n\nsecrets", f'\n\nINSERT = "{INSERT}"\nsecrets')
BY_MODULE = """\
from store import save


def handler(event, context):
    save(event)
"""
HALF_KNOWN = (
    handler()
    + """\


def read(event, context):
    cursor = connect().cursor()
    cursor.execute(f"SELECT * FROM orders ORDER BY {event['by']}")
    return cursor.fetchall()
"""
)
STAGE = 'stage = self.node.try_get_context("stage") or "dev"'
NAMED_GROUP = """\
worker_group = ec2.SecurityGroup(
    self, "WorkerGroup", vpc=vpc, security_group_name=f"worker-{stage}"
)
"""
NAMED_SHOP = (
    STAGE,
    VPC,
    DATABASE,
    NAMED_GROUP,
    function(
        'function_name=f"worker-{stage}"', SECRET, "vpc=vpc", "security_groups=[worker_group]"
    ),
    INGRESS,
    GRANT,
    "worker.grant_invoke(iam.AccountRootPrincipal())",
)
PRIVATE = """\
vpc_subnets=ec2.SubnetSelection(
    subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
)"""
OWN_TEST = {
    "tests/test_prices.py": "def test_it(database):\n"
    '    database.execute("CREATE TABLE prices (id INT)")\n'
}
OF_GROUP = 'vpc_subnets=ec2.SubnetSelection(subnet_group_name="work")'
GROUPS = """\
vpc = ec2.Vpc(
    self,
    "Network",
    subnet_configuration=[
        ec2.SubnetConfiguration(name="way", subnet_type=ec2.SubnetType.PUBLIC),
        ec2.SubnetConfiguration(
            name="work", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
        ),
        ec2.SubnetConfiguration(
            name="data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
        ),
    ],
)
"""
IN_GROUP = (GROUPS, *WHOLE[1:5], function(SECRET, OF_GROUP, *IN_VPC), GRANT)
CLOSED_OFF = DATABASE.replace("vpc=vpc,", "vpc=vpc,\n    " + PRIVATE.replace("\n", "\n    ") + ",")
ENDPOINT = """\
endpoint = ec2.InterfaceVpcEndpoint(
    self,
    "Secrets",
    vpc=vpc,
    service=ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
)
"""
ENCLOSED = (ISOLATED, ENDPOINT, CLOSED_OFF, *WHOLE[2:5], function(SECRET, PRIVATE, *IN_VPC), GRANT)
LATER = 'later = sqs.Queue(self, "Later")'
NEW_LAYER = """\
dependencies_layer = lambda_.LayerVersion(
    self,
    "DependenciesLayer",
    code=python_layer_code(
        "dependencies", lambda_.Runtime.PYTHON_3_12, lambda_.Architecture.X86_64
    ),
    compatible_runtimes=[lambda_.Runtime.PYTHON_3_12],
    compatible_architectures=[lambda_.Architecture.X86_64],
)
"""
NAMED_TABLES = (
    tables()
    .replace(
        '"ShopSchemaSecurityGroup",\n    vpc=vpc,',
        '"ShopSchemaSecurityGroup",\n    vpc=vpc,\n'
        '    security_group_name=f"shop-schema-sg-{stage}",',
    )
    .replace(
        '"ShopSchema",\n    code',
        '"ShopSchema",\n    function_name=f"shop-schema-{stage}",\n    code',
    )
    .replace("layers=[drivers]", "layers=[dependencies_layer]")
)
BUNDLED = {
    "lib/layers/bundling.py": BUNDLING,
    "lib/layers/dependencies/requirements.txt": "psycopg2-binary>=2.9,<3\n",
}

IN_A_TUPLE = (
    handler()
    .replace(
        """    cursor.execute("INSERT INTO orders (id, note) VALUES (%s::integer, %s::text)", """
        """(event["id"], event["note"]))\n""",
        '    for query in QUERIES:\n        cursor.execute(query, {"cart": event["cart"]})\n',
    )
    .replace(
        'secrets = boto3.client("secretsmanager")\n',
        """\
secrets = boto3.client("secretsmanager")
QUERIES = (
    "DELETE FROM carts WHERE expires_at < now()",
    "UPDATE carts SET reminded = true WHERE cart_id = %(cart)s",
)
""",
    )
)
CARTS = (
    ORDERS.partition("CREATE")[0]
    + """\
CREATE TABLE IF NOT EXISTS carts (
    cart_id TEXT PRIMARY KEY,  -- type guessed from the name
    expires_at TIMESTAMPTZ,
    reminded BOOLEAN
);
"""
)
OF_A_QUERY = handler(
    statement="WITH newest AS (SELECT order_id, max(amount) AS top FROM lines GROUP BY order_id)"
    " INSERT INTO totals (order_id, top, details) SELECT order_id, top, %s::jsonb FROM newest"
    " ON CONFLICT (order_id) DO UPDATE SET top = excluded.top RETURNING id"
).replace(', (event["id"], event["note"])', ', (json.dumps(event["details"]),)')
TOTALS = (
    ORDERS.partition("CREATE")[0]
    + """\
CREATE TABLE IF NOT EXISTS lines (
    order_id TEXT,  -- type guessed from the name
    amount NUMERIC  -- type guessed from the name
);

CREATE TABLE IF NOT EXISTS totals (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    order_id TEXT UNIQUE,  -- type guessed from the name
    top NUMERIC,           -- type guessed from the name
    details JSONB
);
"""
)
TOLD_LATER = 'worker.add_environment("DB_SECRET_ARN", database.secret.secret_arn)'

EXAMPLES: tuple[Example, ...] = (
    Example(
        "statements in a tuple, with named parameters",
        shop(*WHOLE, code=IN_A_TUPLE),
        mended(shop(*WHOLE, code=IN_A_TUPLE), *WHOLE, "", tables()) | files(sql=CARTS),
    ),
    Example(
        "an upsert of what a query selects",
        shop(*WHOLE, code=OF_A_QUERY),
        mended(shop(*WHOLE, code=OF_A_QUERY), *WHOLE, "", tables()) | files(sql=TOTALS),
    ),
    Example(
        "a function that is told the secret later",
        shop(*WHOLE[:5], function(*IN_VPC), TOLD_LATER, GRANT),
        mended(
            shop(*WHOLE[:5], function(*IN_VPC), TOLD_LATER, GRANT),
            *WHOLE[:5],
            function(*IN_VPC),
            TOLD_LATER,
            GRANT,
            "",
            tables(),
        ),
    ),
    Example(
        "a function with a group of its own",
        shop(*WHOLE),
        mended(shop(*WHOLE), *WHOLE, "", tables()),
    ),
    Example(
        "a function with CDK's group would wait for the rule that lets it in",
        shop(*BARE, FROM_WORKER, code=handler("psycopg")),
        mended(
            shop(*BARE, FROM_WORKER, code=handler("psycopg")),
            *BARE[:3],
            OWN_GROUP,
            function(
                SECRET, "vpc=vpc", "layers=[drivers]", "security_groups=[worker_security_group]"
            ),
            GRANT,
            FROM_WORKER,
            "",
            tables(),
        )
        | files(POSTGRES_CODE.replace("psycopg2", "psycopg")),
    ),
    Example(
        "a secret of its own, which is complete once it is attached",
        shop(VPC, LOGIN, STORED, *WHOLE[2:5], function(OF_LOGIN, *IN_VPC)),
        mended(
            shop(VPC, LOGIN, STORED, *WHOLE[2:5], function(OF_LOGIN, *IN_VPC)),
            VPC,
            LOGIN,
            STORED,
            *WHOLE[2:5],
            function(OF_LOGIN, *IN_VPC),
            "",
            tables(environment=OF_LOGIN, secret="login", after="database, login, vpc"),
        ),
    ),
    Example(
        "a database with a group of its own",
        shop(VPC, DATABASE_GROUP, GROUPED, *WHOLE[2:]),
        mended(
            shop(VPC, DATABASE_GROUP, GROUPED, *WHOLE[2:]),
            VPC,
            DATABASE_GROUP,
            GROUPED,
            *WHOLE[2:],
            "",
            tables(rule=GROUP_RULE, after="database, vpc, database_group"),
        ),
    ),
    Example(
        "a database with a group that no name holds",
        shop(VPC, NAMELESS_GROUP, *WHOLE[2:]),
        mended(
            shop(VPC, NAMELESS_GROUP, *WHOLE[2:]),
            VPC,
            NAMELESS_GROUP,
            *WHOLE[2:],
            "",
            tables(after="database, vpc, *database.connections.security_groups"),
        ),
    ),
    Example(
        "Aurora for MySQL, one statement after the other",
        shop(VPC, AURORA, GROUP, LAYER, *OF_CLUSTER, code=BY_PYMYSQL),
        mended(
            shop(VPC, AURORA, GROUP, LAYER, *OF_CLUSTER, code=BY_PYMYSQL),
            VPC,
            AURORA,
            GROUP,
            LAYER,
            *OF_CLUSTER,
            "",
            CLUSTER_TABLES,
        )
        | files(MYSQL_CODE, MYSQL_ORDERS),
    ),
    Example(
        "MySQL's own library",
        shop(VPC, AURORA, GROUP, LAYER, *OF_CLUSTER, code=BY_CONNECTOR),
        mended(
            shop(VPC, AURORA, GROUP, LAYER, *OF_CLUSTER, code=BY_CONNECTOR),
            VPC,
            AURORA,
            GROUP,
            LAYER,
            *OF_CLUSTER,
            "",
            CLUSTER_TABLES,
        )
        | files(CONNECTOR_CODE, MYSQL_ORDERS),
    ),
    Example(
        "two functions of one database, one of them outside of its VPC",
        shop(*WHOLE, READER, code=BOTH),
        mended(shop(*WHOLE, READER, code=BOTH), *WHOLE, READER, "", TWO_WAIT)
        | files(sql=ORDERS.replace("INTEGER", "INTEGER PRIMARY KEY")),
    ),
    Example(
        "functions that lie in no VPC yet",
        shop(VPC, DATABASE, LAYER, OUTSIDE, GRANT),
        mended(
            shop(VPC, DATABASE, LAYER, OUTSIDE, GRANT),
            VPC,
            DATABASE,
            LAYER,
            OUTSIDE,
            GRANT,
            "",
            tables(subnets=EGRESS),
        ),
    ),
    Example(
        "a public database, and functions outside of its VPC",
        shop(VPC, PUBLIC, LAYER, OUTSIDE, GRANT),
        mended(
            shop(VPC, PUBLIC, LAYER, OUTSIDE, GRANT),
            VPC,
            PUBLIC,
            LAYER,
            OUTSIDE,
            GRANT,
            "",
            OUTSIDE_TABLES,
        ),
    ),
    Example(
        "the database's name is told by a variable, not by the secret",
        shop(VPC, NAMELESS, *WHOLE[2:5], NAMED, GRANT, code=BY_NAME),
        mended(
            shop(VPC, NAMELESS, *WHOLE[2:5], NAMED, GRANT, code=BY_NAME),
            VPC,
            NAMELESS,
            *WHOLE[2:5],
            NAMED,
            GRANT,
            "",
            tables(environment=TWO_VARIABLES),
        )
        | files(POSTGRES_CODE.replace('secret["dbname"]', 'os.environ["DATABASE"]')),
    ),
    Example(
        "tests that create a table of their own",
        shop(*WHOLE) | OWN_TEST,
        mended(shop(*WHOLE), *WHOLE, "", tables()) | OWN_TEST,
    ),
    Example(
        "subnets that are chosen by the name of their group",
        shop(*IN_GROUP),
        mended(shop(*IN_GROUP), *IN_GROUP, "", tables(subnets=OF_GROUP)),
    ),
    Example(
        "an endpoint is the only way to Secrets Manager",
        shop(*ENCLOSED),
        mended(
            shop(*ENCLOSED), *ENCLOSED, "", tables(subnets=PRIVATE, after="database, vpc, endpoint")
        ),
    ),
    Example(
        "a function that goes through a proxy",
        shop(VPC, DATABASE, PROXY, *WHOLE[2:5], PROXIED, GRANT),
        mended(
            shop(VPC, DATABASE, PROXY, *WHOLE[2:5], PROXIED, GRANT),
            VPC,
            DATABASE,
            PROXY,
            *WHOLE[2:5],
            PROXIED,
            GRANT,
            "",
            tables(),
        ),
    ),
    Example(
        "an ARM function in chosen subnets, and SQL in a module beside the handler",
        shop(*WHOLE[:5], ON_ARM, GRANT, code=BY_MODULE, store=STORE),
        mended(
            shop(*WHOLE[:5], ON_ARM, GRANT, code=BY_MODULE, store=STORE),
            *WHOLE[:5],
            ON_ARM,
            GRANT,
            "",
            tables(
                subnets=EGRESS,
                machine="architecture=lambda_.Architecture.ARM_64",
            ),
        ),
    ),
    Example(
        "names with a suffix, a new layer, what stands behind the function",
        shop(*NAMED_SHOP, LATER),
        mended(
            shop(*NAMED_SHOP, LATER),
            *NAMED_SHOP[:4],
            NEW_LAYER,
            "",
            *NAMED_SHOP[4:],
            "",
            NAMED_TABLES,
            LATER,
            helper=True,
        )
        | BUNDLED,
    ),
    Example(
        "some SQL is put together by the handler",
        shop(*WHOLE, code=HALF_KNOWN),
        mended(shop(*WHOLE, code=HALF_KNOWN), *WHOLE, "", tables()),
    ),
    Example("two databases, each with a function", TWO_DATABASES, TWO_SCHEMAS),
    Example("a database of another stack", FAR, FAR_AFTER),
    Example("a database that a construct of the app makes", INSIDE, INSIDE_AFTER),
    Example("a function made by a method", BY_METHOD, BY_METHOD_AFTER),
    *LEFT_ALONE,
)
