"""Apps as people have them: wherever their code lies, whatever it does, whatever it makes."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tapfix.registry import builtin_rules
from tapfix.verify.judge import Judgement, Mark
from tapfix.verify.run import unproved, verify_apps, verify_changes
from tapfix.verify.witness import Options
from tests.verify.apps import QUEUES, RIGHT, outcome, rule, verdict, written

STACK, _, _ = QUEUES.partition("\n\napp = cdk.App()")

MENDED = "'seconds' '(20)' in open(__file__).read()"
"""Whether the fix is in the app's file."""


def app_of(first: str) -> str:
    return f"import aws_cdk as cdk\n{first}\napp = cdk.App()\nShop(app, 'Shop')\napp.synth()\n"


def tree(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def judged(folder: Path) -> Judgement:
    """The judgement of the one app in a folder that is verified."""
    before = contents(folder)
    (one,) = verify_changes(outcome(folder, [RIGHT]), Options(), lambda *_: None)
    assert contents(folder) == before
    return one


def is_proved(judgement: Judgement) -> bool:
    marks = {one.mark for one in judgement.verdicts}
    return judgement.holds and marks == {Mark.PROVED}


# Code and assets outside of the app's folder

FUNCTION = (
    'sqs.Queue(self, "Orders")\n        lambda_.Function(self, "F", handler="i.h",'
    " runtime=lambda_.Runtime.PYTHON_3_12, code=lambda_.Code.from_asset('../lambda'))"
)


def test_what_is_shared_in_a_repository_is_there(tmp_path: Path) -> None:
    stack = STACK.replace('sqs.Queue(self, "Orders")', FUNCTION).replace(
        "as sqs", "as sqs, aws_lambda as lambda_"
    )
    tree(
        tmp_path,
        {
            "clouds/infra/cdk.json": '{"app": "python3 app.py"}',
            "clouds/infra/app.py": app_of(
                "import pathlib, subprocess, sys\n"
                "sys.path.append(str(pathlib.Path(__file__).resolve().parents[2]))\n"
                "subprocess.run(['git', 'rev-parse', '--git-dir'], check=True)\n"
                "import shared.names\nfrom shop import Shop"
            ),
            "clouds/infra/shop.py": stack,
            "clouds/lambda/i.py": "def h(event, context): return 1\n",
            "clouds/lambda/manifest.json": "no assembly's",
            "shared/names.py": "",
        },
    )
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert is_proved(judged(tmp_path / "clouds" / "infra"))


SHARED = {
    "infra/cdk.json": '{"app": "python3 app.py"}',
    "infra/app.py": app_of("import sys; sys.path.append('..')\nfrom shared.shop import Shop"),
    "shared/shop.py": STACK,
    "shared/__init__.py": "",
}


def test_a_change_beside_the_app_is_judged_with_it(tmp_path: Path) -> None:
    tree(tmp_path, SHARED)
    (tmp_path / ".git").mkdir()
    judgement = judged(tmp_path)
    assert judgement.root == str(tmp_path / "infra")
    assert is_proved(judgement)


def test_a_wrong_change_beside_the_app_is_held_back(tmp_path: Path) -> None:
    tree(tmp_path, SHARED)
    (tmp_path / ".git").mkdir()
    wrong = rule(("Orders", "receive_message_wait_time", "cdk.Duration.seconds(0)"))
    result = outcome(tmp_path, [wrong])
    judgements = verify_changes(result, Options(), lambda *_: None)
    assert [one.holds for one in judgements] == [False]
    assert set(unproved(result, judgements)) == {str(tmp_path), str(tmp_path / "infra")}


@pytest.mark.parametrize("where", ["../shared", "{tmp_path}/shared"])
def test_what_a_link_leads_to_is_never_written(tmp_path: Path, where: str) -> None:
    files = {name: text for name, text in SHARED.items() if name != "infra/app.py"}
    tree(tmp_path, {**files, "infra/app.py": app_of("from shared.shop import Shop")})
    (tmp_path / "infra" / "shared").symlink_to(where.format(tmp_path=tmp_path))
    assert is_proved(judged(tmp_path / "infra"))


def test_a_file_that_is_known_by_a_link_is_tied(tmp_path: Path) -> None:
    tree(tmp_path, {"cdk.json": '{"app": "python3 app.py"}', "src/app.py": QUEUES})
    (tmp_path / "app.py").symlink_to(tmp_path / "src" / "app.py")
    assert is_proved(judged(tmp_path))


def test_files_around_apps_are_none(tmp_path: Path) -> None:
    tree(tmp_path, SHARED)
    (standing,) = verify_apps(outcome(tmp_path, [RIGHT]), Options())
    assert standing.root == str(tmp_path / "infra")


# What apps do when they run

BUSY = f"""
import multiprocessing, os, subprocess, sys, threading
print("x" * 1_000_000); sys.stderr.write("y" * 1_000_000)
assert sys.stdin.read() == ""
assert "SEEN" not in os.environ
os.environ["SEEN"] = "1"
os.makedirs("made", exist_ok=True)
threading.Thread(target=print).start()
subprocess.run([sys.executable, "-c", ""], check=True)
{STACK}
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map(abs, [-1]) == [1]
    os.chdir("made")
    app = cdk.App()
    Shop(app, "Shop")
    app.synth()
    app.synth()
    if os.fork() == 0:
        sys.exit(3)
    os.wait()
"""


def test_an_app_that_does_all_sorts_of_things(tmp_path: Path) -> None:
    judgement = verdict(written(tmp_path, BUSY), [RIGHT])
    assert is_proved(judgement)
    assert "one kernel" in judgement.how


SPENT = """
import atexit, os
if os.path.exists("../spent"):
    raise RuntimeError("once in a process")
open("../spent", "w").close()
atexit.register(os.remove, "../spent")
"""


def test_an_app_that_runs_once_in_a_process_gets_one_each_time(tmp_path: Path) -> None:
    assert is_proved(verdict(written(tmp_path, SPENT + QUEUES), [RIGHT]))


def test_an_app_that_ends_its_process_or_the_kernel(tmp_path: Path) -> None:
    text = (
        f"{QUEUES}\nimport jsii, os\njsii.kernel.provider._process._process.kill()\nos._exit(0)\n"
    )
    assert is_proved(verdict(written(tmp_path, text), [RIGHT]))


def test_what_comes_out_otherwise_each_time_is_left_out(tmp_path: Path) -> None:
    text = QUEUES.replace(
        "self,\n", 'self, queue_name=__import__("uuid").uuid4().hex, id='
    ).replace('id=            "Returns"', 'id="Returns"')
    judgement = verdict(written(tmp_path, text), [RIGHT])
    assert is_proved(judgement)
    assert "otherwise each time, in 1 place" in judgement.notes[0]


def test_zones_of_another_region_are_no_obstacle(tmp_path: Path) -> None:
    net = (
        'aws_ec2.Vpc(cdk.Stack(app, "Net", env=cdk.Environment(\n'
        '    account="123456789012", region="eu-west-3")), "Vpc")\napp.synth()'
    )
    text = QUEUES.replace("app.synth()", net).replace("as sqs", "as sqs, aws_ec2")
    assert is_proved(verdict(written(tmp_path, text), [RIGHT]))


def test_an_app_that_makes_nothing(tmp_path: Path) -> None:
    judgement = verdict(written(tmp_path, STACK), [RIGHT])
    assert judgement.obstacle == "the app does not synthesise: it makes no stack"


def test_an_error_names_the_app_and_not_its_copy(tmp_path: Path) -> None:
    settings = '{"app": "python3 main.py", "build": "make"}'
    tree(tmp_path, {"app.py": QUEUES, "cdk.json": settings})
    (judgement,) = verify_changes(outcome(tmp_path, [RIGHT]), Options(), lambda *_: None)
    assert f"{tmp_path}/main.py" in (judgement.obstacle or "")
    assert "the build command of its cdk.json is not run" in (judgement.obstacle or "")


@pytest.mark.parametrize("has_more", [False, True])
def test_an_error_that_the_change_brings_is_unexpected(tmp_path: Path, has_more: bool) -> None:
    told = 'cdk.Annotations.of(shop).add_error("one")\n'
    if has_more:
        told += f'if {MENDED}: cdk.Annotations.of(shop).add_error("two")\n'
    text = QUEUES.replace('Shop(app, "Shop")', f'shop = Shop(app, "Shop")\n{told}')
    judgement = verdict(written(tmp_path, text), [RIGHT])
    found = [(one.name, one.path, one.new) for one in judgement.unexpected]
    assert found == ([("Shop", "Error", "two")] if has_more else [])


# Which of several resources a finding is about


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Shop(app, 'Shop')", "Shop(app, 'Shop')\nShop(app, 'Shop2')"),
        (
            "Shop(app, 'Shop')",
            "class Dev(cdk.Stage):\n"
            "    def __init__(self, scope, id):\n"
            "        super().__init__(scope, id)\n"
            "        top = cdk.Stack(self, 'Top')\n"
            "        Shop(top, 'Shop')\n"
            "Dev(app, 'Dev'); Dev(app, 'Prod')",
        ),
        (
            'sqs.Queue(self, "Orders")',
            'sqs.Queue(self, "Orders"); self.more = [\n'
            "            sqs.Queue(self, name, receive_message_wait_time=cdk.Duration.seconds(1))\n"
            '            for name in ("A", "B")]',
        ),
    ],
    ids=["two stacks", "stages with nested stacks", "one line"],
)
def test_all_that_the_line_made_is_proved(tmp_path: Path, old: str, new: str) -> None:
    text = app_of(STACK).replace("import aws_cdk as cdk\n", "", 1).replace(old, new)
    if "Stage" in new:
        text = text.replace("class Shop(cdk.Stack)", "class Shop(cdk.NestedStack)")
    assert is_proved(verdict(written(tmp_path, text), [RIGHT]))


RENAMED = """\
import aws_cdk as cdk
from aws_cdk import aws_events as events, aws_events_targets as targets, aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs, aws_lambda as lambda_, aws_sqs as sqs, aws_athena as athena


class Inner(cdk.NestedStack):
    def __init__(self, scope, id, vpc):
        super().__init__(scope, id)
        ecs.FargateTaskDefinition(self, "Task")
        group = ec2.SecurityGroup(self, "Group", vpc=vpc)
        other = ec2.SecurityGroup(self, "Other", vpc=vpc)
        other.connections.allow_from(group, ec2.Port.tcp(80))


class Shop(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        code = lambda_.Code.from_asset("lambda")
        python = lambda_.Runtime.PYTHON_3_12
        function = lambda_.Function(self, "F", handler="i.h", code=code, runtime=python)
        rule = events.Rule(self, "Rule", schedule=events.Schedule.rate(cdk.Duration.hours(1)))
        rule.add_target(targets.LambdaFunction(function))
        Inner(self, "Inner", ec2.Vpc(self, "Vpc", max_azs=1, nat_gateways=0))
        athena.CfnWorkGroup(self, "Group", name="shop-queries")
        athena.CfnNamedQuery(
            self, "Query", database="d", query_string="s", work_group="shop-queries"
        )


app = cdk.App()
Shop(app, "Shop")
app.synth()
"""


def test_what_follows_from_other_names_is_expected(tmp_path: Path) -> None:
    tree(tmp_path, {"lambda/i.py": "def h(event, context): return 1\n"})
    rules = [one for one in builtin_rules() if one.code == "TAP001"]
    judgement = verdict(written(tmp_path, RENAMED), rules)
    assert ("Shop", "Shop-dev") in judgement.renamed
    assert not judgement.unexpected
    assert is_proved(judgement)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('"Returns"', f'"Returns-dev" if {MENDED} else "Returns"', "LogicalId"),
        ('Shop(app, "Shop")', f'Shop(app, "Shop-dev" if {MENDED} else "Shop")', "StackName"),
    ],
)
def test_an_id_that_no_rule_is_about_is_unexpected(
    tmp_path: Path, old: str, new: str, path: str
) -> None:
    judgement = verdict(written(tmp_path, QUEUES.replace(old, new)), [RIGHT])
    assert [one.mark for one in judgement.verdicts] == [Mark.PROVED]
    assert [one.path for one in judgement.unexpected] == [path]
