"""A wrong fix is caught, whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tapfix import api
from tapfix.api import Options
from tapfix.api.result import Mode, Status
from tapfix.edits import Finding
from tapfix.model.app import App
from tapfix.proof import Claim, Flaw, Proof, Templates, resources, said
from tapfix.registry import builtin_rules
from tapfix.rule import Rule
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


def _two(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, queue in resources(templates, "AWS::SQS::Queue"):
        for name in ("ReceiveMessageWaitTimeSeconds", "VisibilityTimeout"):
            if not said(queue).get(name):
                yield Flaw(stack, logical_id, name)


TWO = Proof(_two, (Claim(r"Properties\.(ReceiveMessageWaitTimeSeconds|VisibilityTimeout)"),))


def _with_another(one: Rule) -> Rule:
    """The rule with a second finding about the same queue, which has no fix."""

    def find(app: App) -> Iterator[Finding]:
        yield from one.find(app)
        orders = next(iter(app.of("aws_sqs.Queue")))
        yield Finding(one.code, orders.head, "is hidden for no time", scope=orders.statement)

    return replace(one, find=find, proof=TWO)


def test_a_fix_for_one_of_two_flaws_of_a_resource_is_proved(tmp_path: Path) -> None:
    judgement = verdict(written(tmp_path), [_with_another(RIGHT)])
    assert [one.mark for one in judgement.verdicts] == [Mark.PROVED]
    assert judgement.verdicts[0].shows == ("Shop/Orders/Resource ReceiveMessageWaitTimeSeconds",)
    assert judgement.holds


def test_a_fix_for_neither_of_two_flaws_of_a_resource_is_not_proved(tmp_path: Path) -> None:
    wrong = rule(("Orders", "receive_message_wait_time", "cdk.Duration.seconds(0)"))
    judgement = verdict(written(tmp_path), [_with_another(wrong)])
    assert [one.mark for one in judgement.verdicts] == [Mark.NOT_PROVED]


def test_a_fix_for_half_of_what_its_finding_is_about_is_not_proved(tmp_path: Path) -> None:
    judgement = verdict(written(tmp_path), [replace(RIGHT, proof=TWO)])
    assert [one.mark for one in judgement.verdicts] == [Mark.NOT_PROVED]
    assert "still there" in (judgement.verdicts[0].reason or "")


LOOPED = """\
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs


@dataclass
class Config:
    environment: str


class Shop(cdk.Stack):
    def __init__(self, scope, id, config: Config, **kwargs):
        super().__init__(scope, id, **kwargs)
        sqs.Queue(self, "Letters", queue_name="letters")
        sqs.Queue(self, "Orders", queue_name=f"orders-{config.environment}")


app = cdk.App()
for name in ("dev", "prod"):
    Shop(app, f"Shop-{name}", Config(environment=name))
app.synth()
"""


def test_nothing_is_said_of_names_where_an_app_makes_all_environments(tmp_path: Path) -> None:
    (named,) = [rule for rule in builtin_rules() if rule.code == "TAP001"]
    judgement = verdict(written(tmp_path, LOOPED), [named])
    assert [one.mark for one in judgement.verdicts] == [Mark.UNSEEN]
    assert "neither the context nor a variable" in (judgement.verdicts[0].reason or "")
    assert judgement.holds
    # A fix that leaves the names is a wrong one there, too.
    wrong = replace(rule(("Letters", *WAIT)), proof=Proof(shared=_named))
    (told,) = verdict(written(tmp_path, LOOPED), [wrong]).verdicts
    assert told.mark is Mark.NOT_PROVED


def _named(one: Templates, _: Templates) -> Iterator[Flaw]:
    for stack, logical_id, queue in resources(one, "AWS::SQS::Queue"):
        if "QueueName" in said(queue):
            yield Flaw(stack, logical_id, "QueueName")


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
