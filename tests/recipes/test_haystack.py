"""Scripts that hold a name which gets a suffix are read; the many that cannot are not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tapfix.codemods.tap001_environment_suffix import RULE
from tapfix.model.python.modules import Module, Modules
from tests.model.apps import read

STACK = """\
import aws_cdk as cdk
from aws_cdk import Stack, aws_s3 as s3
import config

class DataStack(Stack):
    def __init__(self, scope, id, *, environment_suffix: str, **kwargs):
        super().__init__(scope, id, **kwargs)
        s3.Bucket(self, "Archive", bucket_name="orders-archive")

app = cdk.App()
DataStack(app, "Data", environment_suffix="dev")
"""
PUT = "import boto3\nboto3.client('s3').put_object(Bucket={}, Key='a')\n"
CONFIG = {"config.py": 'PREFIX = "orders"\nARCHIVE = "orders-archive"\n'}


def reason(files: Mapping[str, str]) -> str | None:
    (finding,) = RULE.find(read(STACK, {**CONFIG, **files}))
    return finding.reason


@pytest.mark.parametrize(
    "files",
    [
        {"tools/seed.py": PUT.format("'orders-archive'")},
        {"tools/seed.py": "PREFIX = 'orders'\n" + PUT.format("f'{PREFIX}-archive'")},
        {"tools/seed.py": "KIND = 'archive'\n" + PUT.format("f'orders-{KIND}'")},
        {"tools/seed.py": PUT.format("'orders-' 'archive'")},
        {"tools/seed.py": "from config import ARCHIVE\n" + PUT.format("ARCHIVE")},
        {"tools/seed.py": "from config import PREFIX\n" + PUT.format("f'{PREFIX}-archive'")},
        {
            "tools/names.py": "BUCKET = 'orders-archive'\n",
            "tools/seed.py": "from names import BUCKET\n" + PUT.format("BUCKET"),
        },
    ],
    ids=["whole", "end", "beginning", "literals", "config", "config in part", "another script"],
)
def test_a_script_that_holds_the_name_is_found(files: dict[str, str]) -> None:
    found = reason(files)
    assert found is not None
    assert found.startswith("the name stands in tools/seed.py:")


def test_nothing_stands_in_the_way_without_a_script() -> None:
    assert reason({}) is None


def test_scripts_that_cannot_hold_the_name_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    beside = Modules.beside

    def noted(self: Modules, path: str) -> Module | None:
        opened.append(path)
        return beside(self, path)

    monkeypatch.setattr(Modules, "beside", noted)
    texts = ("x = 1", "archive = 'orders'", "# orders-less archives", "import json, archive")
    files = {f"tools/other_{number}.py": f"{text}\n" for number, text in enumerate(texts)}
    assert reason({**files, "tools/deep.py": f"x = 'orders-archive'{'+ y' * 2000}\n"}) is None
    assert opened == ["/app/tools/deep.py"]
