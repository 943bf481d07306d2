"""The witness itself: what ``tests.synthesis`` promises."""

from __future__ import annotations

from pathlib import Path

from tests.synthesis import ABSENT, Template, difference, normalised, synthesise

APP = """
import os
from aws_cdk import App, CfnOutput, Stack, aws_lambda, aws_sqs
from lib import names

app = App(context={"colour": "unseen", "own": "seen"})
print("to be kept out of the protocol")
suffix = os.environ["ENVIRONMENT_SUFFIX"]
stack = Stack(app, f"Stack-{suffix}")
queue = aws_sqs.Queue(stack, f"Queue-{suffix}", queue_name=names.QUEUE)
aws_lambda.Function(
    stack, "Function", runtime=aws_lambda.Runtime.PYTHON_3_12, handler="code.handler",
    code=aws_lambda.Code.from_asset("code"), environment={"QUEUE": queue.queue_url},
)
for key in ("colour", "own"):
    CfnOutput(stack, key, value=app.node.get_context(key))
"""


def write_app(folder: Path, queue: str, app: str = APP) -> Path:
    texts = {
        "cdk.json": '{"app": "python3 bin/main.py", "context": {"colour": "blue"}}',
        "bin/main.py": app,
        "bin/lib/names.py": f"QUEUE = {queue!r}\n",
        "code/code.py": f"def handler(event, context):\n    return {queue!r}\n",
    }
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def synthesised(folder: Path, **options: dict[str, str]) -> Template:
    env = {"ENVIRONMENT_SUFFIX": "dev", **options.get("env", {})}
    made = synthesise(folder, context=options.get("context", {}), env=env)
    assert made.error is None
    (template,) = made.templates.values()
    return template


def test_context_comes_from_cdk_json_and_can_be_overridden(tmp_path: Path) -> None:
    app = write_app(tmp_path, "one")
    outputs = synthesised(app)["Outputs"]
    assert (outputs["colour"]["Value"], outputs["own"]["Value"]) == ("blue", "seen")
    assert synthesised(app, context={"colour": "red"})["Outputs"]["colour"]["Value"] == "red"


def test_apps_do_not_see_each_other(tmp_path: Path) -> None:
    first = synthesised(write_app(tmp_path / "first", "one"))
    second = synthesised(write_app(tmp_path / "second", "two"))
    paths = [path for path, _ in difference(normalised(first), normalised(second))]
    assert paths == ["Stack-dev/Queue-dev/Resource"]  # the code differs too: by its hash alone


def test_an_error_is_reported_and_the_next_app_runs(tmp_path: Path) -> None:
    bad = write_app(tmp_path / "bad", "one", "raise LookupError('no\\nsuch table')\n")
    assert synthesise(bad).error == "LookupError: such table"
    left = write_app(tmp_path / "left", "one", "raise SystemExit(3)\n")
    assert synthesise(left).error == "SystemExit: 3"
    assert synthesised(write_app(tmp_path / "good", "one"))


def test_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    app = write_app(tmp_path, "one")
    before = sorted(app.rglob("*"))
    synthesised(app)
    assert sorted(app.rglob("*")) == before


def test_the_assembly_is_kept_where_asked(tmp_path: Path) -> None:
    app = write_app(tmp_path / "app", "one")
    out = tmp_path / "out"
    synthesise(app, env={"ENVIRONMENT_SUFFIX": "dev"}, outdir=out)
    assert [path.read_text("utf-8") for path in out.rglob("code.py")] == [
        (app / "code/code.py").read_text("utf-8")
    ]


def test_a_suffix_in_ids_is_no_difference_once_normalised(tmp_path: Path) -> None:
    app = write_app(tmp_path, "one")
    dev, prod = synthesised(app), synthesised(app, env={"ENVIRONMENT_SUFFIX": "prod"})
    assert normalised(dev) != normalised(prod)
    assert normalised(dev, "dev") == normalised(prod, "prod")


def test_differences_are_named_by_resource_and_property() -> None:
    before = {"Resources": {"A": {"Type": "T", "Properties": {"Rules": [{"Days": 1}]}}}}
    after = {
        "Resources": {
            "A": {"Type": "T", "Properties": {"Rules": [{"Days": 2}]}, "DeletionPolicy": "Delete"},
        },
        "Outputs": {"Name": {"Value": "a"}},
    }
    assert difference(before, after) == {
        ("A", "Properties.Rules[0].Days"): (1, 2),
        ("A", "DeletionPolicy"): (ABSENT, "Delete"),
        ("Outputs/Name", ""): (ABSENT, {"Value": "a"}),
    }
