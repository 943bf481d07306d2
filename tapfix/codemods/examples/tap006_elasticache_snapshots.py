"""Spellings and look-alikes of TAP006."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

IMPORTS = "from aws_cdk import aws_elasticache as elasticache"


def cluster(arguments: str, before: str = "", after: str = "") -> str:
    """A stack with one Redis node that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(
        f"""\
{before}cache = elasticache.CfnCacheCluster(
    self,
    "Cache",
    engine="redis",
    cache_node_type="cache.t4g.micro",
    num_cache_nodes=1,{lines}
)
{after}""",
        IMPORTS,
    )


def group(arguments: str, before: str = "", after: str = "") -> str:
    """A stack with one replication group that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(
        f"""\
{before}group = elasticache.CfnReplicationGroup(
    self,
    "Sessions",
    replication_group_description="Sessions",
    engine="valkey",
    cache_node_type="cache.t4g.micro",{lines}
)
{after}""",
        IMPORTS,
    )


def serverless(arguments: str) -> str:
    """A stack with one serverless cache that has these further arguments."""
    return stack(
        f"""\
elasticache.CfnServerlessCache(
    self, "Cache", engine="valkey", serverless_cache_name="scores", {arguments}
)
""",
        IMPORTS,
    )


SUBCLASS = """\
from aws_cdk import App, Stack
from aws_cdk.aws_elasticache import CfnCacheCluster
from constructs import Construct


class SmallCache(CfnCacheCluster):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(
            scope, id, engine="redis", cache_node_type="cache.t4g.micro", num_cache_nodes=1,
            snapshot_retention_limit={limit})


app = App()
stack = Stack(app, "Example")
SmallCache(stack, "Cache")
app.synth()
"""

LOOP = """\
import aws_cdk as cdk

app = cdk.App()
stack = cdk.Stack(app, "Example")
for name in ("carts", "scores"):
    cdk.aws_elasticache.CfnReplicationGroup(
        stack,
        name.title(),
        replication_group_description=f"Cache of {{name}}",
        engine="redis",
        cache_node_type="cache.t4g.micro",
        snapshot_retention_limit={limit},  # a week
    )
app.synth()
"""

FIRING = (
    Example(
        "a single node",
        cluster("snapshot_retention_limit=5,"),
        cluster("snapshot_retention_limit=0,"),
    ),
    Example(
        "a replication group",
        group("snapshot_retention_limit=35,\nnum_cache_clusters=2,"),
        group("snapshot_retention_limit=0,\nnum_cache_clusters=2,"),
    ),
    Example(
        "a serverless cache",
        serverless("snapshot_retention_limit=1"),
        serverless("snapshot_retention_limit=0"),
    ),
    Example("full module path, in a loop", LOOP.format(limit=7), LOOP.format(limit=0)),
    Example(
        "a class of the app derived from it", SUBCLASS.format(limit=3), SUBCLASS.format(limit=0)
    ),
    Example(
        "a constant that nothing else reads",
        cluster("snapshot_retention_limit=SNAPSHOT_DAYS,").replace(
            "class ExampleStack", "SNAPSHOT_DAYS = 7\n\n\nclass ExampleStack"
        ),
        cluster("snapshot_retention_limit=SNAPSHOT_DAYS,").replace(
            "class ExampleStack", "SNAPSHOT_DAYS = 0\n\n\nclass ExampleStack"
        ),
    ),
    Example(
        "a number that others read too is no longer read",
        group(
            "snapshot_retention_limit=days,",
            before="days = 7\n",
            after='self.tags.set_tag("keep-days", str(days))\n',
        ),
        group(
            "snapshot_retention_limit=0,",
            before="days = 7\n",
            after='self.tags.set_tag("keep-days", str(days))\n',
        ),
    ),
    Example(
        "an entry of a dict of arguments",
        group(
            "**common,",
            before='common = {"snapshot_retention_limit": 7, "num_cache_clusters": 1}\n',
        ),
        group(
            "**common,",
            before='common = {"snapshot_retention_limit": 0, "num_cache_clusters": 1}\n',
        ),
    ),
    Example(
        "arguments made with dict()",
        cluster("**common,", before="common = dict(port=6379, snapshot_retention_limit=7)\n"),
        cluster("**common,", before="common = dict(port=6379, snapshot_retention_limit=0)\n"),
    ),
    Example(
        "assigned later, which counts",
        cluster("snapshot_retention_limit=0,", after="cache.snapshot_retention_limit = 5\n"),
        cluster("snapshot_retention_limit=0,", after="cache.snapshot_retention_limit = 0\n"),
    ),
    Example(
        "an override of the property",
        group("port=6380,", after='group.add_property_override("SnapshotRetentionLimit", 5)\n'),
        group("port=6380,", after='group.add_property_override("SnapshotRetentionLimit", 0)\n'),
    ),
    Example(
        "a dataclass's default that every instance keeps",
        cluster(
            "snapshot_retention_limit=settings.snapshot_days,", before="settings = Settings()\n"
        )
        .replace(
            "class ExampleStack",
            "@dataclass\nclass Settings:\n    snapshot_days: int = 7\n\n\nclass ExampleStack",
        )
        .replace(
            "from aws_cdk import App",
            "from dataclasses import dataclass\n\nfrom aws_cdk import App",
        ),
        cluster(
            "snapshot_retention_limit=settings.snapshot_days,", before="settings = Settings()\n"
        )
        .replace(
            "class ExampleStack",
            "@dataclass\nclass Settings:\n    snapshot_days: int = 0\n\n\nclass ExampleStack",
        )
        .replace(
            "from aws_cdk import App",
            "from dataclasses import dataclass\n\nfrom aws_cdk import App",
        ),
    ),
    Example(
        "a final snapshot is someone's wish",
        serverless('final_snapshot_name="last-scores"'),
        reported=True,
    ),
    Example(
        "a window without snapshots is noted",
        cluster('snapshot_window="03:00-05:00",'),
        reported=True,
    ),
)

SILENT = (
    Example("no snapshots", cluster("snapshot_retention_limit=0,")),
    Example("nothing said", group("num_cache_clusters=1,")),
    Example("a serverless cache that says nothing", serverless('description="Scores"')),
    Example(
        "days from the context",
        group(
            "snapshot_retention_limit=days,",
            before='days = self.node.try_get_context("days") or 7\n',
        ),
    ),
    Example(
        "days by environment",
        cluster(
            "snapshot_retention_limit=7 if production else 0,",
            before='production = self.node.try_get_context("stage") == "prod"\n',
        ),
    ),
    Example(
        "snapshots only where the environment asks for them",
        cluster(
            "port=6380,",
            after="""\
if self.node.try_get_context("stage") == "prod":
    cache.snapshot_retention_limit = 7
""",
        ),
    ),
    Example(
        "switched off later, which counts",
        cluster("snapshot_retention_limit=5,", after="cache.snapshot_retention_limit = 0\n"),
    ),
    Example(
        "taken away later",
        cluster(
            "snapshot_retention_limit=5,",
            after='cache.add_property_deletion_override("SnapshotRetentionLimit")\n',
        ),
    ),
    Example(
        "a window that a decision may need",
        group(
            "snapshot_retention_limit=days,\nsnapshot_window='03:00-05:00',",
            before='days = int(self.node.try_get_context("days") or 0)\n',
        ),
    ),
    Example(
        "another service's cluster",
        stack(
            """\
            memorydb.CfnCluster(
                self,
                "Memory",
                acl_name="open-access",
                cluster_name="memory",
                node_type="db.t4g.small",
                snapshot_retention_limit=7,
            )
            """,
            "from aws_cdk import aws_memorydb as memorydb",
        ),
    ),
    Example(
        "other resources of the service",
        stack(
            """\
            elasticache.CfnSubnetGroup(
                self, "Subnets", description="Caches", subnet_ids=["subnet-1", "subnet-2"]
            )
            """,
            IMPORTS,
        ),
    ),
    Example(
        "a class of the app that only shares the name",
        """\
from aws_cdk import App, Stack


class CfnCacheCluster:
    def __init__(self, name: str, snapshot_retention_limit: int) -> None:
        self.text = f"{name} {snapshot_retention_limit}"


app = App()
stack = Stack(app, "Example")
stack.tags.set_tag("cache", CfnCacheCluster("scores", snapshot_retention_limit=7).text)
app.synth()
""",
    ),
)

EXAMPLES = FIRING + SILENT
