"""Spellings and look-alikes of TAP005."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

IMPORTS = "from aws_cdk import aws_ec2 as ec2, aws_rds as rds"


def database(arguments: str, before: str = "", after: str = "") -> str:
    """A stack with one PostgreSQL instance that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(
        f"""\
vpc = ec2.Vpc(self, "Vpc")
{before}database = rds.DatabaseInstance(
    self,
    "Database",
    engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_16),
    vpc=vpc,{lines}
)
{after}""",
        IMPORTS,
    )


def aurora(arguments: str, before: str = "") -> str:
    """A stack with one Aurora cluster that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(
        f"""\
vpc = ec2.Vpc(self, "Vpc")
{before}rds.DatabaseCluster(
    self,
    "Cluster",
    engine=rds.DatabaseClusterEngine.aurora_postgres(
        version=rds.AuroraPostgresEngineVersion.VER_16_4
    ),
    writer=rds.ClusterInstance.serverless_v2("writer"),
    vpc=vpc,{lines}
)
""",
        IMPORTS,
    )


FIRING = (
    Example(
        "days, by position",
        database("backup_retention=Duration.days(7),\nremoval_policy=RemovalPolicy.DESTROY,"),
        database(
            "backup_retention=Duration.days(0),\nremoval_policy=RemovalPolicy.DESTROY,\n"
            "delete_automated_backups=True,"
        ),
    ),
    Example(
        "days by keyword, module cdk, everything on one line, self.database",
        """\
import aws_cdk as cdk
from aws_cdk.aws_ec2 import Vpc
from aws_cdk.aws_rds import DatabaseInstance, DatabaseInstanceEngine
from constructs import Construct


class ExampleStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.engine = DatabaseInstanceEngine.MYSQL
        self.vpc = Vpc(self, "Vpc")
        self.database = self.add_database()

    def add_database(self) -> DatabaseInstance:
        keep = cdk.Duration.days(amount=35)  # as long as RDS can
        return DatabaseInstance(
            self, "Db", engine=self.engine, vpc=self.vpc, backup_retention=keep
        )


app = cdk.App()
ExampleStack(app, "Example")
app.synth()
""",
        """\
import aws_cdk as cdk
from aws_cdk.aws_ec2 import Vpc
from aws_cdk.aws_rds import DatabaseInstance, DatabaseInstanceEngine
from constructs import Construct


class ExampleStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.engine = DatabaseInstanceEngine.MYSQL
        self.vpc = Vpc(self, "Vpc")
        self.database = self.add_database()

    def add_database(self) -> DatabaseInstance:
        keep = cdk.Duration.days(amount=0)  # as long as RDS can
        return DatabaseInstance(
            self,
            "Db",
            engine=self.engine,
            vpc=self.vpc,
            backup_retention=keep,
            delete_automated_backups=True,
        )


app = cdk.App()
ExampleStack(app, "Example")
app.synth()
""",
    ),
    Example(
        "hours become days",
        database("backup_retention=Duration.hours(168),  # a week\ndeletion_protection=False,"),
        database(
            "backup_retention=Duration.days(0),  # a week\ndeletion_protection=False,\n"
            "delete_automated_backups=True,"
        ),
    ),
    Example(
        "a number that others read too is no longer read",
        database(
            "backup_retention=Duration.days(keep_days),",
            before="keep_days = 7\n",
            after='self.tags.set_tag("keep-days", str(keep_days))\n',
        ),
        database(
            "backup_retention=Duration.days(0),\ndelete_automated_backups=True,",
            before="keep_days = 7\n",
            after='self.tags.set_tag("keep-days", str(keep_days))\n',
        ),
    ),
    Example(
        "a constant of another file that nothing else reads",
        {
            "app.py": database("backup_retention=Duration.days(settings.BACKUP_DAYS),").replace(
                "from constructs", "import settings\nfrom constructs"
            ),
            "settings.py": "BACKUP_DAYS = 14\nPORT = 5432\n",
        },
        {
            "app.py": database(
                "backup_retention=Duration.days(settings.BACKUP_DAYS),\n"
                "delete_automated_backups=True,"
            ).replace("from constructs", "import settings\nfrom constructs"),
            "settings.py": "BACKUP_DAYS = 0\nPORT = 5432\n",
        },
    ),
    Example(
        "an entry of a dict of arguments",
        database(
            "**common,",
            before="""\
common = {
    "backup_retention": Duration.days(7),
    "multi_az": False,
}
""",
        ),
        database(
            "**common,",
            before="""\
common = {
    "backup_retention": Duration.days(0),
    "multi_az": False,
    "delete_automated_backups": True,
}
""",
        ),
    ),
    Example(
        "L1 instance",
        stack(
            """\
            rds.CfnDBInstance(
                self,
                "Database",
                engine="postgres",
                db_instance_class="db.t4g.micro",
                allocated_storage="20",
                master_username="app",
                manage_master_user_password=True,
                backup_retention_period=7,
            )
            """,
            IMPORTS,
        ),
        stack(
            """\
            rds.CfnDBInstance(
                self,
                "Database",
                engine="postgres",
                db_instance_class="db.t4g.micro",
                allocated_storage="20",
                master_username="app",
                manage_master_user_password=True,
                backup_retention_period=0,
                delete_automated_backups=True,
            )
            """,
            IMPORTS,
        ),
    ),
    Example(
        "Aurora keeps one day, the least",
        aurora(
            "backup=rds.BackupProps(\n"
            "    retention=Duration.days(30), preferred_window='03:00-04:00'\n"
            "),"
        ),
        aurora(
            "backup=rds.BackupProps(\n"
            "    retention=Duration.days(1), preferred_window='03:00-04:00'\n"
            "),"
        ),
    ),
    Example(
        "Aurora, backup as a dict, and backups that stay",
        aurora(
            'backup={"retention": Duration.days(14)},\ndelete_automated_backups=False,',
        ),
        aurora(
            'backup={"retention": Duration.days(1)},\ndelete_automated_backups=True,',
        ),
    ),
    Example(
        "L1 cluster",
        stack(
            """\
            cluster = rds.CfnDBCluster(
                self, "Cluster", engine="aurora-mysql", backup_retention_period=35
            )
            """,
            IMPORTS,
        ),
        stack(
            """\
            cluster = rds.CfnDBCluster(
                self, "Cluster", engine="aurora-mysql", backup_retention_period=1
            )
            """,
            IMPORTS,
        ),
    ),
    Example(
        "Aurora Serverless v1",
        stack(
            """\
            rds.ServerlessCluster(
                self,
                "Cluster",
                engine=rds.DatabaseClusterEngine.AURORA_MYSQL,
                vpc=ec2.Vpc(self, "Vpc"),
                backup_retention=Duration.days(2),
            )
            """,
            IMPORTS,
        ),
        stack(
            """\
            rds.ServerlessCluster(
                self,
                "Cluster",
                engine=rds.DatabaseClusterEngine.AURORA_MYSQL,
                vpc=ec2.Vpc(self, "Vpc"),
                backup_retention=Duration.days(1),
            )
            """,
            IMPORTS,
        ),
    ),
    Example(
        "a read replica with backups of its own",
        stack(
            """\
            vpc = ec2.Vpc(self, "Vpc")
            primary = rds.DatabaseInstance(
                self, "Primary", engine=rds.DatabaseInstanceEngine.MYSQL, vpc=vpc
            )
            rds.DatabaseInstanceReadReplica(
                self,
                "Replica",
                source_database_instance=primary,
                instance_type=ec2.InstanceType("t4g.micro"),
                vpc=vpc,
                backup_retention=Duration.days(3),
            )
            """,
            IMPORTS,
        ),
        stack(
            """\
            vpc = ec2.Vpc(self, "Vpc")
            primary = rds.DatabaseInstance(
                self, "Primary", engine=rds.DatabaseInstanceEngine.MYSQL, vpc=vpc
            )
            rds.DatabaseInstanceReadReplica(
                self,
                "Replica",
                source_database_instance=primary,
                instance_type=ec2.InstanceType("t4g.micro"),
                vpc=vpc,
                backup_retention=Duration.days(0),
                delete_automated_backups=True,
            )
            """,
            IMPORTS,
        ),
    ),
    Example(
        "set on the resource below the construct, which counts",
        database(
            "backup_retention=Duration.days(0),\ndelete_automated_backups=True,",
            after="""\
resource: rds.CfnDBInstance = database.node.default_child
resource.backup_retention_period = 7
""",
        ),
        database(
            "backup_retention=Duration.days(0),\ndelete_automated_backups=True,",
            after="""\
resource: rds.CfnDBInstance = database.node.default_child
resource.backup_retention_period = 0
""",
        ),
    ),
    Example(
        "an override of the property",
        database(
            "multi_az=False,",
            after="""\
database.node.default_child.add_property_override("BackupRetentionPeriod", 7)
""",
        ),
        database(
            "multi_az=False,\ndelete_automated_backups=True,",
            after="""\
database.node.default_child.add_property_override("BackupRetentionPeriod", 0)
""",
        ),
    ),
    Example(
        "backups that stay when the database goes",
        database("delete_automated_backups=False,"),
        database("delete_automated_backups=True,"),
    ),
    Example(
        "the source of a read replica in another file needs backups",
        {
            "app.py": database(
                "backup_retention=Duration.days(7),",
                after="Reports(self, 'Reports', primary=database)\n",
            ).replace("from constructs", "from reports import Reports\nfrom constructs"),
            "reports.py": """\
from aws_cdk import aws_ec2 as ec2, aws_rds as rds
from constructs import Construct


class Reports(Construct):
    def __init__(self, scope: Construct, id: str, *, primary: rds.DatabaseInstance) -> None:
        super().__init__(scope, id)
        rds.DatabaseInstanceReadReplica(
            self,
            "Replica",
            source_database_instance=primary,
            instance_type=ec2.InstanceType("t4g.micro"),
            vpc=primary.vpc,
        )
""",
        },
        reported=True,
    ),
    Example(
        "SQL Server with Multi-AZ needs backups",
        stack(
            """\
            rds.DatabaseInstance(
                self,
                "Database",
                engine=rds.DatabaseInstanceEngine.sql_server_se(
                    version=rds.SqlServerEngineVersion.VER_15
                ),
                vpc=ec2.Vpc(self, "Vpc"),
                multi_az=True,
                backup_retention=Duration.days(7),
            )
            """,
            IMPORTS,
        ),
        reported=True,
    ),
)

SILENT = (
    Example("no backups already", database("backup_retention=Duration.days(0),")),
    Example("nothing said: one day is RDS's own choice", database("multi_az=False,")),
    Example(
        "days from a parameter",
        database(
            "backup_retention=Duration.days(days),",
            before='days = int(self.node.try_get_context("days") or 7)\n',
        ),
    ),
    Example(
        "days by environment",
        database(
            "backup_retention=Duration.days(30 if is_production else 1),",
            before='is_production = self.stack_name == "production"\n',
        ),
    ),
    Example(
        "arguments from a function",
        """\
from aws_cdk import App, Duration, Stack, aws_ec2 as ec2, aws_rds as rds


def common() -> dict:
    return dict(backup_retention=Duration.days(7))


app = App()
stack = Stack(app, "Example")
rds.DatabaseInstance(
    stack,
    "Database",
    engine=rds.DatabaseInstanceEngine.MYSQL,
    vpc=ec2.Vpc(stack, "Vpc"),
    **common(),
)
app.synth()
""",
    ),
    Example("Aurora with one day", aurora("backup=rds.BackupProps(retention=Duration.days(1)),")),
    Example("Aurora without a word about backups", aurora("deletion_protection=False,")),
    Example(
        "another service's cluster",
        stack(
            """\
            docdb.DatabaseCluster(
                self,
                "Documents",
                master_user=docdb.Login(username="app"),
                instance_type=ec2.InstanceType("t4g.medium"),
                vpc=ec2.Vpc(self, "Vpc"),
                backup=docdb.BackupProps(retention=Duration.days(7)),
            )
            """,
            "from aws_cdk import aws_docdb as docdb, aws_ec2 as ec2",
        ),
    ),
    Example(
        "an instance of an Aurora cluster has no backups of its own",
        stack(
            """\
            cluster = rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql")
            rds.CfnDBInstance(
                self,
                "Writer",
                engine="aurora-mysql",
                db_instance_class="db.t4g.medium",
                db_cluster_identifier=cluster.ref,
                backup_retention_period=7,
            )
            """,
            IMPORTS,
        ),
    ),
    Example(
        "overruled where the environment asks for it",
        database(
            "backup_retention=Duration.days(7),",
            after="""\
resource = database.node.default_child
if self.node.try_get_context("throwaway"):
    resource.backup_retention_period = 0
""",
        ),
    ),
    Example(
        "an imported database",
        stack(
            """\
            rds.DatabaseInstance.from_database_instance_attributes(
                self,
                "Database",
                instance_identifier="orders",
                instance_endpoint_address="orders.example.com",
                port=5432,
                security_groups=[],
            )
            """,
            "from aws_cdk import aws_rds as rds",
        ),
    ),
    Example(
        "retention of something else",
        stack(
            """\
            sqs.Queue(self, "Queue", retention_period=Duration.days(7))
            backup.BackupPlan(
                self,
                "Plan",
                backup_plan_rules=[backup.BackupPlanRule(delete_after=Duration.days(7))],
            )
            """,
            "from aws_cdk import aws_backup as backup, aws_sqs as sqs",
        ),
    ),
    Example(
        "a class of the app that only shares the name",
        """\
from dataclasses import dataclass

from aws_cdk import App, Duration, Stack


@dataclass
class DatabaseInstance:
    backup_retention: Duration


app = App()
stack = Stack(app, "Example")
stack.tags.set_tag("keep", DatabaseInstance(backup_retention=Duration.days(7)).__class__.__name__)
app.synth()
""",
    ),
)

EXAMPLES = FIRING + SILENT
