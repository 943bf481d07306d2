"""The data stores of an app that only a VPC leads to: databases, caches, search domains."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.databases import engine
from tapfix.model.cdk.references import Reference, reference
from tapfix.model.python.values import Value

_NETWORK = ("aws_ec2.Vpc", "aws_ec2.CfnVPC")
_GROUP = "aws_ec2.SecurityGroup"
_SUBNET_GROUPS = (
    "aws_elasticache.CfnSubnetGroup",
    "aws_rds.CfnDBSubnetGroup",
    "aws_redshift.CfnClusterSubnetGroup",
    "aws_docdb.CfnDBSubnetGroup",
    "aws_neptune.CfnDBSubnetGroup",
    "aws_rds.SubnetGroup",
)
_ENDPOINT = re.compile(r"endpoint|end_point|hostname|address")

FAMILIES = {
    "postgres": 5432,
    "mysql": 3306,
    "sqlserver": 1433,
    "oracle": 1521,
    "redis": 6379,
    "memcached": 11211,
    "mongo": 27017,
    "neptune": 8182,
    "opensearch": 443,
    "redshift": 5439,
}
"""The families of data stores that a driver speaks to, and the port that each listens on."""

_WORDS = {
    "postgres": "PostgreSQL",
    "mysql": "MySQL",
    "sqlserver": "SQL Server",
    "oracle": "Oracle",
    "redis": "Redis",
    "memcached": "Memcached",
    "mongo": "MongoDB",
    "neptune": "Neptune",
    "opensearch": "HTTPS",
    "redshift": "Redshift",
}

# The family of a class's instances; of those not here it is that of their engine.
_CLASSES: Mapping[str, str] = {
    "aws_docdb.DatabaseCluster": "mongo",
    "aws_docdb.CfnDBCluster": "mongo",
    "aws_neptune.CfnDBCluster": "neptune",
    "aws_opensearchservice.Domain": "opensearch",
    "aws_redshift.CfnCluster": "redshift",
    "aws_elasticache.CfnCacheCluster": "",
    "aws_elasticache.CfnReplicationGroup": "",
    "aws_elasticache.CfnServerlessCache": "",
    "aws_rds.CfnDBCluster": "",
    "aws_rds.CfnDBInstance": "",
    "aws_rds.DatabaseClusterBase": "",
    "aws_rds.DatabaseInstanceBase": "",
    "aws_rds.DatabaseProxy": "",
    "aws_rds.ServerlessCluster": "",
    "aws_rds.ServerlessClusterFromSnapshot": "",
}
# Engines by what their names begin with, Aurora's by what they end with.
_ENGINES = (
    ("postgres", "postgres"),
    ("aurorapostgresql", "postgres"),
    ("aurorapostgres", "postgres"),
    ("auroramysql", "mysql"),
    ("aurora", "mysql"),
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("sqlserver", "sqlserver"),
    ("oracle", "oracle"),
    ("redis", "redis"),
    ("valkey", "redis"),
    ("memcached", "memcached"),
)
GROUP_ARGUMENTS = (
    "security_groups",
    "security_group",
    "vpc_security_groups",
    "vpc_security_group_ids",
    "security_group_ids",
)
"""The arguments by which classes take security groups."""


@dataclass(frozen=True, eq=False)
class DataStore:
    """A data store of the app.

    ``family`` says which protocol it speaks, empty if the source does not tell the engine.
    """

    app: App
    construct: Construct
    family: str

    @property
    def words(self) -> str:
        """Its protocol, as people call it."""
        return _WORDS.get(self.family, "the database")

    @cached_property
    def port(self) -> int | None:
        """The port it listens on; None if the source does not tell."""
        for name in ("port", "db_port"):
            given = self.construct.value(name)
            if given is not None:
                text = str(given.constant)
                return int(text) if text.isdigit() else None
        if self.construct.is_a("aws_rds.DatabaseProxy"):
            target = _proxied(self.app, self.construct)
            return target.port if target is not None else None
        return FAMILIES.get(self.family) if not self.construct.open else None

    # Where it lies

    @cached_property
    def network(self) -> Value | None:
        """The value that is its VPC, where the source says it."""
        given = self._setting("vpc")
        if given is not None:
            return given
        for group in self.groups or ():
            found = group.construct.value("vpc")
            if found is not None:
                return found
        return next(self._networks_of_subnets(), None)

    @cached_property
    def subnets(self) -> Value | None:
        """What says which subnets it lies in: a selection (L2), or a list of ids (L1)."""
        given = self._setting("vpc_subnets")
        if given is not None:
            return given
        group = self._subnet_group
        if group is not None:
            return group.value("subnet_ids") or group.value("vpc_subnets")
        return self.construct.value("subnet_ids")

    @cached_property
    def groups(self) -> tuple[Reference, ...] | None:
        """Its security groups that the app makes; None where it has others, or one of CDK's."""
        given = next(filter(None, map(self._setting, GROUP_ARGUMENTS)), None)
        if given is None:
            return None
        items = given.items if given.kind == "list" else (given,)
        found = [reference(self.app, item.module, item.node) for item in items]
        known = tuple(one for one in found if one is not None and one.construct.is_a(_GROUP))
        return known if known and len(known) == len(items) and not given.open else None

    @property
    def is_given_groups(self) -> bool:
        """Whether the source gives it security groups, known or not."""
        return any(self._setting(name) is not None for name in GROUP_ARGUMENTS)

    @property
    def is_public(self) -> bool:
        """Whether it is reached from outside of its VPC, or may be."""
        given = self._setting("publicly_accessible")
        if given is not None:
            return given.constant is not False
        chosen = self._setting("vpc_subnets")
        is_open = chosen is not None and not chosen.is_known
        return is_open or "PUBLIC" in subnet_types(self.subnets)

    def _setting(self, name: str) -> Value | None:
        """An argument of the construct, or of what it says of its instances."""
        given = self.construct.value(name)
        if given is None:
            instances = self.construct.value("instance_props")
            given = instances.argument(name) if instances is not None else None
        return given

    @property
    def _subnet_group(self) -> Construct | None:
        for name in ("cache_subnet_group_name", "db_subnet_group_name", "subnet_group"):
            given = self.construct.value(name) or self.construct.value("cluster_subnet_group_name")
            found = reference(self.app, given.module, given.node) if given is not None else None
            if found is not None and found.construct.is_a(*_SUBNET_GROUPS):
                return found.construct
        return None

    def _networks_of_subnets(self) -> Iterator[Value]:
        """The VPCs that the expression for its subnets speaks of."""
        group = self._subnet_group
        named = group.value("vpc") if group is not None else None
        if named is not None:
            yield named
        given = self.subnets
        for node in ast.walk(given.origin) if given is not None else ():
            if given is not None and isinstance(node, (ast.Name, ast.Attribute)):
                found = reference(self.app, given.origin_module, node)
                if found is not None and found.construct.is_a(*_NETWORK):
                    yield self.app.evaluator.value(found.module, found.base)


def data_stores(app: App) -> tuple[DataStore, ...]:
    """The data stores of an app that lie in a VPC, in the order of the source."""
    return app.once(_read)


def _read(app: App) -> tuple[DataStore, ...]:
    found = []
    for construct in app.of(*_CLASSES):
        store = DataStore(app, construct, family_of(app, construct))
        if store.network is not None:
            found.append(store)
    return tuple(found)


def family_of(app: App, construct: Construct) -> str:
    """Which protocol a data store speaks; empty if it is not known."""
    if construct.is_a("aws_rds.DatabaseProxy"):
        target = _proxied(app, construct)
        return target.family if target is not None else ""
    known = next((f for name, f in _CLASSES.items() if construct.is_a(name)), "")
    if known:
        return known
    name = engine(construct)
    source = construct.value("source_database_instance")
    if source is not None and not name:
        found = reference(app, source.module, source.node)
        return family_of(app, found.construct) if found is not None else ""
    return next((family for start, family in _ENGINES if name.startswith(start)), "")


def _proxied(app: App, proxy: Construct) -> DataStore | None:
    """The database behind a proxy."""
    target = proxy.value("proxy_target")
    given = target.arguments[0] if target is not None and target.arguments else None
    found = reference(app, given.module, given.node) if given is not None else None
    if found is None or found.construct.is_a("aws_rds.DatabaseProxy"):
        return None
    return DataStore(app, found.construct, family_of(app, found.construct))


def is_endpoint(found: Reference) -> bool:
    """Whether what is read of a construct is where it is reached."""
    return any(_ENDPOINT.search(word) for word in found.chain)


_OLD_TYPES = {"PRIVATE_WITH_NAT": "PRIVATE_WITH_EGRESS", "PRIVATE": "PRIVATE_WITH_EGRESS"}
_OLD_TYPES["ISOLATED"] = "PRIVATE_ISOLATED"
_LISTS = {
    "private_subnets": "PRIVATE_WITH_EGRESS",
    "isolated_subnets": "PRIVATE_ISOLATED",
    "public_subnets": "PUBLIC",
}


def subnet_types(subnets: Value | None, network: Construct | None = None) -> frozenset[str]:
    """The members of ``SubnetType`` that an expression for subnets speaks of.

    What a group's name means is known from the VPC ``network``.
    """
    found: set[str] = set()
    if subnets is not None and network is not None:
        found.update(_types_of_group(network, subnets.argument("subnet_group_name")))
    for node in ast.walk(subnets.origin) if subnets is not None else ():
        name = node.attr if isinstance(node, ast.Attribute) else ""
        known = name in ("PUBLIC", "PRIVATE_WITH_EGRESS", "PRIVATE_ISOLATED")
        if known or name in _OLD_TYPES or name in _LISTS:
            found.add(_LISTS.get(name, _OLD_TYPES.get(name, name)))
    return frozenset(found)


def _types_of_group(network: Construct, group: Value | None) -> Iterator[str]:
    given = network.value("subnet_configuration")
    if group is None or group.constant is None or given is None or given.open:
        return
    for item in given.items if given.kind == "list" else ():
        name, kind = item.argument("name"), item.argument("subnet_type")
        if name is not None and kind is not None and name.constant == group.constant:
            member = kind.cdk.rpartition(".")[2]
            yield _OLD_TYPES.get(member, member)


def types_of_network(network: Construct) -> frozenset[str] | None:
    """The kinds of subnets that a VPC of the app has; None if the source does not tell.

    Private subnets without any way out count as isolated ones.
    """
    if not network.is_a("aws_ec2.Vpc") or network.open:
        return None
    gateways, given = network.value("nat_gateways"), network.value("subnet_configuration")
    if gateways is not None and not isinstance(gateways.constant, int):
        return None
    if given is None:
        none = gateways is not None and gateways.constant == 0
        return frozenset({"PUBLIC", "PRIVATE_ISOLATED" if none else "PRIVATE_WITH_EGRESS"})
    if given.kind != "list" or given.open:
        return None
    kinds = [item.argument("subnet_type") for item in given.items]
    names = [kind.cdk.rpartition(".")[2] if kind is not None else "" for kind in kinds]
    if not all(names):
        return None
    return frozenset(_OLD_TYPES.get(name, name) for name in names)
