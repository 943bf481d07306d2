"""Looks that keep what they have read see what a fresh look sees; and which apps there are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapfix.api import Options
from tapfix.api.look import look
from tapfix.api.workspace import Superseded, View, Workspace

EXAMPLES = Path(__file__).parents[2] / "examples" / "broken"
STACK = """\
from aws_cdk import RemovalPolicy, Stack, aws_s3 as s3


class StoreStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        files = s3.Bucket(self, "Files", removal_policy=RemovalPolicy.RETAIN)
"""


def silent(_: str) -> None:
    """Nobody wants to hear of steps."""


def app(folder: Path, **files: str) -> Path:
    """An app of a stack, and other files by their stems."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cdk.json").write_text('{"app": "python3 app.py"}')
    (folder / "stack.py").write_text(STACK)
    for stem, text in files.items():
        (folder / f"{stem}.py").write_text(text)
    return folder


def codes(view: View) -> list[list[str]]:
    return [sorted(one.finding.code for one in sight.look.found) for sight in view.sights]


def edits(text: str, choice: random.Random) -> Iterator[str]:
    """Texts, each one edit away from the one before: most are Python, some are not."""
    lines = text.splitlines(keepends=True)
    for _ in range(4):
        number = choice.randrange(len(lines))
        match choice.randrange(7):
            case 0:
                lines.insert(number, "\n")
            case 1:
                lines.insert(number, "# tapfix: ignore[TAP001]\n")
            case 2:
                lines[number] = lines[number].replace("True", "False").replace("RETAIN", "DESTROY")
            case 3:
                lines[number] = lines[number].replace("(", "(\n", 1)
            case 4:
                del lines[number]
            case 5:
                lines[number] = lines[number].replace('"', '"x', 1)
            case 6:
                lines = [line.replace("0", "1").replace('e"', 'o"') for line in lines]
        yield "".join(lines)


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.iterdir()))
def test_a_look_that_keeps_sees_what_a_fresh_one_sees(name: str) -> None:
    choice = random.Random(name)
    root = EXAMPLES / name
    workspace = Workspace((str(root),), Options())
    paths = [p for p in sorted(root.rglob("*.py")) if p.stat().st_size]
    texts: dict[str, bytes] = {}
    for path in choice.sample(paths, min(3, len(paths))):
        for text in edits(path.read_text(), choice):
            texts[str(path)] = text.encode()
            for sight in workspace.see(texts, silent).sights:
                assert sight.look == look(sight.target, sight.files, lambda _: True, silent)


def test_nothing_is_looked_at_twice(tmp_path: Path) -> None:
    workspace = Workspace((str(app(tmp_path)),), Options())
    (first,) = workspace.see({}, silent).sights
    (second,) = workspace.see({str(tmp_path / "stack.py"): STACK.encode()}, silent).sights
    assert first.look is second.look


def test_a_text_that_is_no_python_leaves_what_was_found(tmp_path: Path) -> None:
    workspace = Workspace((str(app(tmp_path)),), Options())
    path = str(tmp_path / "stack.py")
    (whole,) = workspace.see({path: STACK.encode()}, silent).sights
    (typing,) = workspace.see({path: STACK.encode() + b"x = (\n"}, silent).sights
    assert typing.look is whole.look
    assert whole.look.found
    assert typing.is_behind(path)
    assert not whole.is_behind(path)


def test_a_text_that_never_was_python_is_told(tmp_path: Path) -> None:
    workspace = Workspace((str(app(tmp_path)),), Options())
    (sight,) = workspace.see({str(tmp_path / "stack.py"): b"import aws_cdk as ("}, silent).sights
    assert sight.look.found == ()
    assert [problem.line for problem in sight.look.problems] == [1]


def test_a_change_in_the_stack_changes_what_is_found_in_the_handler() -> None:
    root = EXAMPLES / "kinesis_base64"
    workspace = Workspace((str(root),), Options())
    (before,) = workspace.see({}, silent).sights
    handlers = {one.place.path for one in before.look.found if one.finding.code == "TAP020"}
    assert handlers
    stacks = {
        path: data.replace(b"Kinesis", b"Sqs").replace(b"kinesis", b"sqs")
        for path, data in before.files.items()
        if b"aws_cdk" in data
    }
    (after,) = workspace.see(stacks, silent).sights
    assert not {one.finding.code for one in after.look.found} & {"TAP015"}


def test_newer_texts_end_a_look_and_the_next_one_is_whole(tmp_path: Path) -> None:
    workspace = Workspace((str(app(tmp_path)),), Options())
    steps = 0

    def give_up(_: str) -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise Superseded

    with pytest.raises(Superseded):
        workspace.see({}, give_up)
    assert codes(workspace.see({}, silent)) == [["TAP002", "TAP016", "TAP017", "TAP018"]]


def test_a_file_that_is_not_on_disk_yet_is_of_its_app(tmp_path: Path) -> None:
    workspace = Workspace((str(app(tmp_path)),), Options())
    new = str(tmp_path / "second.py")
    view = workspace.see({new: STACK.encode()}, silent)
    assert new in view.sights[0].target.files
    assert len(view.sights[0].look.found) == 2 * 4


def test_files_of_no_app_are_of_no_interest(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("print(1)\n")
    workspace = Workspace((str(tmp_path),), Options())
    assert workspace.see({str(tmp_path / "plain.py"): b"print(2)\n"}, silent).sights == ()


def test_an_app_without_cdk_json_is_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "lib" / "stack.py"
    path.parent.mkdir()
    path.write_text(STACK)
    workspace = Workspace((str(tmp_path),), Options())
    (sight,) = workspace.see({str(path): STACK.encode()}, silent).sights
    assert sight.root == str(tmp_path)


def test_apps_in_several_folders_are_told_apart(tmp_path: Path) -> None:
    one, other = app(tmp_path / "one"), app(tmp_path / "other")
    workspace = Workspace((str(one), str(other)), Options())
    assert [sight.root for sight in workspace.see({}, silent).sights] == [str(one), str(other)]
    workspace.configure((str(other),), Options())
    assert [sight.root for sight in workspace.see({}, silent).sights] == [str(other)]


def test_a_handler_outside_of_its_app_is_found_with_it(tmp_path: Path) -> None:
    root = app(tmp_path / "infra")
    code = 'lambda_.Function(self, "F", runtime=lambda_.Runtime.PYTHON_3_12, handler="main.handler"'
    text = STACK.replace("aws_s3 as s3", "aws_lambda as lambda_, aws_s3 as s3")
    (root / "stack.py").write_text(
        f'{text}        {code}, code=lambda_.Code.from_asset("../service"))\n'
    )
    handler = tmp_path / "service" / "main.py"
    handler.parent.mkdir()
    handler.write_text("def handler(event, context):\n    return 1\n")
    workspace = Workspace((str(tmp_path),), Options())
    (sight,) = workspace.see({str(handler): handler.read_bytes()}, silent).sights
    assert sight.root == str(root)


def test_options_hold_for_apps_that_are_known(tmp_path: Path) -> None:
    root = app(tmp_path / "deep" / "app")
    workspace = Workspace((str(tmp_path),), Options())
    texts = {str(root / "stack.py"): STACK.encode()}
    workspace.see(texts, silent)
    workspace.configure((str(tmp_path),), Options(select=("TAP002",)))
    assert codes(workspace.see(texts, silent)) == [["TAP002"]]


def test_settings_count_and_are_read_again(tmp_path: Path) -> None:
    workspace = Workspace((str(app(tmp_path)),), Options())
    (tmp_path / "tapfix.toml").write_text('select = ["TAP002"]\n')
    assert codes(workspace.see({}, silent)) == [["TAP002"]]
    (tmp_path / "tapfix.toml").write_text('select = ["TAP016"]\n')
    assert codes(workspace.see({}, silent)) == [["TAP002"]], "nobody has said that it changed"
    workspace.touched([str(tmp_path / "tapfix.toml")])
    assert codes(workspace.see({}, silent)) == [["TAP016"]]


def test_settings_that_cannot_be_used_are_told_and_the_last_ones_hold(tmp_path: Path) -> None:
    workspace = Workspace((str(app(tmp_path)),), Options())
    (tmp_path / "tapfix.toml").write_text('select = ["TAP002"]\n')
    workspace.see({}, silent)
    (tmp_path / "tapfix.toml").write_text("selekt = 1\n")
    workspace.touched([str(tmp_path / "tapfix.toml")])
    view = workspace.see({}, silent)
    assert codes(view) == [["TAP002"]]
    assert "did you mean 'select'" in view.faults[str(tmp_path)][0]


def test_an_app_that_is_gone_is_let_go(tmp_path: Path) -> None:
    root = app(tmp_path / "app")
    workspace = Workspace((str(root),), Options())
    workspace.see({}, silent)
    for path in (root / "cdk.json", root / "stack.py"):
        path.unlink()
    workspace.touched([str(root / "stack.py")])
    assert workspace.see({}, silent).sights == ()
