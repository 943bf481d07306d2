"""What is said of grants is what the installed library does; names are those of its classes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tapfix.knowledge import catalogue
from tapfix.knowledge.permissions import RESOURCES, covers, load
from tests.synthesis import worker_environment

BUILDER = Path(__file__).parents[2] / "tools" / "build_permissions.py"


def test_grants_are_as_measured() -> None:
    command = [sys.executable, str(BUILDER), "--grants"]
    run = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True, env=worker_environment()
    )
    assert json.loads(run.stdout.splitlines()[-1]) == load().data["grants"]


def test_every_resource_has_a_class_and_grants() -> None:
    for names in RESOURCES.values():
        for name in names:
            cls = catalogue.load().construct(name)
            assert cls is not None, name
            assert load().grants(cls), name


def test_wildcards() -> None:
    assert covers(["s3:GetObject*"], "s3:GetObject")
    assert covers(["*"], "s3:GetObject")
    assert covers(["S3:getobject"], "s3:GetObject")
    assert not covers(["s3:GetObject", "s3:Put*"], "s3:DeleteObject")


def test_actions() -> None:
    known = load()
    assert known.action("s3", "client", "list_objects_v2") == "s3:ListBucket"
    assert known.action("s3", "client", "copy_object") is None
    assert known.action("dynamodb", "Table", "update_item") == "dynamodb:UpdateItem"
    assert known.action("dynamodb", "Table", "create_table") is None
    assert known.action("nothing", "client", "put") is None
    policy = known.policy("service-role/AWSLambdaVPCAccessExecutionRole")
    assert policy is not None
    assert "ec2:CreateNetworkInterface" in policy
    assert known.policy("Unheard") is None
