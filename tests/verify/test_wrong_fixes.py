"""A wrong fix is caught, whatever is wrong with it."""

from __future__ import annotations

from pathlib import Path

from tapfix import api
from tapfix.api import Options
from tapfix.api.result import Mode, Status
from tapfix.verify.judge import Mark
from tapfix.verify.run import unproved, verify_changes
from tapfix.verify.witness import Options as Manner
from tests.verify.apps import RIGHT, WAIT, rule, verdict, written


def test_a_right_fix_is_proved(tmp_path: Path) -> None:
    judgement = verdict(written(tmp_path), [RIGHT])
    assert [one.mark for one in judgement.verdicts] == [Mark.PROVED]
    assert judgement.verdicts[0].shows == ("Shop/Orders/Resource ReceiveMessageWaitTimeSeconds",)
    assert not judgement.unexpected
    assert judgement.holds


def test_a_fix_of_another_resource_proves_nothing(tmp_path: Path) -> None:
    judgement = verdict(written(tmp_path), [rule(("Returns", *WAIT))])
    assert [one.mark for one in judgement.verdicts] == [Mark.NOT_PROVED]
    assert {one.name for one in judgement.unexpected} == {"Shop/Returns/Resource"}
    assert not judgement.holds


def test_a_fix_that_leaves_the_flaw_is_not_proved(tmp_path: Path) -> None:
    wrong = rule(("Orders", "receive_message_wait_time", "cdk.Duration.seconds(0)"))
    judgement = verdict(written(tmp_path), [wrong])
    assert [one.mark for one in judgement.verdicts] == [Mark.NOT_PROVED]
    assert "still there" in (judgement.verdicts[0].reason or "")
    assert not judgement.holds


def test_a_fix_that_changes_a_second_resource_is_unexpected(tmp_path: Path) -> None:
    wrong = rule(("Orders", *WAIT), ("Returns", *WAIT))
    judgement = verdict(written(tmp_path), [wrong])
    assert [one.mark for one in judgement.verdicts] == [Mark.PROVED]
    assert [(one.name, one.path) for one in judgement.unexpected] == [
        ("Shop/Returns/Resource", "Properties.ReceiveMessageWaitTimeSeconds")
    ]
    assert not judgement.holds


def test_a_fix_that_changes_another_property_is_unexpected(tmp_path: Path) -> None:
    wrong = rule(("Orders", *WAIT), ("Orders", "fifo", "True"))
    judgement = verdict(written(tmp_path), [wrong])
    assert {one.path for one in judgement.unexpected} == {"Properties.FifoQueue"}
    assert judgement.replaced == {"Shop/Orders/Resource": "FifoQueue"}


def test_a_fix_that_breaks_the_app_is_caught(tmp_path: Path) -> None:
    wrong = rule(("Orders", "receive_message_wait_time", "cdk.Duration.weeks(20)"))
    judgement = verdict(written(tmp_path), [wrong])
    assert [one.mark for one in judgement.verdicts] == [Mark.NOT_PROVED]
    assert "does not synthesise after the change: AttributeError" in (judgement.obstacle or "")


def test_nothing_of_an_unproved_app_is_written(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "good").mkdir()
    bad, good = written(tmp_path / "bad"), written(tmp_path / "good")
    text = (bad / "app.py").read_text()
    (bad / "app.py").write_text(text.replace("cdk.App()", "cdk.App()\nraise SystemExit(3)"))
    options = Options(mode=Mode.APPLY, rules=[RIGHT])
    result = api.run([str(tmp_path)], options)
    judgements = verify_changes(result, Manner(), lambda *_: None)
    roots = unproved(result, judgements)
    assert roots == (str(bad),)
    written_result = api.write(api.kept_back(result, roots, "not proved"))
    assert "seconds(20)" not in (bad / "app.py").read_text()
    assert "seconds(20)" in (good / "app.py").read_text()
    left = {one.place.path: one.status for one in written_result.findings}
    assert left[str(bad / "app.py")] is Status.REFUSED
    assert written_result.exit_code == 1
