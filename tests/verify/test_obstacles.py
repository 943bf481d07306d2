"""Apps that cannot be verified say why, and nothing is guessed."""

from __future__ import annotations

import sys
from pathlib import Path

from tapfix.verify.judge import Mark
from tapfix.verify.run import verify_apps
from tapfix.verify.witness import Options, bear_witness
from tests.verify.apps import QUEUES, RIGHT, outcome, verdict, written

LOOK_UP = """
from aws_cdk import aws_ec2 as ec2
vpc = ec2.Vpc.from_lookup(cdk.Stack(app, "Net", env=cdk.Environment(
    account="123456789012", region="us-east-1")), "Vpc", is_default=True)
app.synth()
"""


def test_an_app_that_asks_an_account(tmp_path: Path) -> None:
    judgement = verdict(written(tmp_path, QUEUES.replace("app.synth()\n", LOOK_UP)), [RIGHT])
    assert judgement.obstacle == "it asks an account for vpc-provider"
    assert not judgement.holds


def test_an_app_that_does_not_synthesise(tmp_path: Path) -> None:
    text = QUEUES.replace('sqs.Queue(self, "Orders")', 'sqs.Queue(self, "Orders", colour="red")')
    judgement = verdict(written(tmp_path, text), [RIGHT])
    assert "the app does not synthesise: TypeError" in (judgement.obstacle or "")
    assert "colour" in (judgement.obstacle or "")


def test_an_app_that_the_change_makes_synthesise(tmp_path: Path) -> None:
    text = QUEUES.replace(
        'sqs.Queue(self, "Orders")',
        'sqs.Queue(self, "Orders")\n'
        "        if 'seconds' '(20)' not in open(__file__).read():\n"
        "            raise ValueError('not long enough')",
    )
    judgement = verdict(written(tmp_path, text), [RIGHT])
    assert [one.mark for one in judgement.verdicts] == [Mark.UNSEEN]
    assert "it does after" in judgement.notes[0]
    assert judgement.holds


def test_an_app_without_end(tmp_path: Path) -> None:
    text = QUEUES.replace("app.synth()", "import time\ntime.sleep(600)")
    judgement = verdict(written(tmp_path, text), [RIGHT], limit=8.0)
    assert "it took longer than 8 seconds" in (judgement.obstacle or "")


def test_an_app_that_the_change_makes_endless(tmp_path: Path) -> None:
    wait = "if 'seconds' '(20)' in open(__file__).read():\n    import time\n    time.sleep(600)\n"
    text = QUEUES.replace("app.synth()", f"{wait}app.synth()")
    judgement = verdict(written(tmp_path, text), [RIGHT], limit=20.0)
    assert [one.mark for one in judgement.verdicts] == [Mark.NOT_PROVED]
    assert "it took longer than 20 seconds" in (judgement.obstacle or "")


def test_an_app_that_fails_after_its_synthesis_is_judged_all_the_same(tmp_path: Path) -> None:
    text = f"{QUEUES}\nraise SystemExit('a check of its own')\n"
    judgement = verdict(written(tmp_path, text), [RIGHT])
    assert [one.mark for one in judgement.verdicts] == [Mark.PROVED]
    assert judgement.notes == (
        "the app ends with an error: it ended with exit code a check of its own",
    )


def test_an_interpreter_without_the_library(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S -I "$@"\n')
    bare.chmod(0o755)
    (tmp_path / "app").mkdir()
    testimony = bear_witness(str(written(tmp_path / "app")), {}, Options(python=str(bare)))
    assert testimony.obstacle == f"{bare} cannot import aws_cdk"


def test_a_command_for_a_shell_runs_afresh(tmp_path: Path) -> None:
    folder = written(tmp_path, command="MODE=x python app.py && true")
    judgement = verdict(folder, [RIGHT])
    assert "process of its own" in judgement.how
    assert judgement.holds


def test_the_app_sees_no_credentials(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_PROFILE", "production")
    text = f"""import os
assert not {{"AWS_ACCESS_KEY_ID", "AWS_PROFILE"}} & set(os.environ)
assert os.environ["CDK_DEFAULT_ACCOUNT"] == "123456789012"
assert not os.path.exists(os.environ["AWS_CONFIG_FILE"])
{QUEUES}"""
    assert verdict(written(tmp_path, text), [RIGHT]).holds


def test_the_app_writes_into_its_copy_alone(tmp_path: Path) -> None:
    text = f"open('made.txt', 'w').write('x')\n{QUEUES}"
    folder = written(tmp_path, text)
    assert verdict(folder, [RIGHT]).holds
    assert {path.name for path in folder.iterdir()} == {"app.py", "cdk.json"}


def test_an_aspect_decides_what_the_source_does_not_show(tmp_path: Path) -> None:
    text = """import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

app = cdk.App()
stack = cdk.Stack(app, "Files")
bucket = s3.Bucket(stack, "Bucket", removal_policy=cdk.RemovalPolicy.DESTROY)
cdk.RemovalPolicies.of(stack).retain()
app.synth()
"""
    folder = written(tmp_path, text)
    (standing,) = verify_apps(outcome(folder), Options())
    found = {(one.rule.code, one.resource, one.line) for one in standing.flaws}
    assert ("TAP002", "Files/Bucket/Resource", 6) in found


def test_what_the_source_does_not_show_is_told_with_the_change(tmp_path: Path) -> None:
    text = """import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

app = cdk.App()
stack = cdk.Stack(app, "Files")
bucket = s3.Bucket(stack, "Bucket", removal_policy=cdk.RemovalPolicy.DESTROY)
cdk.RemovalPolicies.of(stack).retain()
app.synth()
"""
    judgement = verdict(written(tmp_path, text))
    left = {(one.rule.code, one.resource, one.shows) for one in judgement.left}
    assert ("TAP002", "Files/Bucket/Resource", "DeletionPolicy") in left
