"""Spellings and look-alikes of TAP011."""

from __future__ import annotations

from tapfix.codemods.examples.functions import app, app_of_methods, function
from tapfix.codemods.examples.several_files import DATABASE, DATABASE_HOST, MAIN, run, tree
from tapfix.rule import Example

VPC = 'vpc = ec2.Vpc(self, "Network", max_azs=2)'
DATABASE_GROUP = 'database_group = ec2.SecurityGroup(self, "DatabaseGroup", vpc=vpc)'
WORKER_GROUP = 'worker_group = ec2.SecurityGroup(self, "WorkerGroup", vpc=vpc)'
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
GROUPED = POSTGRES.replace(
    "    vpc=vpc,\n", "    vpc=vpc,\n    security_groups=[database_group],\n"
)
AURORA = """\
cluster = rds.DatabaseCluster(
    self,
    "Cluster",
    engine=rds.DatabaseClusterEngine.aurora_mysql(
        version=rds.AuroraMysqlEngineVersion.VER_3_08_0
    ),
    writer=rds.ClusterInstance.serverless_v2("Writer"),
    port=3307,
    vpc=vpc,
    security_groups=[database_group],
)
"""
SUBNETS = """\
subnets = elasticache.CfnSubnetGroup(
    self,
    "CacheSubnets",
    description="Cache",
    subnet_ids=vpc.select_subnets(
        subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
    ).subnet_ids,
)
"""
REDIS = f"""\
{SUBNETS}cache = elasticache.CfnReplicationGroup(
    self,
    "Cache",
    replication_group_description="Cache",
    engine="redis",
    cache_node_type="cache.t4g.micro",
    cache_subnet_group_name=subnets.ref,
    security_group_ids=[database_group.security_group_id],
)
"""
MEMCACHED = f"""\
{SUBNETS}cache = elasticache.CfnCacheCluster(
    self,
    "Cache",
    engine="memcached",
    cache_node_type="cache.t4g.micro",
    num_cache_nodes=1,
    port=11212,
    cache_subnet_group_name=subnets.ref,
    vpc_security_group_ids=[database_group.security_group_id],
)
"""
PROXY = """\
proxy = rds.DatabaseProxy(
    self,
    "Proxy",
    proxy_target=rds.ProxyTarget.from_instance(database),
    secrets=[database.secret],
    vpc=vpc,
)
"""
HOST = 'environment={"DB_HOST": database.db_instance_endpoint_address}'
IN_VPC = ("vpc=vpc", "security_groups=[worker_group]", HOST)
CACHED = (
    "vpc=vpc",
    "security_groups=[worker_group]",
    'environment={"CACHE": cache.attr_primary_end_point_address}',
)
MEMCACHED_HOST = 'environment={"CACHE": cache.attr_configuration_endpoint_address}'
IDLE = """\
def handler(event, context):
    print(event)
"""
LOCAL = """\
import psycopg2


def handler(event, context):
    psycopg2.connect(host="localhost", dbname="orders").close()
"""
RULE = """\
database_group.add_ingress_rule(
    worker_group, ec2.Port.tcp(5432), "PostgreSQL from Worker"
)
"""
OTHER = 'other = ec2.SecurityGroup(self, "Other", vpc=vpc)'
RUN = run(
    "vpc=store.vpc",
    "security_groups=[group]",
    DATABASE_HOST,
    before='group = ec2.SecurityGroup(self, "Group", vpc=store.vpc)\n',
)
RUN_RULE = """\
store.database_group.add_ingress_rule(
    group, ec2.Port.tcp(5432), "PostgreSQL from Run", remote_rule=True
)
"""
WHOLE = (VPC, DATABASE_GROUP, WORKER_GROUP, GROUPED)


def settled(title: str, *statements: str) -> Example:
    """A look-alike in which these statements may let the function in."""
    return Example(title, app(*WHOLE, function(*IN_VPC), *statements, handler=IDLE))


DATABASE_METHOD = """\
def _make_database(self) -> rds.DatabaseInstance:
    return rds.DatabaseInstance(
        self,
        "Database",
        engine=rds.DatabaseInstanceEngine.postgres(
            version=rds.PostgresEngineVersion.VER_16
        ),
        vpc=self.vpc,
    )
"""
WORKER_METHOD = """\
def _make_worker(self) -> lambda_.Function:
    return lambda_.Function(
        self,
        "Worker",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="worker.handler",
        code=lambda_.Code.from_asset("worker"),
        vpc=self.vpc,
        environment={"DB_HOST": self.database.db_instance_endpoint_address},
    )
"""
MAKE = """\
self.vpc = ec2.Vpc(self, "Network", max_azs=2)
self.database = self._make_database()
self.worker = self._make_worker()
"""
RULE_OF_METHODS = """\
self.database.connections.allow_default_port_from(
    self.worker, "PostgreSQL from Worker"
)
"""
ADDRESS = "address = cache.attr_primary_end_point_address"
ADDRESSED = (*CACHED[:2], 'environment={"CACHE": address}')
PARAMETERS = """\
import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2, aws_lambda as lambda_, aws_rds as rds
from constructs import Construct


class Network(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.vpc = ec2.Vpc(self, "Network", max_azs=2)
        self.database_group = ec2.SecurityGroup(self, "Database", vpc=self.vpc)
        self.worker_group = ec2.SecurityGroup(self, "Worker", vpc=self.vpc)


class Jobs(cdk.Stack):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        vpc: ec2.Vpc,
        database_group: ec2.SecurityGroup,
        worker_group: ec2.SecurityGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        database = rds.DatabaseInstance(
            self,
            "Database",
            engine=rds.DatabaseInstanceEngine.postgres(
                version=rds.PostgresEngineVersion.VER_16
            ),
            vpc=vpc,
            security_groups=[database_group],
        )
        lambda_.Function(
            self,
            "Worker",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("worker"),
            vpc=vpc,
            security_groups=[worker_group],
            environment={"DB_HOST": database.db_instance_endpoint_address},
        )
{rule}

app = cdk.App()
network = Network(app, "Network")
Jobs(
    app,
    "Jobs",
    network.vpc,
    database_group=network.database_group,
    worker_group=network.worker_group,
)
app.synth()
"""
PARAMETER_RULE = """\
        database_group.add_ingress_rule(
            worker_group, ec2.Port.tcp(5432), "PostgreSQL from Worker"
        )
"""
NESTED = """\
import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2, aws_elasticache as elasticache, aws_lambda as lambda_
from constructs import Construct


class Cache(cdk.NestedStack):
    def __init__(self, scope: Construct, construct_id: str, vpc: ec2.Vpc) -> None:
        super().__init__(scope, construct_id)
        self.group = ec2.SecurityGroup(self, "Group", vpc=vpc)
        self.cluster = elasticache.CfnCacheCluster(
            self,
            "Cluster",
            engine="redis",
            cache_node_type="cache.t4g.micro",
            num_cache_nodes=1,
            vpc_security_group_ids=[self.group.security_group_id],
        )


class Main(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        vpc = ec2.Vpc(self, "Network", max_azs=2)
        cache = Cache(self, "Cache", vpc)
        worker_group = ec2.SecurityGroup(self, "WorkerGroup", vpc=vpc)
        lambda_.Function(
            self,
            "Worker",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("worker"),
            vpc=vpc,
            security_groups=[worker_group],
            environment={"REDIS": cache.cluster.attr_redis_endpoint_address},
        )
{rule}

app = cdk.App()
Main(app, "Main")
app.synth()
"""
NESTED_RULE = """\
        cache.group.add_ingress_rule(
            worker_group, ec2.Port.tcp(6379), "Redis from Worker", remote_rule=True
        )
"""
ADDED_PROXY = """\
proxy = database.add_proxy("Proxy", secrets=[database.secret], vpc=vpc)
"""


EXAMPLES: tuple[Example, ...] = (
    Example(
        "a database and a function with groups of their own",
        app(*WHOLE, function(*IN_VPC), handler=IDLE),
        app(*WHOLE, function(*IN_VPC), RULE, handler=IDLE),
    ),
    Example(
        "a construct of another file, the database of another stack",
        tree(DATABASE, RUN, MAIN),
        tree(DATABASE, RUN + RUN_RULE, MAIN),
    ),
    Example(
        "groups that a stack is given",
        {"app.py": PARAMETERS.replace("{rule}", ""), "worker/worker.py": IDLE},
        {"app.py": PARAMETERS.replace("{rule}", PARAMETER_RULE), "worker/worker.py": IDLE},
    ),
    Example(
        "a cache in a nested stack, which is given the VPC",
        {"app.py": NESTED.replace("{rule}", ""), "worker/worker.py": IDLE},
        {"app.py": NESTED.replace("{rule}", NESTED_RULE), "worker/worker.py": IDLE},
    ),
    Example(
        "a function and a database that methods make",
        app_of_methods(MAKE, DATABASE_METHOD, WORKER_METHOD, handler=IDLE),
        app_of_methods(MAKE + RULE_OF_METHODS, DATABASE_METHOD, WORKER_METHOD, handler=IDLE),
    ),
    Example(
        "an address that has a name of its own",
        app(VPC, DATABASE_GROUP, WORKER_GROUP, REDIS, ADDRESS, function(*ADDRESSED), handler=IDLE),
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            REDIS,
            ADDRESS,
            function(*ADDRESSED),
            """\
            database_group.add_ingress_rule(
                worker_group, ec2.Port.tcp(6379), "Redis from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a proxy that the database makes stands between them",
        app(
            VPC,
            POSTGRES,
            ADDED_PROXY,
            function("vpc=vpc", 'environment={"DB_HOST": proxy.endpoint}'),
            handler=LOCAL.replace('"localhost"', 'os.environ["DB_HOST"]').replace(
                "import psycopg2", "import os\n\nimport psycopg2"
            ),
        ),
    ),
    Example(
        "a database whose group CDK makes",
        app(VPC, WORKER_GROUP, POSTGRES, function(*IN_VPC), handler=IDLE),
        app(
            VPC,
            WORKER_GROUP,
            POSTGRES,
            function(*IN_VPC),
            """\
            database.connections.allow_default_port_from(
                worker_group, "PostgreSQL from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a function whose group CDK makes",
        app(VPC, DATABASE_GROUP, GROUPED, function("vpc=vpc", HOST), handler=IDLE),
        app(
            VPC,
            DATABASE_GROUP,
            GROUPED,
            function("vpc=vpc", HOST),
            """\
            database_group.connections.allow_from(
                worker, ec2.Port.tcp(5432), "PostgreSQL from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "both groups are CDK's",
        app(VPC, POSTGRES, function("vpc=vpc", HOST), handler=IDLE),
        app(
            VPC,
            POSTGRES,
            function("vpc=vpc", HOST),
            'database.connections.allow_default_port_from(worker, "PostgreSQL from Worker")',
            handler=IDLE,
        ),
    ),
    Example(
        "a replication group",
        app(VPC, DATABASE_GROUP, WORKER_GROUP, REDIS, function(*CACHED), handler=IDLE),
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            REDIS,
            function(*CACHED),
            """\
            database_group.add_ingress_rule(
                worker_group, ec2.Port.tcp(6379), "Redis from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a cache cluster on a port of its own",
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            MEMCACHED,
            function(*CACHED[:2], MEMCACHED_HOST),
            handler=IDLE,
        ),
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            MEMCACHED,
            function(*CACHED[:2], MEMCACHED_HOST),
            """\
            database_group.add_ingress_rule(
                worker_group, ec2.Port.tcp(11212), "Memcached from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "an Aurora cluster on a port of its own",
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            AURORA,
            function(*IN_VPC[:2], 'environment={"DB_HOST": cluster.cluster_endpoint.hostname}'),
            handler=IDLE,
        ),
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            AURORA,
            function(*IN_VPC[:2], 'environment={"DB_HOST": cluster.cluster_endpoint.hostname}'),
            """\
            database_group.add_ingress_rule(
                worker_group, ec2.Port.tcp(3307), "MySQL from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a proxy has no port by itself",
        app(
            VPC,
            POSTGRES,
            PROXY,
            function("vpc=vpc", 'environment={"DB_HOST": proxy.endpoint}'),
            handler=IDLE,
        ),
        app(
            VPC,
            POSTGRES,
            PROXY,
            function("vpc=vpc", 'environment={"DB_HOST": proxy.endpoint}'),
            """\
            proxy.connections.allow_from(
                worker, ec2.Port.tcp(5432), "PostgreSQL from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a rule for another group, and one for another port",
        app(
            *WHOLE,
            OTHER,
            function(*IN_VPC),
            """\
            database_group.add_ingress_rule(other, ec2.Port.tcp(5432))
            database_group.add_ingress_rule(worker_group, ec2.Port.tcp(22))
            """,
            handler=IDLE,
        ),
        app(
            *WHOLE,
            OTHER,
            function(*IN_VPC),
            RULE,
            """\
            database_group.add_ingress_rule(other, ec2.Port.tcp(5432))
            database_group.add_ingress_rule(worker_group, ec2.Port.tcp(22))
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a group that both share does not let its own members in",
        app(
            VPC,
            DATABASE_GROUP,
            GROUPED,
            function("vpc=vpc", "security_groups=[database_group]", HOST),
            handler=IDLE,
        ),
        app(
            VPC,
            DATABASE_GROUP,
            GROUPED,
            function("vpc=vpc", "security_groups=[database_group]", HOST),
            """\
            database_group.add_ingress_rule(
                database_group, ec2.Port.tcp(5432), "PostgreSQL from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "the function's group does not let out everything",
        app(
            VPC,
            DATABASE_GROUP,
            """\
            worker_group = ec2.SecurityGroup(
                self, "WorkerGroup", vpc=vpc, allow_all_outbound=False
            )
            """,
            GROUPED,
            function(*IN_VPC),
            handler=IDLE,
        ),
        app(
            VPC,
            DATABASE_GROUP,
            """\
            worker_group = ec2.SecurityGroup(
                self, "WorkerGroup", vpc=vpc, allow_all_outbound=False
            )
            """,
            GROUPED,
            function(*IN_VPC),
            """\
            database_group.connections.allow_from(
                worker_group, ec2.Port.tcp(5432), "PostgreSQL from Worker"
            )
            """,
            handler=IDLE,
        ),
    ),
    Example(
        "a database that is made after the function",
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            function(*IN_VPC[:2]),
            POSTGRES,
            handler=LOCAL,
        ),
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            function(*IN_VPC[:2]),
            POSTGRES,
            """\
            database.connections.allow_default_port_from(
                worker_group, "PostgreSQL from Worker"
            )
            """,
            handler=LOCAL,
        ),
    ),
    Example(
        "a port that is chosen elsewhere",
        app(
            VPC,
            DATABASE_GROUP,
            WORKER_GROUP,
            "port = self.node.try_get_context('port') or 5433",
            GROUPED.replace("    vpc=vpc,", "    port=port,\n    vpc=vpc,"),
            function(*IN_VPC),
            handler=IDLE,
        ),
        reported=True,
    ),
    settled("a rule for the function's group", RULE),
    settled(
        "a rule for all addresses of the VPC",
        "database_group.add_ingress_rule(\n"
        "    ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.tcp(5432)\n)",
    ),
    settled(
        "a rule for everybody",
        "database_group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.all_traffic())",
    ),
    settled(
        "by the connections of the database, with a port",
        "database.connections.allow_from(worker, ec2.Port.tcp(5432))",
    ),
    Example(
        "by the connections of a database with CDK's group",
        app(
            VPC,
            POSTGRES,
            function("vpc=vpc", HOST),
            "database.connections.allow_default_port_from(worker)",
            handler=IDLE,
        ),
    ),
    settled(
        "by the connections of the database's group",
        "database_group.connections.allow_from(worker, ec2.Port.tcp(5432))",
    ),
    settled(
        "by the connections of the database that has the group",
        "database.connections.allow_default_port_from(worker)",
    ),
    settled(
        "by the connections of the function",
        "worker.connections.allow_to(database, ec2.Port.tcp(5432))",
    ),
    settled(
        "by the connections of the function's group",
        "worker_group.connections.allow_to_default_port(database)",
    ),
    settled(
        "an L1 rule",
        """\
        ec2.CfnSecurityGroupIngress(
            self,
            "Rule",
            group_id=database_group.security_group_id,
            source_security_group_id=worker_group.security_group_id,
            ip_protocol="tcp",
            from_port=5432,
            to_port=5432,
        )
        """,
    ),
    settled(
        "a peer by its id",
        """\
        database_group.add_ingress_rule(
            ec2.Peer.security_group_id(worker_group.security_group_id),
            ec2.Port.tcp(5432),
        )
        """,
    ),
    settled(
        "rules of a loop",
        "for group in [worker_group]:\n"
        "    database_group.add_ingress_rule(group, ec2.Port.tcp(5432))",
    ),
    settled(
        "groups out of a dict",
        'groups = {"database": database_group}',
        'groups["database"].add_ingress_rule(\n'
        "    ec2.Peer.ipv4(vpc.vpc_cidr_block), ec2.Port.tcp(5432)\n)",
    ),
    settled(
        "a group of the database's connections",
        "database.connections.security_groups[0].add_ingress_rule(\n"
        "    worker_group, ec2.Port.tcp(5432)\n)",
    ),
    settled(
        "connections made of the group",
        "ec2.Connections(security_groups=[database_group]).allow_from(\n"
        "    worker, ec2.Port.tcp(5432)\n)",
    ),
    Example(
        "a shared group that lets its own members in",
        app(
            VPC,
            DATABASE_GROUP,
            GROUPED,
            function("vpc=vpc", "security_groups=[database_group]", HOST),
            "database_group.connections.allow_internally(ec2.Port.tcp(5432))",
            handler=IDLE,
        ),
    ),
    Example(
        "an imported group",
        app(
            VPC,
            'database_group = ec2.SecurityGroup.from_security_group_id(self, "G", "sg-1")',
            WORKER_GROUP,
            GROUPED,
            function(*IN_VPC),
            handler=IDLE,
        ),
    ),
    Example(
        "a function outside of the VPC",
        app(VPC, POSTGRES, function(HOST), handler=IDLE),
    ),
    Example(
        "a function that lies in the VPC if someone says so",
        app(
            VPC,
            POSTGRES,
            'network = vpc if self.node.try_get_context("inside") else None',
            function("vpc=network", HOST),
            handler=IDLE,
        ),
    ),
    Example(
        "another VPC",
        app(
            VPC,
            'other = ec2.Vpc(self, "Other", max_azs=2)',
            POSTGRES.replace("vpc=vpc", "vpc=other"),
            function("vpc=vpc", HOST),
            handler=IDLE,
        ),
    ),
    Example(
        "a function that reaches nothing",
        app(VPC, POSTGRES, function("vpc=vpc"), handler=IDLE),
    ),
)
