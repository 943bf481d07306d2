"""The examples deployed and taken away: what is left, and what a second environment meets."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.assembly import App, synthesised
from tests.rehearsal.cloud import Cloud, account, client
from tests.rehearsal.deployer import bootstrap, deploy, destroy
from tests.rehearsal.remains import Thing, inventory
from tests.rehearsal.stack import DeployFailed, Stack
from tests.rehearsal.use import own_functions, provider_functions, use

EXAMPLES = Path(__file__).parents[2] / "examples"
APPS = sorted(path.name for path in (EXAMPLES / "fixed").iterdir() if path.is_dir())
CATALOG = "product_catalog"


@functools.cache
def app(folder: str, suffix: str) -> App:
    return synthesised(EXAMPLES / folder, suffix)


@pytest.fixture(scope="module")
def shared() -> Iterator[Cloud]:
    """One account for all tests here: each of them compares with what it finds."""
    with account() as cloud:
        bootstrap()
        yield cloud


@pytest.fixture
def cloud(shared: Cloud) -> Iterator[Cloud]:
    """The account, without the log groups that functions made for themselves.

    No app may fail for what another one left, and so the apps that leave something have names of
    their own: ``broken`` ones are deployed as ``old``, ``fixed`` ones as ``dev`` and ``pr7``.
    """
    yield shared
    for group in client("logs").describe_log_groups()["logGroups"]:
        client("logs").delete_log_group(logGroupName=group["logGroupName"])
    shared.runs.clear()


def log_groups(names: set[str]) -> set[Thing]:
    """The groups that functions write to if nobody says otherwise."""
    return {("log group", f"/aws/lambda/{name}") for name in names}


def of_providers(stacks: tuple[Stack, ...]) -> set[Thing]:
    """The log groups of the functions that CDK itself brings for its custom resources.

    Those run while the stack comes and goes, Lambda makes their groups, and no app can say that
    they are to go: they are left of every CDK app that empties a bucket.
    """
    return log_groups({name for stack in stacks for name in provider_functions(stack)})


def of_functions(stacks: tuple[Stack, ...]) -> set[Thing]:
    """The log groups that Lambda makes for the app's own functions where no stack does."""
    owned = {
        ("log group", name) for stack in stacks for name in stack.things("AWS::Logs::LogGroup")
    }
    used = {
        ("log group", stack.cloud.log_groups[name])
        for stack in stacks
        for name in own_functions(stack)
    }
    return used - owned


@pytest.mark.parametrize("name", APPS)
def test_a_fixed_app_lives_twice_and_leaves_nothing(cloud: Cloud, name: str) -> None:
    before = inventory(cloud)
    dev = deploy(cloud, app(f"fixed/{name}", "dev"))
    only_dev = inventory(cloud)
    pr7 = deploy(cloud, app(f"fixed/{name}", "pr7"))
    use(dev)
    use(pr7)
    by_running = {stacks: of_providers(stacks) | of_functions(stacks) for stacks in (dev, pr7)}

    assert destroy(pr7) == []
    without_pr7 = inventory(cloud)
    assert without_pr7 >= only_dev
    assert without_pr7 - only_dev == by_running[pr7] | (by_running[dev] - only_dev)

    assert destroy(dev) == []
    assert inventory(cloud) - before == by_running[dev] | by_running[pr7]


def test_of_the_fixed_catalog_only_log_groups_of_cdk_are_left(cloud: Cloud) -> None:
    before = inventory(cloud)
    stacks = deploy(cloud, app(f"fixed/{CATALOG}", "dev"))
    use(stacks)
    assert {"inventory-processor-dev"} <= set(cloud.runs)
    of_cdk = of_providers(stacks)
    assert destroy(stacks) == []
    assert inventory(cloud) - before == of_cdk
    assert destroy(deploy(cloud, app(f"fixed/{CATALOG}", "dev"))) == []  # no name is still taken


BLOCKING = {
    ("bucket", "product-inventory-archive"),
    ("database", "product-catalog-db"),
    ("log group", "/aws/lambda/inventory-processor"),
    ("stack", "TapStack"),
    ("stream", "inventory-updates-stream"),
}


def test_the_broken_catalog_has_one_environment_and_does_not_go_away(cloud: Cloud) -> None:
    before = inventory(cloud)
    stacks = deploy(cloud, app(f"broken/{CATALOG}", "dev"))
    use(stacks)
    used, of_cdk = inventory(cloud), of_providers(stacks)

    # The second environment is no other stack; under another name it finds its names taken.
    other = app(f"broken/{CATALOG}", "pr7")
    with pytest.raises(DeployFailed, match="TapStack: the stack exists already"):
        deploy(cloud, other)
    with pytest.raises(DeployFailed) as failed:
        deploy(cloud, other, prefix="pr7-")
    assert {one.name for one in failed.value.failures} == {
        "inventory-processor-role",
        "inventory-updates-stream",
        "product-catalog-db-credentials",
        "product-inventory-archive",
    }
    assert failed.value.left == []
    assert inventory(cloud) == used  # rolled back, and the first one has lost nothing

    protected = destroy(stacks)
    assert [one.name for one in protected] == ["product-catalog-db"]
    assert "Cannot delete protected DB Instance" in protected[0].reason
    assert inventory(cloud) - before >= BLOCKING

    client("rds").modify_db_instance(
        DBInstanceIdentifier="product-catalog-db", DeletionProtection=False
    )
    assert destroy(stacks) == []
    left = inventory(cloud) - before
    (snapshot,) = (name for kind, name in left if kind == "snapshot")
    assert snapshot.startswith("tapstack-snapshot-productdatabase")
    assert left - of_cdk == {
        ("bucket", "product-inventory-archive"),
        ("log group", "/aws/lambda/inventory-processor"),
        ("snapshot", snapshot),
        ("stream", "inventory-updates-stream"),
    }

    # Not even the same environment can come again.
    with pytest.raises(DeployFailed) as again:
        deploy(cloud, app(f"broken/{CATALOG}", "dev"))
    names = {one.name for one in again.value.failures}
    assert names == {"product-inventory-archive", "inventory-updates-stream"}


def test_the_broken_hotel_has_one_environment(cloud: Cloud) -> None:
    stacks = deploy(cloud, app("broken/environment_suffix", "old"))
    with pytest.raises(DeployFailed) as failed:
        deploy(cloud, app("broken/environment_suffix", "pr7"), prefix="pr7-")
    assert len({one.name for one in failed.value.failures}) > 1
    assert destroy(stacks) == []


# What a broken app leaves besides log groups of functions: kinds, and how often. Automatic
# backups and a cache's snapshots die with what they are of, unless a final one is asked for.
LEFT: dict[str, dict[str, int]] = {
    "bucket_retain": {"bucket": 4},
    "log_group_retain": {"log group": 5},
    "rds_deletion_protection": {"database": 1, "database cluster": 1, "stack": 1},
    "rds_snapshot": {"snapshot": 2, "database subnet group": 1},
    "retained_resource": {
        "key": 1,
        "load balancer": 1,
        "repository": 1,
        "stack": 1,
        "stream": 1,
        "table": 1,
        "user pool": 1,
    },
}


@pytest.mark.parametrize("name", [name for name in APPS if name != CATALOG])
def test_a_broken_app_leaves_what_it_is_about(cloud: Cloud, name: str) -> None:
    before = inventory(cloud)
    stacks = deploy(cloud, app(f"broken/{name}", "old"))
    use(stacks)
    by_running = of_providers(stacks) | of_functions(stacks)
    destroy(stacks)
    left = inventory(cloud) - before - by_running
    expected = LEFT.get(name, {})
    found = Counter(kind for kind, _ in left)
    if found["stack"]:  # what a protected resource needs stays too
        assert {kind: found[kind] for kind in expected} == expected
    else:
        assert found == expected
