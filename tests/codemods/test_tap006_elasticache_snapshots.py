"""TAP006 beyond its examples."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.tap006_elasticache_snapshots import RULE
from tapfix.edits import Impact
from tapfix.rule import Example, Profile, Source
from tapfix.testing import Result, run_example

IMPORTS = "from aws_cdk import aws_elasticache as elasticache"
GROUP = (
    "group = elasticache.CfnReplicationGroup(self, 'G', replication_group_description='G', {})\n"
)


def run(source: Source) -> Result:
    return run_example(RULE, Example("", source))


def test_a_limit_with_a_window_is_mended_and_the_window_noted() -> None:
    arguments = "snapshot_retention_limit=5, snapshot_window='03:00-05:00'"
    result = run(stack(GROUP.format(arguments), IMPORTS))
    assert "snapshot_retention_limit=0" in result.files["app.py"]
    assert "snapshot_window='03:00-05:00'" in result.files["app.py"]
    assert [finding.note for finding in result.first] == [False]
    assert [finding.note for finding in result.left] == [True]


def test_the_daily_time_of_a_serverless_cache_is_a_window() -> None:
    body = (
        "elasticache.CfnServerlessCache(self, 'C', engine='redis', serverless_cache_name='c',"
        " daily_snapshot_time='03:00')\n"
    )
    (finding,) = run(stack(body, IMPORTS)).first
    assert finding.note
    assert "daily_snapshot_time" in finding.message


def test_a_final_snapshot_and_daily_ones_are_two_findings() -> None:
    body = (
        "elasticache.CfnServerlessCache(self, 'C', engine='redis', serverless_cache_name='c',"
        " snapshot_retention_limit=2, final_snapshot_name=f'last-{self.stack_name}')\n"
    )
    daily, final = run(stack(body, IMPORTS)).first
    assert daily.fix is not None
    assert final.fix is None
    assert "final_snapshot_name" in str(final.reason)


def test_a_cache_that_another_function_sets_up_is_followed() -> None:
    files = {
        "app.py": stack(
            GROUP.format("port=6380") + "keep_snapshots(group)\n",
            f"{IMPORTS}\nfrom caches import keep_snapshots",
        ),
        "caches.py": "def keep_snapshots(cache):\n    cache.snapshot_retention_limit = 3\n",
    }
    result = run(files)
    assert result.files["caches.py"].endswith("cache.snapshot_retention_limit = 0\n")


def test_a_dict_of_two_caches_is_reported() -> None:
    body = "common = {'snapshot_retention_limit': 5}\n" + 2 * GROUP.format("**common")
    found = run(stack(body, IMPORTS)).first
    assert len(found) == 2
    assert all(f.fix is None and "more than one place" in str(f.reason) for f in found)


def test_impact_and_profile() -> None:
    (finding,) = run(stack(GROUP.format("snapshot_retention_limit=1"), IMPORTS)).first
    assert finding.fix is not None
    assert finding.fix.impact is Impact.DATA_DIES_WITH_STACK
    assert "for 1 day:" in finding.message
    assert RULE.profiles == {Profile.EPHEMERAL}
