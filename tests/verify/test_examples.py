"""The examples under the witness: every fix is proved, nothing else has changed."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from tapfix.report.verification import as_objects
from tapfix.verify.judge import Judgement, Mark
from tapfix.verify.run import verify_apps
from tapfix.verify.witness import Options
from tests.verify.apps import outcome, verdict

ROOT = Path(__file__).parents[2] / "examples"
BROKEN = sorted(path for path in (ROOT / "broken").iterdir() if path.is_dir())
FIXED = sorted(path for path in (ROOT / "fixed").iterdir() if path.is_dir())

AT_RUN_TIME = {"TAP012", "TAP013", "TAP014", "TAP019", "TAP020"}
"""The rules whose flaws only a run of the handler shows."""


def each(apps: list[Path]) -> pytest.MarkDecorator:
    """A test of each app. All those of one app run in one process, where it is judged once."""
    group = pytest.mark.xdist_group
    params = [pytest.param(app, id=app.name, marks=group(f"verify-{app.name}")) for app in apps]
    return pytest.mark.parametrize("app", params)


@functools.cache
def judged(app: Path) -> Judgement:
    """What the templates of a broken app say of all its fixes."""
    return verdict(app)


@each(BROKEN)
def test_every_fix_is_proved_and_nothing_else_changes(app: Path) -> None:
    judgement = judged(app)
    assert judgement.holds, as_objects([judgement], str(app), ())
    assert judgement.verdicts
    for one in judgement.verdicts:
        is_seen = one.reported.rule.code not in AT_RUN_TIME
        assert one.mark is Mark.PROVED or not is_seen, one
        assert one.mark is Mark.PROVED or (one.reason or "").startswith("shows when"), one


@pytest.mark.parametrize("app", FIXED, ids=lambda path: path.name)
def test_the_mended_apps_are_free_of_flaws(app: Path) -> None:
    (standing,) = verify_apps(outcome(app), Options())
    assert standing.obstacle is None
    assert not standing.flaws


def test_the_template_shows_the_flaws_of_the_broken_app() -> None:
    (standing,) = verify_apps(outcome(ROOT / "broken" / "product_catalog"), Options())
    seen = {one.rule.code for one in standing.flaws}
    assert seen == {f"TAP{number:03}" for number in (*range(1, 12), 15, 16, 17, 18, 21)}
    stack = str(ROOT / "broken" / "product_catalog" / "lib" / "tap_stack.py")
    assert {one.path for one in standing.flaws if one.resource != "TapStack/"} == {stack}


@each([ROOT / "broken" / "product_catalog"])
def test_fresh_processes_come_to_the_same_verdict(app: Path) -> None:
    judgements = judged(app), verdict(app, fresh=True)
    one, other = (as_objects([judgement], str(app), ())[0] for judgement in judgements)
    assert "one kernel" in str(one.pop("how"))
    assert "process of its own" in str(other.pop("how"))
    assert one == other
