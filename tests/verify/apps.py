"""Small apps to verify, and runs of tapfix over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tapfix import api
from tapfix.api import Options
from tapfix.api.result import Mode, Result
from tapfix.edits import Edit, Finding, Fix, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.proof import Claim, Flaw, Proof, Templates, resources, said
from tapfix.rule import Rule, Severity
from tapfix.verify.judge import Judgement
from tapfix.verify.run import verify_changes
from tapfix.verify.witness import Options as Manner

QUEUES = """\
import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs


class Shop(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        self.orders = sqs.Queue(self, "Orders")
        self.returns = sqs.Queue(
            self,
            "Returns",
            receive_message_wait_time=cdk.Duration.seconds(5),
        )


app = cdk.App()
Shop(app, "Shop")
app.synth()
"""
"""Two queues; that of orders has the flaw of the rules below: it does not poll long."""


def written(folder: Path, text: str = QUEUES, command: str = "python3 app.py") -> Path:
    """An app of one file in a folder."""
    (folder / "app.py").write_text(text)
    (folder / "cdk.json").write_text(f'{{"app": "{command}"}}')
    return folder


def outcome(folder: Path, rules: Sequence[Rule] | None = None) -> Result:
    """What tapfix would do to an app."""
    return api.run([str(folder)], Options(mode=Mode.DRY_RUN, rules=rules))


def verdict(folder: Path, rules: Sequence[Rule] | None = None, **manner: object) -> Judgement:
    """What the templates of an app say of its fixes."""
    options = Manner(**manner)  # type: ignore[arg-type]  # the names are the class's
    judgements = verify_changes(outcome(folder, rules), options, lambda *_: None)
    assert len(judgements) == 1
    return judgements[0]


def _flaws(templates: Templates) -> Iterator[Flaw]:
    for stack, logical_id, queue in resources(templates, "AWS::SQS::Queue"):
        if not said(queue).get("ReceiveMessageWaitTimeSeconds"):
            yield Flaw(stack, logical_id, "ReceiveMessageWaitTimeSeconds")


LONG_POLL = Proof(_flaws, (Claim(r"Properties\.ReceiveMessageWaitTimeSeconds"),))


def rule(*edits: tuple[str, str, str]) -> Rule:
    """A rule about the queue of orders whose fix sets arguments: of the construct of an id, a name,
    a value."""

    def find(app: App) -> Iterator[Finding]:
        known = {one.id.constant: one for one in app.of("aws_sqs.Queue") if one.id is not None}
        orders: Construct = known["Orders"]
        if orders.lacks("receive_message_wait_time"):
            made: list[Edit] = [known[id_].set(name, value) for id_, name, value in edits]
            fix = Fix("poll long", Impact.IN_PLACE, tuple(made))
            yield Finding("TST901", orders.head, "polls short", fix, scope=orders.statement)

    return Rule("TST901", "long-poll", Severity.LOW, find, "Polls short.", (), proof=LONG_POLL)


WAIT = ("receive_message_wait_time", "cdk.Duration.seconds(20)")
RIGHT = rule(("Orders", *WAIT))
