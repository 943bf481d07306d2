"""What a fix says of its impact, held against what CloudFormation would do with the templates."""

from __future__ import annotations

from pathlib import Path

from tapfix.api.result import Status
from tapfix.edits import Impact
from tests.verify.test_examples import BROKEN, each, judged

REPLACING = {Impact.REPLACES, Impact.DATA_DIES_AT_NEXT_DEPLOY}


@each([app for app in BROKEN if app.name != "product_catalog"])
def test_what_is_replaced_is_what_the_fixes_say(app: Path) -> None:
    judgement = judged(app)
    assert {one.reported.rule.name.replace("-", "_") for one in judgement.verdicts} == {app.name}
    replaced = set(judgement.replaced or {})
    told: set[str] = set()
    for one in judgement.verdicts:
        assert one.reported.status is Status.FIXED
        about = {shown.split(" ")[0] for shown in one.shows}
        if one.reported.impact in REPLACING:
            assert about & replaced or judgement.renamed, one
            told |= about
        else:
            assert not about & replaced, one
    # What refers to a replaced resource by a property of that kind is replaced with it.
    assert bool(replaced) == bool(told & replaced), (replaced, told)
