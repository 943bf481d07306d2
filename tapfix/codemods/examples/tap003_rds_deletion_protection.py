"""Examples of TAP003: RDS databases that are protected from deletion."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

_RDS = "from aws_cdk import aws_ec2 as ec2, aws_rds as rds"
_ENGINE = "rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_16)"


def _body(text: str) -> str:
    """A stack with a VPC and this body, in which ENGINE stands for a PostgreSQL engine."""
    return stack(f'vpc = ec2.Vpc(self, "Vpc")\n{text.replace("ENGINE", _ENGINE)}', _RDS)


def _changes(title: str, text: str, before: str = "=True", after: str = "=False") -> Example:
    """An example in which the fix changes only ``before``, which stands once in the text."""
    assert text.count(before) == 1, title
    return Example(title, _body(text), _body(text.replace(before, after)))


def _app(imports: str, body: str) -> str:
    return f"{imports}\n\napp = App()\nstack = Stack(app, 'Example')\n{body}app.synth()\n"


_FIRING = (
    _changes(
        "an instance, one argument a line, with a comment",
        """\
rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    deletion_protection=True,  # nobody may drop this by mistake
    removal_policy=RemovalPolicy.DESTROY,
)
""",
    ),
    _changes(
        "an Aurora cluster bound to an attribute of self",
        """\
self.cluster = rds.DatabaseCluster(
    self,
    "Cluster",
    engine=rds.DatabaseClusterEngine.aurora_postgres(
        version=rds.AuroraPostgresEngineVersion.VER_16_4
    ),
    writer=rds.ClusterInstance.serverless_v2("writer"),
    vpc=vpc,
    deletion_protection=True,
)
""",
    ),
    _changes(
        "a serverless cluster on few lines",
        """\
rds.ServerlessCluster(
    self, "Cluster", engine=rds.DatabaseClusterEngine.AURORA_MYSQL, vpc=vpc,
    deletion_protection=True)
""",
    ),
    _changes(
        "an instance from a snapshot",
        """\
rds.DatabaseInstanceFromSnapshot(
    self,
    "Restored",
    snapshot_identifier="before-the-move",
    engine=ENGINE,
    vpc=vpc,
    deletion_protection=True,
)
""",
    ),
    _changes(
        "a read replica",
        """\
source = rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc)
rds.DatabaseInstanceReadReplica(
    self,
    "Replica",
    source_database_instance=source,
    instance_type=ec2.InstanceType("t3.small"),
    vpc=vpc,
    deletion_protection=True,
)
""",
    ),
    _changes(
        "an L1 instance",
        """\
rds.CfnDBInstance(
    self,
    "Database",
    engine="postgres",
    db_instance_class="db.t3.micro",
    allocated_storage="20",
    deletion_protection=True,
)
""",
    ),
    _changes(
        "an L1 global cluster",
        'rds.CfnGlobalCluster(self, "World", engine="aurora-mysql", deletion_protection=True)',
    ),
    _changes(
        "a property of an L1 cluster, set later",
        """\
cluster = rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql")
cluster.deletion_protection = True
""",
        "protection = True",
        "protection = False",
    ),
    _changes(
        "an escape hatch below an L2 instance",
        """\
database = rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc)
database.node.default_child.add_property_override("DeletionProtection", True)
""",
        '"DeletionProtection", True',
        '"DeletionProtection", False',
    ),
    _changes(
        "an entry of a dict of settings",
        """\
settings = {
    "vpc": vpc,
    "deletion_protection": True,
}
rds.DatabaseInstance(self, "Database", engine=ENGINE, **settings)
""",
        '"deletion_protection": True',
        '"deletion_protection": False',
    ),
    _changes(
        "a constant that only this argument reads",
        """\
protected = True
rds.DatabaseInstance(
    self, "Database", engine=ENGINE, vpc=vpc, deletion_protection=protected
)
""",
        "protected = True",
        "protected = False",
    ),
    Example(
        "classes imported by themselves, in a helper function",
        _app(
            "from aws_cdk import App, Stack\nfrom aws_cdk.aws_rds import CfnDBCluster",
            "\n\ndef add_cluster(scope, name):\n"
            '    CfnDBCluster(scope, name, engine="aurora-mysql", deletion_protection=True)\n'
            '\n\nadd_cluster(stack, "Orders")\n',
        ),
        _app(
            "from aws_cdk import App, Stack\nfrom aws_cdk.aws_rds import CfnDBCluster",
            "\n\ndef add_cluster(scope, name):\n"
            '    CfnDBCluster(scope, name, engine="aurora-mysql", deletion_protection=False)\n'
            '\n\nadd_cluster(stack, "Orders")\n',
        ),
    ),
    Example(
        "a dict that two instances use: what it says is not one instance's to change",
        _body("""\
settings = {"vpc": vpc, "engine": ENGINE, "deletion_protection": True}
rds.DatabaseInstance(self, "Orders", **settings)
rds.DatabaseInstance(self, "Customers", **settings)
"""),
        reported=True,
    ),
)

_SILENT = (
    Example(
        "a base class in another file decides for all its subclasses",
        {
            "app.py": _app(
                "from aws_cdk import App, Stack\nfrom aws_cdk import aws_rds as rds\n"
                "from base import Guarded",
                """

class Data(Guarded):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        rds.CfnDBCluster(
            self, "Cluster", engine="aurora-mysql", deletion_protection=self.protect
        )


Data(app, "Data")
""",
            ),
            "base.py": """\
from aws_cdk import Stack


class Guarded(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.protect = True
""",
        },
    ),
    Example(
        "switched off",
        _body("""\
rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc, deletion_protection=False)
"""),
    ),
    Example(
        "not mentioned: it is off",
        _body('rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc)\n'),
    ),
    Example(
        "depends on the environment",
        _body("""\
stage = self.node.try_get_context("stage")
rds.DatabaseInstance(
    self, "Database", engine=ENGINE, vpc=vpc, deletion_protection=stage == "prod"
)
"""),
    ),
    Example(
        "a method decides",
        _app(
            "from aws_cdk import App, Stack\nfrom aws_cdk import aws_rds as rds",
            """

class Data(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        rds.CfnDBCluster(
            self,
            "Cluster",
            engine="aurora-mysql",
            deletion_protection=self._get_deletion_protection(),
        )

    def _get_deletion_protection(self):
        return True


Data(app, "Data")
""",
        ),
    ),
    Example(
        "a parameter decides",
        _app(
            "from aws_cdk import App, Stack\nfrom aws_cdk import aws_rds as rds",
            """

def add_cluster(scope, protect=True):
    rds.CfnDBCluster(scope, "C", engine="aurora-mysql", deletion_protection=protect)


add_cluster(stack, protect=False)
""",
        ),
    ),
    Example(
        "set once for each environment",
        _body("""\
if self.node.try_get_context("stage") == "prod":
    protected = True
else:
    protected = False
rds.DatabaseInstance(
    self, "Database", engine=ENGINE, vpc=vpc, deletion_protection=protected
)
"""),
    ),
    Example(
        "switched off by a later statement",
        _body("""\
cluster = rds.CfnDBCluster(
    self, "Cluster", engine="aurora-mysql", deletion_protection=True
)
cluster.deletion_protection = False
"""),
    ),
    Example(
        "switched on only under a condition",
        _body("""\
cluster = rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql")
if self.node.try_get_context("keep"):
    cluster.deletion_protection = True
"""),
    ),
    Example(
        "a setting from the context",
        _body("""\
protected = bool(self.node.try_get_context("protected"))
rds.DatabaseInstance(
    self, "Database", engine=ENGINE, vpc=vpc, deletion_protection=protected
)
"""),
    ),
    Example(
        "keywords that may hold it",
        _app(
            "from aws_cdk import App, Stack\nfrom aws_cdk import aws_rds as rds",
            """

def add_cluster(scope, **settings):
    rds.CfnDBCluster(scope, "Cluster", engine="aurora-mysql", **settings)


add_cluster(stack, deletion_protection=False)
""",
        ),
    ),
    Example(
        "an imported database",
        _body("""\
rds.DatabaseCluster.from_database_cluster_attributes(
    self, "Shared", cluster_identifier="shared"
)
"""),
    ),
    Example(
        "a table: another rule's business",
        stack(
            """
            dynamodb.TableV2(
                self,
                "Orders",
                partition_key=dynamodb.Attribute(
                    name="id", type=dynamodb.AttributeType.STRING
                ),
                deletion_protection=True,
                removal_policy=RemovalPolicy.DESTROY,
            )
            """,
            "from aws_cdk import aws_dynamodb as dynamodb",
        ),
    ),
    Example(
        "a class that only shares the name",
        _app(
            "from aws_cdk import App, CfnOutput, Stack",
            """

class DatabaseInstance:
    def __init__(self, scope, name, deletion_protection):
        CfnOutput(scope, name, value=str(deletion_protection))


DatabaseInstance(stack, "Database", deletion_protection=True)
""",
        ),
    ),
)

EXAMPLES = (*_FIRING, *_SILENT)
