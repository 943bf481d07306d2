"""The verdicts do not depend on the version of Node, nor on that of the CDK."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapfix.verify.judge import Mark
from tests.verify.apps import QUEUES, RIGHT, verdict, written
from tests.verify.test_examples import AT_RUN_TIME
from tests.verify.versions import EXAMPLES, NODES, OLDEST, Outcome, library, node, outcomes

APPS = [
    EXAMPLES / name
    for name in ("lambda_permissions", "product_catalog", "rds_snapshot", "stack_outputs")
]


def wrong(found: list[Outcome]) -> list[object]:
    """What differs from what ``test_examples`` shows with the tests' own versions."""
    return [
        *(one for one in found if not one.holds or one.obstacle or one.unexpected),
        *(
            said
            for one in found
            for said in one.verdicts
            if said.verdict != "proved" and said.code not in AT_RUN_TIME
        ),
    ]


@pytest.mark.parametrize("line", NODES)
def test_each_node_with_the_newest_library(line: str, tmp_path: Path) -> None:
    found = outcomes(APPS, node(tmp_path, line), None)
    assert [one.app for one in found] == [app.name for app in APPS]
    assert not wrong(found)


def test_the_oldest_library_which_tells_no_lines(tmp_path: Path) -> None:
    python = library(tmp_path / "library", OLDEST)
    found = outcomes(APPS, node(tmp_path / "node", "20"), python)
    assert [one.app for one in found] == [app.name for app in APPS]
    assert not wrong(found)


def test_lines_that_the_library_does_not_tell_are_noted(tmp_path: Path) -> None:
    silent = "import os\nos.environ['JSII_HOST_STACK_TRACES'] = '0'\n"
    judgement = verdict(written(tmp_path, silent + QUEUES), [RIGHT])
    assert [one.mark for one in judgement.verdicts] == [Mark.PROVED]
    assert judgement.verdicts[0].shows == ("Shop/Orders/Resource ReceiveMessageWaitTimeSeconds",)
    assert judgement.holds


def test_where_nobody_tells_lines_nothing_is_guessed(tmp_path: Path) -> None:
    folder = written(tmp_path, command="JSII_HOST_STACK_TRACES=0 python app.py")
    judgement = verdict(folder, [RIGHT])
    assert "does not tell which lines" in (judgement.obstacle or "")
    assert not judgement.holds
