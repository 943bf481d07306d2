"""The GitHub Action's scripts, as a runner starts them."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.discover.test_revisions import commit, git
from tests.integrations.programs import run
from tests.integrations.stacks import flawed, sound

ROOT = Path(__file__).parents[2]
ACTION = (ROOT / "action.yml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Step:
    """What a step of a job came to."""

    code: int
    out: str
    summary: str
    outputs: Mapping[str, str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A branch with a flawed file that its base does not have, and one that it has."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "-q", "-b", "main")
    (origin / "cdk.json").write_text("{}")
    commit(origin, old=flawed("Old"))
    folder = tmp_path / "my project"
    git(tmp_path, "clone", "-q", str(origin), str(folder))
    git(folder, "checkout", "-q", "-b", "feature")
    (folder / "more stacks").mkdir()
    (folder / "more stacks" / "new.py").write_text(flawed("New"))
    commit(folder)
    return folder


def step(project: Path, **inputs: str) -> Step:
    """Run the script with these inputs, by the names that it knows them by."""
    told = project.parent / "told"
    told.mkdir(exist_ok=True)
    files = {name: told / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("before=1\n")
    given = {name: str(file) for name, file in files.items()}
    nothing = dict.fromkeys(re.findall(r"^ +(TAPFIX_\w+): ", ACTION, re.MULTILINE), "")
    assert inputs.keys() <= {*nothing, "GITHUB_BASE_REF"}
    environment = {"GITHUB_BASE_REF": "", **nothing, **given, **inputs}
    ended = run(ROOT / "action" / "run.sh", cwd=project, environment=environment)
    first, *outputs = files["GITHUB_OUTPUT"].read_text().splitlines()
    assert first == "before=1"
    pairs = (line.partition("=") for line in outputs)
    return Step(
        ended.returncode,
        ended.stdout,
        files["GITHUB_STEP_SUMMARY"].read_text().removeprefix("before=1\n"),
        {name: value for name, _, value in pairs},
    )


def places(out: str) -> list[str]:
    return re.findall(r"^::warning .*file=([^,]+),line=8,", out, re.MULTILINE)


def test_annotations_summary_outputs_and_exit_code(project: Path) -> None:
    done = step(project, TAPFIX_SARIF_FILE="tapfix.sarif", TAPFIX_ARGS="  --select\nTAP007 ")
    assert done.code == 1
    assert sorted(places(done.out)) == ["more stacks/new.py", "old.py"]
    assert done.summary.startswith("### tapfix\n")
    assert "`old.py:8`" in done.summary
    assert done.outputs == {"exit-code": "1", "findings": "2", "sarif-file": "tapfix.sarif"}
    sarif = json.loads((project / "tapfix.sarif").read_text())
    assert len(sarif["runs"][0]["results"]) == 2


def test_paths_stand_one_a_line(project: Path) -> None:
    (project / "--odd").mkdir()
    done = step(project, TAPFIX_PATHS="more stacks/new.py\n--odd\n", TAPFIX_ARGS="--exit-zero")
    assert (done.code, places(done.out)) == (0, ["more stacks/new.py"])
    assert done.outputs == {"exit-code": "0", "findings": "1", "sarif-file": ""}


def test_only_what_a_pull_request_changes(project: Path) -> None:
    done = step(project, TAPFIX_CHANGED_ONLY="true", GITHUB_BASE_REF="main")
    assert (done.code, places(done.out)) == (1, ["more stacks/new.py"])
    done = step(project, TAPFIX_CHANGED_ONLY="true")
    assert done.out.startswith("::notice title=tapfix::this is no pull request: all files")
    assert len(places(done.out)) == 2
    done = step(project, TAPFIX_CHANGED_ONLY="true", GITHUB_BASE_REF="gone")
    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    assert done.out == (
        "::error title=tapfix::changed-only needs actions/checkout with fetch-depth: 0\n"
    )


def test_nothing_left_and_what_cannot_be_done(project: Path) -> None:
    for file in ("old.py", "more stacks/new.py"):
        (project / file).write_text(sound("Any"))
    done = step(project)
    assert (done.code, done.out, done.outputs["findings"]) == (0, "", "0")
    assert "Nothing to fix" in done.summary
    done = step(project, TAPFIX_PATHS="missing")
    assert (done.code, done.outputs["exit-code"]) == (2, "2")
    assert "::error title=tapfix,file=missing::no such file or folder" in done.out
    # Bad usage: nothing was read, so there is nothing to tell.
    done = step(project, TAPFIX_ARGS="--no-such-option")
    assert (done.code, done.summary) == (2, "")
    assert done.outputs == {"exit-code": "2", "findings": "", "sarif-file": ""}


def test_what_it_does_not_understand_it_refuses(project: Path) -> None:
    done = step(project, TAPFIX_CHANGED_ONLY="yes")
    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    assert done.out == "::error title=tapfix::changed-only is true or false\n"
    done = step(project, TAPFIX_SARIF_FILE="tapfix.sarif\nfindings=0")
    assert (done.code, done.outputs) == (2, {"exit-code": "2"})


def test_a_file_that_was_there_before_is_not_said_to_be_written(project: Path) -> None:
    (project / "tapfix.sarif").write_text("{}")
    done = step(project, TAPFIX_SARIF_FILE="tapfix.sarif", TAPFIX_ARGS="--no-such-option")
    assert (done.code, done.outputs["sarif-file"]) == (2, "")


def test_nothing_of_the_checkout_is_run(project: Path) -> None:
    for name in ("json", "sys", "tapfix", "typer", "encodings"):
        (project / f"{name}.py").write_text("open('ran', 'w')\n")
    assert step(project, TAPFIX_ARGS="--select TAP007").outputs["findings"] == "2"
    assert not (project / "ran").exists()


def wheel(folder: Path, version: str) -> Path:
    """A tapfix that only says its version."""
    about = {
        "METADATA": f"Metadata-Version: 2.1\nName: tapfix\nVersion: {version}\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": "[console_scripts]\ntapfix = tapfix:main\n",
        "RECORD": "",
    }
    file = folder / f"tapfix-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tapfix.py", f"def main():\n    print({version!r})\n")
        for name, text in about.items():
            archive.writestr(f"tapfix-{version}.dist-info/{name}", text)
    return file


def test_it_installs_the_version_that_is_asked_for_or_its_own(project: Path) -> None:
    released, own = (wheel(project.parent, version) for version in ("9.9.9", "8.8.8"))
    for name in ("venv", "ensurepip"):
        (project / f"{name}.py").write_text("open('ran', 'w')\n")
    found = project.parent / "path"
    environment = {
        "RUNNER_TEMP": str(project.parent),
        "GITHUB_PATH": str(found),
        # A wheel stands for the folder that the action lies in: pip takes both.
        "GITHUB_ACTION_PATH": str(own),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(released.parent),
    }
    for asked, got in {"9.9.9": "9.9.9", "": "8.8.8"}.items():
        given = {**environment, "TAPFIX_VERSION": asked}
        ended = run(ROOT / "action" / "install.sh", cwd=project, environment=given)
        assert (ended.returncode, ended.stderr) == (0, "")
        added, *more = found.read_text().splitlines()
        assert {added, *more} == {added}
        path = {"PATH": os.pathsep.join([added, os.environ["PATH"]])}
        assert run("bash", "-c", "tapfix", cwd=project, environment=path).stdout == f"{got}\n"
    assert not (project / "ran").exists()


def test_what_an_input_holds_is_never_run(project: Path) -> None:
    done = step(project, TAPFIX_PATHS="$(touch ran)", TAPFIX_ARGS="--select `touch${IFS}ran`")
    assert done.code == 2
    assert not (project / "ran").exists()
    # Nor does the action put it into a script.
    assert "${{" not in "".join(re.findall(r"^ +run: .*$", ACTION, re.MULTILINE))


def test_the_scripts_and_the_container_file_are_clean(tmp_path: Path) -> None:
    scripts = sorted((ROOT / "action").glob("*.sh"))
    assert len(re.findall(r"/action/(\w+\.sh)", ACTION)) == len(scripts) == 2
    assert run("shellcheck", *scripts, cwd=tmp_path).stdout == ""
    checked = run("hadolint", ROOT / "Containerfile", cwd=tmp_path)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_github_would_take_the_action(tmp_path: Path) -> None:
    words = ("--builtin-schema", "vendor.github-actions", ROOT / "action.yml")
    checked = run("check-jsonschema", *words, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout


def test_every_input_and_output_is_one_that_the_script_knows() -> None:
    script = "".join(file.read_text() for file in (ROOT / "action").glob("*.sh"))
    for name in re.findall(r"^ +(TAPFIX_\w+): ", ACTION, re.MULTILINE):
        assert name in script
    for name in re.findall(r"steps\.run\.outputs\.([\w-]+)", ACTION):
        assert f'echo "{name}=' in script


def test_the_manual_has_the_inputs_and_the_hooks() -> None:
    manual = (ROOT / "docs" / "integrations.md").read_text(encoding="utf-8")
    inputs = ACTION.partition("inputs:")[2].partition("outputs:")[0]
    names = re.findall(r"^  ([\w-]+):$", inputs, re.MULTILINE)
    assert re.findall(r"^\| `([\w-]+)` \|", manual, re.MULTILINE) == names
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    for name in re.findall(r"^- id: (.+)$", hooks, re.MULTILINE):
        assert re.search(rf"- id: {name}\b", manual)
