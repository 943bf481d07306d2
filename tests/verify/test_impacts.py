"""What a fix says of its impact, held against what CloudFormation would do with the templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapfix.api import Options, run
from tapfix.api.result import Mode, Status
from tapfix.edits import Impact
from tapfix.verify.run import verify_changes
from tapfix.verify.witness import Options as Manner
from tests.verify.test_examples import BROKEN

REPLACING = {Impact.REPLACES, Impact.DATA_DIES_AT_NEXT_DEPLOY}


@pytest.mark.parametrize(
    "app", [app for app in BROKEN if app.name != "product_catalog"], ids=lambda path: path.name
)
def test_what_is_replaced_is_what_the_fixes_say(app: Path) -> None:
    result = run([str(app)], Options(mode=Mode.DRY_RUN, select=(app.name.replace("_", "-"),)))
    (judgement,) = verify_changes(result, Manner(), lambda *_: None)
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
