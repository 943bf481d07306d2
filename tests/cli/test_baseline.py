"""``--baseline`` and ``--write-baseline``: old findings are silent, new ones are not."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapfix.api import Options, kept_back, run, write
from tapfix.api.ledgers import written
from tapfix.api.result import Mode, Result
from tapfix.api.workspace import Workspace
from tapfix.config import BASELINE_FILE
from tapfix.edits import Finding, Fix, Impact, SetArgument
from tapfix.model.app import App
from tapfix.registry import Rules
from tapfix.rule import Rule
from tests.cli.conftest import FIX, OFF, ON, Run
from tests.discover.test_revisions import git
from tests.fake_rules import crasher, mover, rule, setter, things

GIVEN = f"--baseline={BASELINE_FILE}"
PASSWORD = "hunter2-secret"


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal for each test."""
    monkeypatch.setenv("TAPFIX_STATE_DIR", str(tmp_path_factory.mktemp("state")))


def entries(app: Path) -> list[dict[str, str]]:
    content: dict[str, list[dict[str, str]]] = json.loads((app / BASELINE_FILE).read_bytes())
    return content["findings"]


def namer(code: str = "TAP905") -> Rule:
    """A rule that gives a name to every ``Thing`` that has none."""

    def find(app: App) -> Iterator[Finding]:
        for switch in (True, False):
            for module, call in things(app, switch):
                if all(keyword.arg != "name" for keyword in call.keywords):
                    ref = module.ref(call)
                    fix = Fix("name it", Impact.NONE, (SetArgument(ref, "name", "'thing'"),))
                    yield Finding(code, ref, "a thing has no name", fix)

    return rule(find, code, "thing-name")


def counter() -> Rule:
    """A rule whose message depends on all arguments of the thing."""

    def find(app: App) -> Iterator[Finding]:
        for module, call in things(app, True):
            count = f"a thing has arguments: {len(call.keywords)}"
            yield Finding("TAP908", module.ref(call), count)

    return rule(find, "TAP908", "thing-arguments")


def teller() -> Rule:
    """A rule whose message has a password in it, which no rule's should."""

    def find(app: App) -> Iterator[Finding]:
        for module, call in things(app, True):
            message = f"a thing knows {PASSWORD}"
            yield Finding("TAP906", module.ref(call), message, hides=(PASSWORD,))

    return rule(find, "TAP906", "thing-password")


def test_old_findings_are_silent_and_new_ones_fail(app: Path, tapfix: Run) -> None:
    code, out, err = tapfix("--write-baseline")
    assert (code, out) == (0, b"")
    assert err.splitlines() == [
        f"tapfix: {BASELINE_FILE}: 1 finding",
        f'tapfix: {GIVEN}, or baseline = "{BASELINE_FILE}" in the settings, makes it count',
        "tapfix: Nothing to fix in 1 file of 1 app (profile ephemeral).",
        "tapfix: 1 finding in the baseline.",
    ]
    code, out, err = tapfix(GIVEN)
    assert (code, out, "tapfix: 1 finding in the baseline." in err.splitlines()) == (0, b"", True)
    assert json.loads(tapfix(GIVEN, "--output-format=json")[1])["summary"]["baselined"] == 1
    assert tapfix()[0] == 1
    # One that is alike is one more.
    (app / "app.py").write_bytes(ON + b"Thing(switch=True)\n")
    code, out, _ = tapfix(GIVEN)
    assert (code, out.count(FIX.code.encode())) == (1, 1)


def test_lines_move_and_layout_changes(app: Path, tapfix: Run) -> None:
    tapfix("--write-baseline")
    moved = b"'''A thing.'''\n\nimport aws_cdk\n\n\n# On.\nThing(\n    switch=True,\n)\n"
    (app / "app.py").write_bytes(moved)
    assert tapfix(GIVEN)[0] == 0


def test_fixes_leave_what_is_in_the_baseline(app: Path, tapfix: Run) -> None:
    tapfix("--write-baseline")
    (app / "more.py").write_bytes(ON)
    code, out, _ = tapfix("--dry-run", GIVEN)
    assert (code, out.count(b"diff --git a/more.py"), out.count(b"diff --git")) == (1, 1, 1)
    assert tapfix("--apply", GIVEN)[0] == 0
    assert [(app / name).read_bytes() for name in ("app.py", "more.py")] == [ON, OFF]


@pytest.mark.parametrize("above", ["", "import os\n" * 30])
def test_a_fix_of_something_else_brings_up_nothing_old(app: Path, tapfix: Run, above: str) -> None:
    (app / "app.py").write_bytes(above.encode() + ON)
    both = Rules((FIX, namer()))
    tapfix("--write-baseline", "--select=TAP901", rules=both)
    assert tapfix("--apply", GIVEN)[0] == 0
    named = ON.replace(b"True", b"True, name='thing'").replace(b"'", b'"')
    assert (app / "app.py").read_bytes().replace(b"'", b'"') == above.encode() + named
    # The statement is another one now, and says the same.
    assert tapfix(GIVEN)[:2] == (0, b"")


@pytest.mark.usefixtures("app")
def test_an_old_finding_that_a_fix_changes_in_all_but_its_line_is_told(tapfix: Run) -> None:
    # The next run cannot know that it is the same: so this one does not say that all is well.
    rules = Rules((counter(), namer()))
    tapfix("--write-baseline", "--select=TAP908", rules=rules)
    reason = "    no fix: the baseline has it as it is without the fixes of other findings;"
    for mode, words in (("--dry-run", "Would fix"), ("--apply", "Fixed")):
        code, out, err = tapfix(mode, GIVEN)
        text = out.decode() + err
        assert code == 1
        assert "app.py:3:1: TAP908 a thing has arguments: 2 [no fix]\n" + reason in text
        assert f"{words} 1 finding by changing 1 file; 1 left" in err
        assert "in the baseline." not in err
    assert tapfix(GIVEN)[0] == 1
    tapfix("--write-baseline", GIVEN)
    assert tapfix(GIVEN)[:2] == (0, b"")


@pytest.mark.usefixtures("tapfix")
def test_where_nothing_is_written_it_is_in_the_baseline_still(app: Path) -> None:
    known = (counter(), namer())
    first = run(["."], Options(rules=known, write_baseline=True, select=("TAP908",)))
    _, files = written(first)
    for file, data in files.items():
        file.write_bytes(data)
    result = run(["."], Options(Mode.APPLY, rules=known, baseline=BASELINE_FILE))
    assert [one.finding.code for one in result.left] == ["TAP908"]
    assert (result.baselined, len(result.fixed)) == ((), 1)
    for without in (kept_back(result, [str(app)], "not proved"), changed_meanwhile(app, result)):
        assert [one.finding.code for one in without.left] == ["TAP905"]
        assert [one.finding.message for one in without.baselined] == ["a thing has arguments: 1"]
        assert (without.changes, dict(without.outgrown)) == ({}, {})


def changed_meanwhile(app: Path, result: Result) -> Result:
    (app / "app.py").write_bytes(OFF)
    return write(result)


def test_what_a_fix_brings_up_is_new_whatever_the_baseline_says(app: Path, tapfix: Run) -> None:
    rules = Rules((FIX, mover()))
    (app / "moved.py").write_bytes(ON)
    tapfix("--write-baseline", rules=rules)
    (app / "moved.py").unlink()
    (app / "app.py").write_bytes(ON.replace(b"True", b"'move'"))
    tapfix("--apply", GIVEN)
    assert (app / "moved.py").read_bytes() == OFF


def test_entries_that_match_nothing_are_told_and_dropped(app: Path, tapfix: Run) -> None:
    for name in ("b.py", "c.py"):
        (app / name).write_bytes(ON)
    tapfix("--write-baseline")
    whole = (app / BASELINE_FILE).read_bytes()
    (app / "b.py").write_bytes(OFF)
    (app / "c.py").unlink()
    code, out, _ = tapfix(GIVEN)
    gone = "this entry matches nothing any more: TAP901 in {} [baseline]"
    told = [
        f"{BASELINE_FILE}:{line}: {gone.format(name)}" for line, name in ((6, "b.py"), (7, "c.py"))
    ]
    assert (code, out.decode().splitlines()) == (0, told)
    # Of what was not asked about, nothing is known.
    assert tapfix(GIVEN, "app.py")[:2] == tapfix(GIVEN, "--select=TAP902")[:2] == (0, b"")
    tapfix("--write-baseline", "app.py", GIVEN)
    assert (app / BASELINE_FILE).read_bytes() == whole
    assert f"{BASELINE_FILE}: 1 finding, 2 dropped" in tapfix("--write-baseline", GIVEN)[2]
    assert [one["path"] for one in entries(app)] == ["app.py"]


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("concise", "any more: TAP901 in app.py [baseline]"),
        ("markdown", "* baseline: "),
        ("gitlab", '"check_name": "unmatched-baseline"'),
        ("github", "::notice title=tapfix,file=.tapfix-baseline.json,line=5::"),
        ("sarif", "this entry matches nothing any more"),
        ("rdjson", "this entry matches nothing any more"),
        ("html", "Entries of the baseline that match nothing"),
        ("json", '"unmatched_baseline": [\n    {'),
    ],
)
def test_reports_have_them_by_a_name_of_their_own(
    app: Path, tapfix: Run, name: str, mark: str
) -> None:
    tapfix("--write-baseline")
    (app / "app.py").write_bytes(OFF)
    code, out, _ = tapfix(GIVEN, f"--output-format={name}")
    assert (code, mark in out.decode(), b"[suppression]" in out) == (0, True, False)


def test_one_of_two_that_are_alike_is_mended(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_bytes(ON + b"Thing(switch=True)\n")
    tapfix("--write-baseline")
    (app / "app.py").write_bytes(ON)
    code, out, err = tapfix(GIVEN)
    (told,) = out.decode().splitlines()
    # One of the two: which one, nobody can tell.
    assert re.match(rf"{BASELINE_FILE}:[56]: ", told)
    assert told.endswith(": this entry matches nothing any more: TAP901 in app.py [baseline]")
    assert code == 0
    assert "tapfix: 1 finding in the baseline." in err.splitlines()


@pytest.mark.parametrize("broken", ["app.py", "more.py"])
def test_a_file_that_cannot_be_read_keeps_the_entries_of_its_app(
    app: Path, tapfix: Run, broken: str
) -> None:
    # What is found in one file may come from another one.
    (app / "more.py").write_bytes(ON)
    tapfix("--write-baseline")
    (app / "app.py").write_bytes(OFF)
    (app / broken).write_bytes(ON + b"(")
    code, out, _ = tapfix("--write-baseline", GIVEN)
    assert (code, b"matches nothing" in out, len(entries(app))) == (2, False, 2)


def test_a_rule_that_crashes_or_cannot_be_loaded_keeps_its_entries(app: Path, tapfix: Run) -> None:
    tapfix("--write-baseline", rules=Rules((FIX, namer())))
    whole = (app / BASELINE_FILE).read_bytes()
    (app / "app.py").write_bytes(OFF.replace(b"False", b"False, name='x'"))
    for rules in (
        Rules((FIX, crasher("TAP905"))),
        Rules((FIX,), ("the rules of a package cannot be loaded",)),
    ):
        code, out, _ = tapfix(GIVEN, rules=rules)
        assert (code, b"TAP905 in app.py" in out) == (2, False)
    assert tapfix("--write-baseline", GIVEN)[0] == 2
    assert [one["code"] for one in entries(app)] == ["TAP905"]
    (app / BASELINE_FILE).write_bytes(whole)
    code, out, _ = tapfix(GIVEN, rules=Rules((FIX,)))
    assert (code, b"this entry matches nothing: there is no rule TAP905 [baseline]" in out) == (
        0,
        True,
    )


def test_another_app_does_not_vouch_for_a_file_that_is_gone(app: Path, tapfix: Run) -> None:
    (app / "app.py").unlink()
    for name in ("one", "two"):
        (app / name).mkdir()
        (app / name / "app.py").write_bytes(ON)
        (app / name / "cdk.json").write_text("{}")
    (app / "one/more.py").write_bytes(ON)
    (app / "two/tapfix.toml").write_text('ignore = ["TAP901"]\n')
    tapfix("--write-baseline")
    (app / "one/more.py").unlink()
    assert b"any more: TAP901 in one/more.py [baseline]" in tapfix(GIVEN)[1]
    # Whose rules do not look for it cannot tell.
    assert tapfix(GIVEN, "--ignore=TAP901")[:2] == (0, b"")


def test_the_file_is_sorted_with_an_entry_a_line(app: Path, tapfix: Run) -> None:
    (app / "zoo.py").write_bytes(ON)
    (app / "b\u00e4r.py").write_bytes(ON * 2)
    tapfix("--write-baseline")
    first = (app / BASELINE_FILE).read_bytes()
    lines = [json.loads(line.rstrip(b",")) for line in first.splitlines() if b"path" in line]
    assert lines == entries(app)
    keys = [(one["path"], one["fingerprint"]) for one in lines]
    assert keys == sorted(keys)
    assert [path for path, _ in keys] == ["app.py", "b\u00e4r.py", "b\u00e4r.py", "zoo.py"]
    (app / "app.py").write_bytes(b"# moved\n" + ON)
    tapfix("--write-baseline", GIVEN)
    assert (app / BASELINE_FILE).read_bytes() == first


@pytest.mark.parametrize("folder", [".", "deep/down"])
def test_the_file_is_the_same_with_and_without_a_repository(
    app: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (app / folder).mkdir(parents=True, exist_ok=True)
    (app / "app.py").rename(app / folder / "app.py")
    (app / folder / "cdk.json").write_text("{}")
    tapfix("--write-baseline")
    first = (app / BASELINE_FILE).read_bytes()
    git(app, "init", "-q", "-b", "main")
    tapfix("--write-baseline", GIVEN)
    assert (app / BASELINE_FILE).read_bytes() == first
    # Nor does it matter where the user stands, and how the paths are given.
    monkeypatch.chdir(app / folder)
    tapfix("--write-baseline", f"--baseline={app / BASELINE_FILE}", "app.py")
    assert (app / BASELINE_FILE).read_bytes() == first
    assert tapfix(f"--baseline={os.path.relpath(app / BASELINE_FILE)}", str(app))[:2] == (0, b"")


def test_a_pipe_is_no_place_to_write_it(app: Path, tapfix: Run) -> None:
    os.mkfifo(app / "pipe")
    (app / "link").symlink_to("nowhere")
    for name in ("pipe", "link", "."):
        code, out, err = tapfix("--write-baseline", f"--baseline={name}")
        assert (code, out, err.count("\n"), "is no plain file" in err) == (2, b"", 1, True)


def test_no_password_is_in_it(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_text(f"import aws_cdk\n\nThing(switch=True)  # {PASSWORD}\n")
    code, _, err = tapfix("--write-baseline", rules=Rules((teller(),)))
    assert (code, PASSWORD in err) == (0, False)
    assert PASSWORD not in (app / BASELINE_FILE).read_text()
    assert [one["message"] for one in entries(app)] == [""]
    assert tapfix(GIVEN)[:2] == (0, b"")


def test_several_apps_and_their_settings(app: Path, tapfix: Run) -> None:
    (app / "app.py").unlink()
    for name in ("one", "two"):
        (app / name).mkdir()
        (app / name / "app.py").write_bytes(ON)
        (app / name / "cdk.json").write_text("{}")
    assert tapfix("--write-baseline", "one")[0] == 0
    # The apps are alike: it is the place that tells.
    code, out, _ = tapfix(GIVEN)
    assert (code, b"two/app.py" in out, b"one/app.py" in out) == (1, True, False)
    tapfix("--write-baseline", GIVEN)
    assert [one["path"] for one in entries(app)] == ["one/app.py", "two/app.py"]
    assert tapfix(GIVEN)[:2] == (0, b"")
    (app / BASELINE_FILE).unlink()
    (app / "one" / "tapfix.toml").write_text('baseline = "known.json"\n')
    code, _, err = tapfix()
    known = app / "one/known.json"
    hint = "cannot be read: No such file or directory; --write-baseline makes it"
    assert (code, err) == (2, f"tapfix: {known}: {hint}\n")
    assert tapfix("--write-baseline", "one")[0] == 0
    assert (known.exists(), (app / BASELINE_FILE).exists()) == (True, False)
    assert (tapfix("one")[0], tapfix()[0], tapfix("one", "--no-baseline")[0]) == (0, 1, 1)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"{", "is no baseline: Expecting"),
        (b"\xff", "is no baseline: 'utf-8'"),
        (b"[" * 100_000, "is no baseline: "),
        (b"[]", "is no baseline of tapfix"),
        (b'{"tapfix-baseline": 9}', "is a baseline of another version"),
        (b'{"tapfix-baseline": 1, "fingerprints": "tapfix/v1"}', "it has no list of findings"),
        (
            b'{"tapfix-baseline": 1, "fingerprints": "tapfix/v1", "findings": [{"path": 1}]}',
            "finding 1 lacks",
        ),
        (
            b'{"tapfix-baseline": 1, "fingerprints": "tapfix/v1", "findings": [{"path": "\\ud800",'
            b' "code": "TAP901", "message": "", "fingerprint": ""}]}',
            "finding 1 lacks",
        ),
    ],
)
@pytest.mark.parametrize("option", ["--apply", "--write-baseline"])
def test_a_broken_file_is_one_line_and_nothing_is_done(
    app: Path, tapfix: Run, content: bytes, fault: str, option: str
) -> None:
    (app / BASELINE_FILE).write_bytes(content)
    code, out, err = tapfix(GIVEN, option)
    assert (code, out, err.count("\n")) == (2, b"", 1)
    assert err.startswith(f"tapfix: {app / BASELINE_FILE}: ")
    assert fault in err
    assert [(app / name).read_bytes() for name in ("app.py", BASELINE_FILE)] == [ON, content]


def test_it_is_written_whole_or_not_at_all(
    app: Path, tapfix: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tapfix("--write-baseline")
    before = (app / BASELINE_FILE).read_bytes()
    (app / "more.py").write_bytes(ON)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    code, _, err = tapfix("--write-baseline", GIVEN)
    line = f"tapfix: cannot go on: No space left on device: {app / BASELINE_FILE}\n"
    assert (code, err) == (2, line)
    assert (app / BASELINE_FILE).read_bytes() == before
    assert {path.name for path in app.iterdir()} == {"app.py", "more.py", BASELINE_FILE}


@pytest.mark.parametrize("other", ["--apply", "--dry-run", "--no-baseline"])
def test_what_does_not_go_together_is_refused(app: Path, tapfix: Run, other: str) -> None:
    assert tapfix("--write-baseline", other)[0] == 2
    assert not (app / BASELINE_FILE).exists()
    assert tapfix("--baseline=")[0] == 2


def test_an_editor_honours_the_setting(app: Path, tapfix: Run) -> None:
    (app / "cdk.json").write_text("{}")
    tapfix("--write-baseline")
    (app / "tapfix.toml").write_text(f'baseline = "{BASELINE_FILE}"\n')
    workspace = Workspace([str(app)], Options(rules=(setter(True, False),)))
    path = str(app / "app.py")

    def found(text: bytes) -> int:
        (sight,) = workspace.see({path: text}, lambda _: None).sights
        return len(sight.look.found)

    assert found(ON) == 0
    assert found(b"\n" + ON + b"Thing(switch=True)\n") == 1
