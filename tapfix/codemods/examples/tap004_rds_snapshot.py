"""Examples of TAP004: RDS resources that leave a snapshot, or themselves, behind."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

_RDS = "from aws_cdk import aws_ec2 as ec2, aws_rds as rds"
_ENGINE = "rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_16)"


def _body(text: str, imports: str = _RDS) -> str:
    """A stack with a VPC and this body, in which ENGINE stands for a PostgreSQL engine."""
    return stack(f'vpc = ec2.Vpc(self, "Vpc")\n{text.replace("ENGINE", _ENGINE)}', imports)


def _changes(title: str, text: str, after: str) -> Example:
    return Example(title, _body(text), _body(after))


def _destroys(title: str, text: str, policy: str) -> Example:
    """An example in which the fix writes DESTROY in place of ``policy``, which stands once."""
    assert text.count(policy) == 1, title
    return _changes(title, text, text.replace(policy, "RemovalPolicy.DESTROY"))


_FIRING = (
    _destroys(
        "SNAPSHOT on an instance, with a comment",
        """\
rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=RemovalPolicy.SNAPSHOT,  # in case somebody asks
)
""",
        "RemovalPolicy.SNAPSHOT",
    ),
    _changes(
        "no policy on an Aurora cluster: SNAPSHOT is the default",
        """\
self.cluster = rds.DatabaseCluster(
    self,
    "Cluster",
    engine=rds.DatabaseClusterEngine.aurora_postgres(
        version=rds.AuroraPostgresEngineVersion.VER_16_4
    ),
    writer=rds.ClusterInstance.serverless_v2("writer"),
    vpc=vpc,
)
""",
        """\
self.cluster = rds.DatabaseCluster(
    self,
    "Cluster",
    engine=rds.DatabaseClusterEngine.aurora_postgres(
        version=rds.AuroraPostgresEngineVersion.VER_16_4
    ),
    writer=rds.ClusterInstance.serverless_v2("writer"),
    vpc=vpc,
    removal_policy=RemovalPolicy.DESTROY,
)
""",
    ),
    _changes(
        "RETAIN on an instance, which switches its protection on too",
        """\
database = rds.DatabaseInstance(
    self,
    "Database",
    engine=rds.DatabaseInstanceEngine.MYSQL,
    vpc=vpc,
    removal_policy=RemovalPolicy.RETAIN,
)
""",
        """\
database = rds.DatabaseInstance(
    self,
    "Database",
    engine=rds.DatabaseInstanceEngine.MYSQL,
    vpc=vpc,
    removal_policy=RemovalPolicy.DESTROY,
    deletion_protection=False,
)
""",
    ),
    _changes(
        "no policy on a read replica",
        """\
source = rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=RemovalPolicy.DESTROY,
)
rds.DatabaseInstanceReadReplica(
    self,
    "Replica",
    source_database_instance=source,
    instance_type=ec2.InstanceType("t3.small"),
    vpc=vpc,
)
""",
        """\
source = rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=RemovalPolicy.DESTROY,
)
rds.DatabaseInstanceReadReplica(
    self,
    "Replica",
    source_database_instance=source,
    instance_type=ec2.InstanceType("t3.small"),
    vpc=vpc,
    removal_policy=RemovalPolicy.DESTROY,
)
""",
    ),
    _destroys(
        "a serverless cluster from a snapshot",
        """\
rds.ServerlessClusterFromSnapshot(
    self,
    "Restored",
    engine=rds.DatabaseClusterEngine.AURORA_MYSQL,
    snapshot_identifier="before-the-move",
    vpc=vpc,
    removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
)
""",
        "RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE",
    ),
    _destroys(
        "a subnet group that stays",
        """\
rds.SubnetGroup(
    self,
    "Subnets",
    description="Where databases live",
    vpc=vpc,
    removal_policy=RemovalPolicy.RETAIN,
)
""",
        "RemovalPolicy.RETAIN",
    ),
    _destroys(
        "an option group that stays, though its class has no argument for it",
        """\
options = rds.OptionGroup(
    self,
    "Options",
    engine=rds.DatabaseInstanceEngine.oracle_se2(version=rds.OracleEngineVersion.VER_19),
    configurations=[rds.OptionConfiguration(name="XMLDB")],
)
options.apply_removal_policy(RemovalPolicy.RETAIN)
""",
        "RemovalPolicy.RETAIN",
    ),
    _changes(
        "a later statement overrules RETAIN in the constructor",
        """\
database = rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=RemovalPolicy.RETAIN,
)
database.apply_removal_policy(RemovalPolicy.SNAPSHOT)
""",
        """\
database = rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=RemovalPolicy.DESTROY,
    deletion_protection=False,
)
database.apply_removal_policy(RemovalPolicy.DESTROY)
""",
    ),
    _changes(
        "a later DESTROY that leaves the protection and the subnet group to RETAIN",
        """\
database = rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=RemovalPolicy.RETAIN,
)
database.node.default_child.apply_removal_policy(RemovalPolicy.DESTROY)
""",
        """\
database = rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=RemovalPolicy.DESTROY,
    deletion_protection=False,
)
database.node.default_child.apply_removal_policy(RemovalPolicy.DESTROY)
""",
    ),
    _changes(
        "an L1 instance: CloudFormation keeps a snapshot",
        """\
database = rds.CfnDBInstance(
    self,
    "Database",
    engine="postgres",
    db_instance_class="db.t3.micro",
    allocated_storage="20",
)
""",
        """\
database = rds.CfnDBInstance(
    self,
    "Database",
    engine="postgres",
    db_instance_class="db.t3.micro",
    allocated_storage="20",
)
database.apply_removal_policy(RemovalPolicy.DESTROY)
""",
    ),
    _changes(
        "an L1 cluster that nothing is bound to",
        'rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql")\n',
        'rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql").apply_removal_policy(\n'
        "    RemovalPolicy.DESTROY\n)\n",
    ),
    Example(
        "CloudFormation's own word, with a module alias",
        """\
import aws_cdk as cdk

app = cdk.App()
stack = cdk.Stack(app, "Example")
cluster = cdk.aws_rds.CfnDBCluster(stack, "Cluster", engine="aurora-mysql")
cluster.cfn_options.deletion_policy = cdk.CfnDeletionPolicy.SNAPSHOT
app.synth()
""",
        """\
import aws_cdk as cdk

app = cdk.App()
stack = cdk.Stack(app, "Example")
cluster = cdk.aws_rds.CfnDBCluster(stack, "Cluster", engine="aurora-mysql")
cluster.cfn_options.deletion_policy = cdk.CfnDeletionPolicy.DELETE
app.synth()
""",
    ),
    _changes(
        "a helper function that sets the policy",
        """\
def keep(database):
    database.apply_removal_policy(RemovalPolicy.SNAPSHOT)

keep(rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc))
""",
        """\
def keep(database):
    database.apply_removal_policy(RemovalPolicy.DESTROY)

keep(rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc))
""",
    ),
    Example(
        "an L1 cluster in a list: no statement can speak of it",
        _body("""\
clusters = [
    rds.CfnDBCluster(self, "Orders", engine="aurora-mysql"),
]
"""),
        reported=True,
    ),
)

_SILENT = (
    Example(
        "deleted with its stack",
        _body("""\
rds.DatabaseInstance(
    self, "Database", engine=ENGINE, vpc=vpc, removal_policy=RemovalPolicy.DESTROY
)
"""),
    ),
    Example(
        "depends on the environment",
        _body("""\
keep = self.node.try_get_context("stage") == "prod"
rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=RemovalPolicy.SNAPSHOT if keep else RemovalPolicy.DESTROY,
)
"""),
    ),
    Example(
        "a table of policies by environment",
        _body("""\
policies = {"prod": RemovalPolicy.SNAPSHOT, "dev": RemovalPolicy.DESTROY}
rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    removal_policy=policies[self.node.try_get_context("stage") or "dev"],
)
"""),
    ),
    Example(
        "a later statement settles it",
        _body("""\
database = rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc)
database.apply_removal_policy(RemovalPolicy.DESTROY)
"""),
    ),
    Example(
        "an L1 cluster that a later statement settles",
        _body("""\
self.cluster = rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql")
self.cluster.apply_removal_policy(RemovalPolicy.DESTROY)
"""),
    ),
    Example(
        "an L1 instance of a cluster: CloudFormation deletes it",
        _body("""\
cluster = rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql")
cluster.apply_removal_policy(RemovalPolicy.DESTROY)
rds.CfnDBInstance(
    self,
    "Writer",
    engine="aurora-mysql",
    db_instance_class="db.t3.medium",
    db_cluster_identifier=cluster.ref,
)
"""),
    ),
    Example(
        "groups without a policy: CloudFormation deletes them",
        _body("""\
subnets = rds.SubnetGroup(self, "Subnets", description="Databases", vpc=vpc)
rds.DatabaseInstance(
    self,
    "Database",
    engine=ENGINE,
    vpc=vpc,
    subnet_group=subnets,
    removal_policy=RemovalPolicy.DESTROY,
)
"""),
    ),
    Example(
        "MissingRemovalPolicies settles it for L1 resources",
        _body(
            """\
rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql")
MissingRemovalPolicies.of(self).destroy()
""",
            "from aws_cdk import MissingRemovalPolicies, aws_ec2 as ec2, aws_rds as rds",
        ),
    ),
    Example(
        "RemovalPolicies settles it for the whole app",
        """\
from aws_cdk import App, RemovalPolicies, Stack
from aws_cdk import aws_rds as rds


class Data(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        rds.CfnDBCluster(self, "Cluster", engine="aurora-mysql")


app = App()
Data(app, "Data")
RemovalPolicies.of(app).destroy()
app.synth()
""",
    ),
    Example(
        "a loop over the construct tree decides",
        _body("""\
rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc)
for child in self.node.find_all():
    if isinstance(child, rds.CfnDBInstance):
        child.apply_removal_policy(RemovalPolicy.DESTROY)
"""),
    ),
    Example(
        "databases that go into a dict, and a loop that decides",
        _body("""\
databases = {}
databases["orders"] = rds.DatabaseInstance(self, "Orders", engine=ENGINE, vpc=vpc)
for database in databases.values():
    database.apply_removal_policy(RemovalPolicy.DESTROY)
"""),
    ),
    Example(
        "a helper function that is given the policy",
        _body("""\
def settle(database, policy):
    database.apply_removal_policy(policy)

settle(
    rds.DatabaseInstance(self, "Database", engine=ENGINE, vpc=vpc),
    RemovalPolicy.DESTROY,
)
"""),
    ),
    Example(
        "an imported cluster",
        _body("""\
rds.DatabaseCluster.from_database_cluster_attributes(
    self, "Shared", cluster_identifier="shared"
)
"""),
    ),
)

EXAMPLES = (*_FIRING, *_SILENT)
