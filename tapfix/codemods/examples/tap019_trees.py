"""Larger apps of TAP019's examples: several databases, stacks and classes."""

from __future__ import annotations

from pathlib import Path

import tapfix.recipes
from tapfix.codemods.examples.tap019_shapes import DRIVERS, INSERT, handler

_TEMPLATES = Path(tapfix.recipes.__path__[0]) / "templates"
_CODE = (_TEMPLATES / "create_postgres_schema.py").read_text(encoding="utf-8")
_ORDERS = """\
-- The tables that the app's functions use; create_schema.py beside this file creates
-- those that are missing.

CREATE TABLE IF NOT EXISTS orders (
    id INTEGER,
    note TEXT
);
"""
_HEAD = """\
from aws_cdk import (
    App,
    Duration,
    Stack,
    aws_ec2 as ec2,
    aws_lambda as lambda_,
    aws_rds as rds,
)
from constructs import Construct
"""
_HEAD_AFTER = """\
from aws_cdk import (
    App,
    Duration,
    RemovalPolicy,
    Stack,
    aws_ec2 as ec2,
    aws_lambda as lambda_,
    aws_logs as logs,
    aws_rds as rds,
    triggers,
)
from constructs import Construct
"""


def _mend(text: str, *changes: tuple[str, str]) -> str:
    """A text with the new imports, and with what stands behind each of these texts."""
    text = text.replace(_HEAD, _HEAD_AFTER)
    for mark, new in changes:
        assert text.count(mark) == 1
        text = text.replace(mark, mark + new)
    return text


def _files(folder: str, table: str = "orders") -> dict[str, str]:
    return {
        f"{folder}/create_schema.py": _CODE,
        f"{folder}/schema.sql": _ORDERS.replace("orders", table),
    }


# Two databases

_STORE = """
        {name} = rds.DatabaseInstance(
            self,
            "{id}",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_16
            ),
            database_name="shop",
            vpc=vpc,
        )
        {name}_group = ec2.SecurityGroup(self, "{id}Group", vpc=vpc)
        {name}.connections.allow_default_port_from({name}_group)
        {name}_writer = lambda_.Function(
            self,
            "{id}Writer",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("{name}"),
            environment={{"DB_SECRET_ARN": {name}.secret.secret_arn}},
            vpc=vpc,
            security_groups=[{name}_group],
            layers=[drivers],
        )
        {name}.secret.grant_read({name}_writer)
"""
_STORE_TABLES = """
        {name}_schema_security_group = ec2.SecurityGroup(
            self,
            "{id}SchemaSecurityGroup",
            vpc=vpc,
            description="Network access of {id}Schema",
        )
        {name}.connections.allow_default_port_from(
            {name}_schema_security_group, "PostgreSQL from {id}Schema"
        )
        {name}_schema = triggers.TriggerFunction(
            self,
            "{id}Schema",
            code=lambda_.Code.from_asset("{name}_schema"),
            handler="create_schema.handler",
            runtime=lambda_.Runtime.PYTHON_3_12,
            timeout=Duration.seconds(60),
            environment={{"DB_SECRET_ARN": {name}.secret.secret_arn}},
            vpc=vpc,
            security_groups=[{name}_schema_security_group],
            layers=[drivers],
            log_group=logs.LogGroup(
                self,
                "{id}SchemaLogs",
                retention=logs.RetentionDays.ONE_WEEK,
                removal_policy=RemovalPolicy.DESTROY,
            ),
            execute_after=[{name}, vpc],
            execute_before=[{name}_writer],
        )
        {name}.secret.grant_read({name}_schema)
"""
_TWO = (
    _HEAD
    + """

class ShopStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

        vpc = ec2.Vpc(self, "Network", max_azs=2)
        drivers = lambda_.LayerVersion(
            self, "Drivers", code=lambda_.Code.from_asset("drivers")
        )
"""
    + _STORE.format(name="orders", id="Orders")
    + _STORE.format(name="stock", id="Stock")
    + """

app = App()
ShopStack(app, "Shop")
app.synth()
"""
)
TWO_DATABASES = {
    "app.py": _TWO,
    "orders/worker.py": handler(),
    "stock/worker.py": handler(statement=INSERT.replace("orders", "items")),
    **DRIVERS,
}
TWO_SCHEMAS = (
    TWO_DATABASES
    | {
        "app.py": _mend(
            _TWO,
            *(
                (
                    f"{name}.secret.grant_read({name}_writer)\n",
                    _STORE_TABLES.format(name=name, id=id),
                )
                for name, id in (("orders", "Orders"), ("stock", "Stock"))
            ),
        )
    }
    | _files("orders_schema")
    | _files("stock_schema", "items")
)

# Two stacks

_FAR = (
    _HEAD
    + """

class DataStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.vpc = ec2.Vpc(self, "Network", max_azs=2)
        self.group = ec2.SecurityGroup(self, "Group", vpc=self.vpc)
        self.database = rds.DatabaseInstance(
            self,
            "Shop",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_16
            ),
            database_name="shop",
            vpc=self.vpc,
            security_groups=[self.group],
        )


class WorkStack(Stack):
    def __init__(
        self, scope: Construct, construct_id: str, *, data: DataStack, **kwargs
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        drivers = lambda_.LayerVersion(
            self, "Drivers", code=lambda_.Code.from_asset("drivers")
        )
        group = ec2.SecurityGroup(self, "Group", vpc=data.vpc)
        data.group.add_ingress_rule(group, ec2.Port.tcp(5432), remote_rule=True)
        worker = lambda_.Function(
            self,
            "Worker",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("worker"),
            environment={"DB_SECRET_ARN": data.database.secret.secret_arn},
            vpc=data.vpc,
            security_groups=[group],
            layers=[drivers],
        )
        data.database.secret.grant_read(worker)


app = App()
data = DataStack(app, "Data")
WorkStack(app, "Work", data=data)
app.synth()
"""
)
_FAR_TABLES = """
        database_schema_security_group = ec2.SecurityGroup(
            self,
            "ShopSchemaSecurityGroup",
            vpc=data.vpc,
            description="Network access of ShopSchema",
        )
        data.group.add_ingress_rule(
            database_schema_security_group,
            ec2.Port.tcp(5432),
            "PostgreSQL from ShopSchema",
            remote_rule=True,
        )
        database_schema = triggers.TriggerFunction(
            self,
            "ShopSchema",
            code=lambda_.Code.from_asset("schema"),
            handler="create_schema.handler",
            runtime=lambda_.Runtime.PYTHON_3_12,
            timeout=Duration.seconds(60),
            environment={"DB_SECRET_ARN": data.database.secret.secret_arn},
            vpc=data.vpc,
            security_groups=[database_schema_security_group],
            layers=[drivers],
            log_group=logs.LogGroup(
                self,
                "ShopSchemaLogs",
                retention=logs.RetentionDays.ONE_WEEK,
                removal_policy=RemovalPolicy.DESTROY,
            ),
            execute_after=[
                data.database,
                data.vpc,
                data.group,
                database_schema_security_group,
            ],
            execute_before=[worker],
        )
        data.database.secret.grant_read(database_schema)
"""
FAR = {"app.py": _FAR, "worker/worker.py": handler(), **DRIVERS}
FAR_AFTER = (
    FAR
    | {"app.py": _mend(_FAR, ("data.database.secret.grant_read(worker)\n", _FAR_TABLES))}
    | _files("schema")
)

# A construct of the app

_INSIDE = (
    _HEAD
    + """

class Orders(Construct):
    def __init__(self, scope: Construct, construct_id: str, *, vpc: ec2.IVpc) -> None:
        super().__init__(scope, construct_id)
        self.login = rds.DatabaseSecret(self, "Login", username="shop")
        self.cluster = rds.DatabaseCluster(
            self,
            "Cluster",
            engine=rds.DatabaseClusterEngine.aurora_postgres(
                version=rds.AuroraPostgresEngineVersion.VER_16_6
            ),
            credentials=rds.Credentials.from_secret(self.login),
            default_database_name="shop",
            writer=rds.ClusterInstance.serverless_v2("Writer"),
            vpc=vpc,
        )


class ShopStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = ec2.Vpc(self, "Network", max_azs=2)
        orders = Orders(self, "Orders", vpc=vpc)
        drivers = lambda_.LayerVersion(
            self, "Drivers", code=lambda_.Code.from_asset("drivers")
        )
        self.worker = lambda_.DockerImageFunction(
            self,
            "Worker",
            code=lambda_.DockerImageCode.from_image_asset("worker"),
            environment={"DB_SECRET_ARN": orders.login.secret_arn},
            vpc=vpc,
        )
        orders.login.grant_read(self.worker)
        orders.cluster.connections.allow_default_port_from(self.worker)


app = App()
ShopStack(app, "Shop")
app.synth()
"""
)
_INSIDE_GROUP = """
        worker_security_group = ec2.SecurityGroup(
            self, "WorkerSecurityGroup", vpc=vpc, description="Network access of Worker"
        )
""".lstrip("\n")
_INSIDE_TABLES = """
        cluster_schema_security_group = ec2.SecurityGroup(
            self,
            "ClusterSchemaSecurityGroup",
            vpc=vpc,
            description="Network access of ClusterSchema",
        )
        orders.cluster.connections.allow_default_port_from(
            cluster_schema_security_group, "PostgreSQL from ClusterSchema"
        )
        cluster_schema = triggers.TriggerFunction(
            self,
            "ClusterSchema",
            code=lambda_.Code.from_asset("schema"),
            handler="create_schema.handler",
            runtime=lambda_.Runtime.PYTHON_3_12,
            timeout=Duration.seconds(60),
            environment={"DB_SECRET_ARN": orders.login.secret_arn},
            vpc=vpc,
            security_groups=[cluster_schema_security_group],
            layers=[drivers],
            log_group=logs.LogGroup(
                self,
                "ClusterSchemaLogs",
                retention=logs.RetentionDays.ONE_WEEK,
                removal_policy=RemovalPolicy.DESTROY,
            ),
            execute_after=[orders.cluster, orders.login, vpc],
            execute_before=[self.worker],
        )
        orders.login.grant_read(cluster_schema)
"""
_DOCKERFILE = """\
FROM public.ecr.aws/lambda/python:3.12
COPY worker.py ${LAMBDA_TASK_ROOT}
CMD ["worker.handler"]
"""
INSIDE = {
    "app.py": _INSIDE,
    "worker/worker.py": handler("psycopg"),
    "worker/Dockerfile": _DOCKERFILE,
    **DRIVERS,
}
INSIDE_AFTER = (
    INSIDE
    | {
        "app.py": _mend(
            _INSIDE,
            (
                'self, "Drivers", code=lambda_.Code.from_asset("drivers")\n        )\n',
                _INSIDE_GROUP,
            ),
            ("            vpc=vpc,\n        )\n        orders.login", ""),
            ("connections.allow_default_port_from(self.worker)\n", _INSIDE_TABLES),
        ).replace(
            "            vpc=vpc,\n        )\n        orders.login",
            "            vpc=vpc,\n            security_groups=[worker_security_group],\n"
            "        )\n        orders.login",
        )
    }
    | _files("schema")
    | {"schema/create_schema.py": _CODE.replace("psycopg2", "psycopg")}
)

# Methods

_METHODS = (
    _HEAD
    + """

class ShopStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.vpc = ec2.Vpc(self, "Network", max_azs=2)
        self.drivers = lambda_.LayerVersion(
            self, "Drivers", code=lambda_.Code.from_asset("drivers")
        )
        self.database = self.make_database()
        self.make_worker()

    def make_database(self) -> rds.DatabaseInstance:
        return rds.DatabaseInstance(
            self,
            "Shop",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_16
            ),
            database_name="shop",
            vpc=self.vpc,
        )

    def make_worker(self) -> None:
        group = ec2.SecurityGroup(self, "Group", vpc=self.vpc)
        worker = lambda_.Function(
            self,
            "Worker",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("worker"),
            environment={"DB_SECRET_ARN": self.database.secret.secret_arn},
            vpc=self.vpc,
            security_groups=[group],
            layers=[self.drivers],
        )
        self.database.connections.allow_default_port_from(group)
        self.database.secret.grant_read(worker)


app = App()
ShopStack(app, "Shop")
app.synth()
"""
)
_METHOD_TABLES = """
        shop_schema_security_group = ec2.SecurityGroup(
            self,
            "ShopSchemaSecurityGroup",
            vpc=self.vpc,
            description="Network access of ShopSchema",
        )
        self.database.connections.allow_default_port_from(
            shop_schema_security_group, "PostgreSQL from ShopSchema"
        )
        shop_schema = triggers.TriggerFunction(
            self,
            "ShopSchema",
            code=lambda_.Code.from_asset("schema"),
            handler="create_schema.handler",
            runtime=lambda_.Runtime.PYTHON_3_12,
            timeout=Duration.seconds(60),
            environment={"DB_SECRET_ARN": self.database.secret.secret_arn},
            vpc=self.vpc,
            security_groups=[shop_schema_security_group],
            layers=[self.drivers],
            log_group=logs.LogGroup(
                self,
                "ShopSchemaLogs",
                retention=logs.RetentionDays.ONE_WEEK,
                removal_policy=RemovalPolicy.DESTROY,
            ),
            execute_after=[self.database, self.vpc],
            execute_before=[worker],
        )
        self.database.secret.grant_read(shop_schema)
"""
BY_METHOD = {"app.py": _METHODS, "worker/worker.py": handler(), **DRIVERS}
BY_METHOD_AFTER = (
    BY_METHOD
    | {"app.py": _mend(_METHODS, ("self.database.secret.grant_read(worker)\n", _METHOD_TABLES))}
    | _files("schema")
)
