"""Attributes that tell where a resource is exist in the installed library."""

from __future__ import annotations

import importlib.metadata
import re
from functools import cache
from pathlib import Path

import pytest

from tapfix.knowledge.catalogue import load
from tapfix.model.app import App
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.endpoints import ENDPOINTS, endpoint
from tests.model.apps import read

CACHES = {
    "aws_elasticache.CfnCacheCluster": (
        "attr_redis_endpoint_address",
        "attr_configuration_endpoint_address",
    ),
    "aws_elasticache.CfnReplicationGroup": (
        "attr_primary_end_point_address",
        "attr_configuration_end_point_address",
    ),
}
READ = [
    *((name, wanted.attribute) for name, wanted in ENDPOINTS.items()),
    *((name, attribute) for name, both in CACHES.items() for attribute in both),
]


@cache
def source(module: str) -> str:
    """The Python text of a module of the installed library."""
    files = importlib.metadata.files("aws-cdk-lib") or []
    path = f"aws_cdk/{module.replace('.', '/')}/__init__.py"
    (found,) = (file for file in files if file.as_posix() == path)
    return Path(str(found.locate())).read_text(encoding="utf-8")


def attributes(name: str) -> set[str]:
    """The properties that a class and its bases in the same module define."""
    cls = load().construct(name)
    assert cls is not None
    module = name.rpartition(".")[0]
    found = {"ref"} if cls.level == 1 else set[str]()
    for known in (name, *cls.ancestors):
        if known.rpartition(".")[0] == module:
            start = source(module).index(f"\nclass {known.rpartition('.')[2]}(")
            text = source(module)[start + 1 :]
            body = text[: text.find("\nclass ")]
            found |= set(re.findall(r"@builtins\.property\n.*\n    def (\w+)\(", body))
    return found


@pytest.mark.parametrize(("name", "attribute"), READ)
def test_the_class_has_the_attribute(name: str, attribute: str) -> None:
    assert attribute.partition(".")[0] in attributes(name)


def read_cache(call: str) -> App:
    """An app with one cache."""
    return read(f"from aws_cdk import aws_elasticache as e\ne.{call}\n")


@pytest.mark.parametrize(
    ("call", "attribute"),
    [
        ("CfnCacheCluster(None, 'C', engine='redis')", "attr_redis_endpoint_address"),
        ("CfnCacheCluster(None, 'C', engine='memcached')", "attr_configuration_endpoint_address"),
        ("CfnCacheCluster(None, 'C', engine=engine())", None),
        ("CfnReplicationGroup(None, 'C')", "attr_primary_end_point_address"),
        ("CfnReplicationGroup(None, 'C', num_node_groups=1)", "attr_primary_end_point_address"),
        (
            "CfnReplicationGroup(None, 'C', num_node_groups=2)",
            "attr_configuration_end_point_address",
        ),
        (
            "CfnReplicationGroup(None, 'C', num_node_groups=1, cluster_mode='enabled')",
            "attr_configuration_end_point_address",
        ),
        (
            "CfnReplicationGroup(None, 'C', "
            "cache_parameter_group_name='default.redis7.cluster.on')",
            "attr_configuration_end_point_address",
        ),
        ("CfnReplicationGroup(None, 'C', cache_parameter_group_name=group.ref)", None),
        ("CfnReplicationGroup(None, 'C', num_node_groups=shards())", None),
        ("CfnReplicationGroup(None, 'C', **more())", None),
    ],
)
def test_of_several_endpoints_a_cache_has_the_one_its_arguments_give(
    call: str, attribute: str | None
) -> None:
    found = endpoint(read_cache(call).constructs[0])
    assert found is not None
    assert (None if isinstance(found, Obstacle) else found.attribute) == attribute


def test_a_node_of_a_replication_group_is_not_looked_for() -> None:
    app = read_cache("CfnCacheCluster(None, 'C', engine='redis', replication_group_id='sessions')")
    assert endpoint(app.constructs[0]) is None
