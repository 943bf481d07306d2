"""Where the broken apps have their flaws, and how their files are laid out: both are meant."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

BROKEN = Path(__file__).parents[1] / "examples" / "broken"
CATALOG = BROKEN / "product_catalog"


def test_the_flaws_of_the_catalog_are_at_the_seed_lines() -> None:
    file = CATALOG / "lib/tap_stack.py"
    lines = dict(enumerate(file.read_text("utf-8").splitlines(), 1))
    assert {number: lines[number].strip() for number in (36, 81, 82, 83, 105, 152)} == {
        36: "removal_policy=RemovalPolicy.RETAIN,",
        81: "backup_retention=Duration.days(7),",
        82: "deletion_protection=True,",
        83: "removal_policy=RemovalPolicy.SNAPSHOT,",
        105: "snapshot_retention_limit=5,",
        152: "removal_policy=RemovalPolicy.RETAIN,",
    }
    calls = [node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.Call)]
    spans = {ast.unparse(call.func): (call.lineno, call.end_lineno) for call in calls}
    assert spans["iam.Role"] == (109, 117)
    assert spans["lambda_.Code.from_inline"] == (123, 131)


def test_the_catalog_is_as_black_leaves_it() -> None:
    command = [sys.executable, "-m", "black", "--check", "--quiet", str(CATALOG)]
    assert subprocess.run(command, check=False).returncode == 0


LAYOUTS: Mapping[str, tuple[str, bytes]] = {
    "byte order mark": ("event_source_errors/parking/parking_stack.py", b"\xef\xbb\xbf# "),
    "CRLF": ("rds_backup_retention/school/grades.py", b"\r\n\r\n\r\nclass "),
    "tabs": ("log_group_retain/weather/station_logs.py", b"\n\t\tself.readings = "),
    "two spaces": ("elasticache_snapshots/leaderboard.py", b"\n  def __init__"),
    "single quotes": ("rds_snapshot/parcels/databases.py", b"'Tracking',"),
}


@pytest.mark.parametrize("path, mark", LAYOUTS.values(), ids=LAYOUTS)
def test_layouts_survive_editors(path: str, mark: bytes) -> None:
    assert mark in (BROKEN / path).read_bytes()


def test_one_file_has_no_last_newline() -> None:
    assert not (BROKEN / "kinesis_base64/functions/summarise.py").read_bytes().endswith(b"\n")
