"""The VS Code extension: its package, how it finds a server, and VS Code's own workbench with it.

The workbench is the real one, in a browser: its extension host loads the packaged extension, whose
client starts the real server. What Node would give it there, programs and files, a bridge gives it.
"""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tapfix
from tapfix.lsp.settings import options_of
from tapfix.rule import Profile
from tests.editors.vscode.workbench import CODE, STACK, Session, play
from tests.editors.vscode.workshop import EXTENSION, HERE, Workshop, build_workshop, check_finding

pytestmark = pytest.mark.xdist_group("vscode")

EXAMPLES = Path(__file__).parents[2] / "examples"
APP = EXAMPLES / "broken" / "product_catalog"
FIXED = EXAMPLES / "fixed" / "product_catalog"
MANIFEST: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
SETTINGS: dict[str, Any] = MANIFEST["contributes"]["configuration"]["properties"]
OF_THE_EXTENSION = {"path", "interpreter", "run", "trace.server"}


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    with tempfile.TemporaryDirectory(prefix="tapfix-vscode-") as folder:
        yield build_workshop(Path(folder).resolve())


@pytest.fixture(scope="module")
def session(workshop: Workshop) -> Session:
    return play(workshop, APP)


# The package


def test_package_holds_what_runs_and_nothing_else(workshop: Workshop) -> None:
    with zipfile.ZipFile(workshop.package) as archive:
        names = {name for name in archive.namelist() if name.startswith("extension/")}
        script = archive.getinfo("extension/dist/terminateProcess.sh")
        licenses = archive.read("extension/dist/licenses.txt").decode()
    assert names == {
        "extension/LICENSE.txt",
        "extension/changelog.md",
        "extension/dist/extension.js",
        "extension/dist/licenses.txt",
        "extension/dist/terminateProcess.sh",
        "extension/package.json",
        "extension/readme.md",
    }
    assert script.external_attr >> 16 & stat.S_IXUSR
    for package in ("vscode-languageclient", "minimatch", "semver"):
        assert f"{package}\n\n" in licenses


def test_version_is_that_of_tapfix() -> None:
    assert MANIFEST["version"] == tapfix.__version__
    changelog = (EXTENSION / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {tapfix.__version__}\n" in changelog


@pytest.mark.parametrize("folder", [EXTENSION, HERE], ids=["extension", "tests"])
def test_lock_file_holds_checksums_and_no_hosts(folder: Path) -> None:
    text = (folder / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}
    assert packages
    assert [name for name, one in packages.items() if "integrity" not in one] == []
    assert not [name for name, one in packages.items() if "resolved" in one]


def test_types_are_checked(workshop: Workshop) -> None:
    assert workshop.run(workshop.source, "npm", "run", "check").returncode == 0
    wrong = workshop.source / "src" / "wrong.ts"
    wrong.write_text('export const count: number = "three";\n')
    try:
        done = workshop.run(workshop.source, "npm", "run", "check")
    finally:
        wrong.unlink()
    assert "TS2322" in done.stdout
    assert done.returncode != 0


# Settings


def test_settings_are_those_of_the_server() -> None:
    given = {key.removeprefix("tapfix."): one["default"] for key, one in SETTINGS.items()}
    assert options_of(given, ()) == options_of({}, ())
    for key in given.keys() - OF_THE_EXTENSION:
        # What the server knows, it checks: none of them is an object.
        _, faults = options_of({key: {}}, ())
        assert faults, f"the server does not know {key}"


def test_profiles_are_those_of_tapfix() -> None:
    assert SETTINGS["tapfix.profile"]["enum"] == ["", *(one.value for one in Profile)]


def test_programs_named_by_an_untrusted_workspace_are_not_believed() -> None:
    trust = MANIFEST["capabilities"]["untrustedWorkspaces"]
    programs = {key for key, one in SETTINGS.items() if one["scope"] == "machine-overridable"}
    assert (
        programs == set(trust["restrictedConfigurations"]) == {"tapfix.path", "tapfix.interpreter"}
    )


# Finding a server


def test_server_is_looked_for_and_missed_in_words(workshop: Workshop) -> None:
    bare = workshop.folder / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    assert check_finding(workshop, sys.executable, bare / "bin" / "python") is None


# In the workbench


def test_findings_are_those_of_the_command_line(session: Session) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tapfix", "--output-format", "json", str(APP)],
        capture_output=True,
        check=False,
    )
    told = json.loads(run.stdout)["findings"]
    expected = Counter((Path(one["path"]).name, one["line"], one["code"]) for one in told)
    shown = session["start"]["findings"]
    assert Counter((Path(one["path"]).name, one["line"], one["code"]) for one in shown) == expected
    assert len(expected) > 20
    assert all(one["page"].endswith(one["code"].lower()) for one in shown)


def test_status_bar_counts_findings(session: Session) -> None:
    seen = session["start"]
    number = len(seen["findings"])
    assert seen["status"].split() == ["tapfix", str(number)]
    assert f"{number} findings in 2 files" in seen["tooltip"]
    assert "(the setting tapfix.interpreter)" in seen["tooltip"]


def test_commands_are_registered(session: Session) -> None:
    names = {command["command"] for command in MANIFEST["contributes"]["commands"]}
    assert names <= set(session["start"]["commands"])


def test_light_bulb_offers_the_fix_first(session: Session) -> None:
    first, *others = session["menu"]
    assert first == "TAP003: switch deletion protection off (in place)"
    assert "Ignore TAP003 on this line" in others


def test_quick_fix_edits_the_stack_and_can_be_undone(session: Session) -> None:
    seen = session["fix"]
    before = (APP / STACK).read_text(encoding="utf-8")
    assert seen["before"] == seen["undone"] == before
    after = before.replace("deletion_protection=True", "deletion_protection=False")
    assert seen["after"] == after != before, CODE


def test_diff_view_shows_all_files_that_would_change(session: Session) -> None:
    seen = session["diff"]
    changed = _different(APP, FIXED)
    assert seen["title"] == f"tapfix: {APP.name} ({len(changed)} files)"
    first = seen["first"].replace("\xa0", " ")
    assert first.startswith("app.py")
    for text in (APP, FIXED):
        assert (text / "app.py").read_text().splitlines()[-3] in first


def test_fix_that_replaces_a_resource_asks_first(session: Session) -> None:
    seen = session["ask"]
    assert "TAP001: add the environment suffix to the stream_name (replaces)" in seen["asked"]
    assert seen["text"] == (APP / STACK).read_text(encoding="utf-8")


def test_changes_can_be_reviewed_one_by_one(session: Session) -> None:
    seen = session["review"]
    assert "data dies at the next deploy" in seen["asked"]
    assert seen["ticked"] is False
    assert seen["text"] == (APP / STACK).read_text(encoding="utf-8")


def test_fixing_all_makes_the_fixed_example(session: Session) -> None:
    assert "data dies with the stack" in session["fixAll"]["asked"]
    assert session["fixAll"]["tree"] == _tree(FIXED)


def test_unsaved_requirements_count(session: Session) -> None:
    lacking = [one for one in session["unsaved"]["without"] if one["code"] == "TAP014"]
    assert {Path(one["path"]).name for one in lacking} == {"tap_stack.py"}


def test_findings_can_wait_for_the_save(session: Session) -> None:
    seen = session["onSave"]
    assert seen["unsaved"] == seen["old"]


def test_restart_leaves_one_server(session: Session) -> None:
    assert session["restart"] == {"number": 1}


def test_output_says_which_server_runs(session: Session) -> None:
    assert "serving with" in session["output"]
    assert "(the setting tapfix.interpreter)" in session["output"]


def test_missing_server_is_told_and_clears_the_findings(session: Session) -> None:
    seen = session["missing"]
    assert "/nowhere/tapfix (the setting tapfix.path) cannot be run" in seen["text"]
    assert "Install…" in seen["text"]
    assert seen["findings"] == []
    assert seen["status"].startswith("error  tapfix")


def test_nothing_of_an_untrusted_workspace_is_run(session: Session) -> None:
    seen = session["untrusted"]
    assert seen["trusted"] is False
    assert seen["interpreterWasRun"] is False
    assert seen["servers"] == 0
    assert "once you trust it" in seen["text"]
    assert "(the workspace's environment)" in seen["after"]


def test_nothing_went_wrong_unnoticed(session: Session) -> None:
    assert session.steps.get("error") is None
    # The first is told twice on purpose; the second is how VS Code stops work of its own.
    expected = ("error: tapfix: No tapfix with a language server", "uncaught: Canceled")
    kinds = ("error: ", "uncaught: ")
    wrong = [line for line in session["console"] if line.startswith(kinds)]
    assert [line for line in wrong if not line.startswith(expected)] == []


def _tree(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}


def _different(one: Path, other: Path) -> list[str]:
    before, after = _tree(one), _tree(other)
    return [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
