"""reviewdog's format, held against what its proto file documents and by its schema, and applied."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tapfix.report.content import Content
from tapfix.report.rdjson import write
from tests.cli.conftest import Run
from tests.editors.vscode.workshop import node_environment
from tests.report.appliers import apply_rdjson
from tests.report.conftest import EXAMPLES
from tests.report.test_sarif import ODD, files

# The messages of the format with their fields: a type, a message's name, or a list of these.
MESSAGES: dict[str, dict[str, object]] = {
    "DiagnosticResult": {"diagnostics": ["Diagnostic"], "source": "Source", "severity": str},
    "Diagnostic": {
        "message": str,
        "location": "Location",
        "severity": str,
        "source": "Source",
        "code": "Code",
        "suggestions": ["Suggestion"],
        "original_output": str,
    },
    "Location": {"path": str, "range": "Range"},
    "Range": {"start": "Position", "end": "Position"},
    "Position": {"line": int, "column": int},
    "Suggestion": {"range": "Range", "text": str},
    "Source": {"name": str, "url": str},
    "Code": {"value": str, "url": str},
}


def check(value: object, kind: object) -> None:
    """Raise AssertionError unless a value is what the format calls so."""
    if isinstance(kind, list):
        assert isinstance(value, list)
        for item in value:
            check(item, kind[0])
    elif isinstance(kind, type):
        assert type(value) is kind
    else:
        assert isinstance(value, dict)
        fields = MESSAGES[str(kind)]
        for name, item in value.items():
            check(item, fields[name])
        if "severity" in value:
            assert value["severity"] in ("ERROR", "WARNING", "INFO")


def told(text: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(text)
    check(result, "DiagnosticResult")
    assert all(one["message"] and one["location"]["path"] for one in result["diagnostics"])
    return result


def bad_app(folder: Path) -> None:
    """An app of its own that cannot be read: of one such, comments are not said to be idle."""
    folder.mkdir()
    (folder / "cdk.json").write_text("{}")
    (folder / "bad.py").write_text("import aws_cdk\nThing(\n")


Validate = Callable[[str], list[str]]
HERE = Path(__file__).parent / "reviewdog"


@pytest.fixture(scope="module")
def validate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Validate]:
    """What a validator that is not ours has against a document, by the format's schema."""
    folder = tmp_path_factory.mktemp("reviewdog")
    environment = {**node_environment(folder / "bin"), "HOME": str(folder)}
    desk = folder / "desk"
    shutil.copytree(HERE, desk, ignore=shutil.ignore_patterns("node_modules"))

    def run(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=desk, env=environment, input=text, capture_output=True, text=True, timeout=60
        )

    installed = run("npm", "ci", "--no-audit", "--no-fund")
    assert installed.returncode == 0, installed.stderr

    def validate(text: str) -> list[str]:
        (desk / "report.json").write_text(text, encoding="utf-8")
        program = "node_modules/.bin/rdformat-validator"
        strictly = ("--strict", "--no-extra-fields", "--format", "json")
        done = run(program, *strictly, "report.json")
        (judged,) = json.loads(done.stdout)["fileResults"]
        assert done.returncode == (0 if judged["valid"] else 1), done.stderr
        return [one["code"] for one in judged.get("errorDetails", ())]

    yield validate
    shutil.rmtree(folder)


def test_a_validator_by_the_formats_schema_has_nothing_against_it(
    content: Content, report: Content, validate: Validate
) -> None:
    for one in (content, report):
        assert validate(write(one)) == []


def test_nor_against_problems_without_a_place_and_names_that_are_no_text(
    app: Path, tapfix: Run, validate: Validate
) -> None:
    Path(os.fsdecode(b"caf\xe9 %#.py")).write_text("import aws_cdk\nThing(switch=True)\n")
    bad_app(app / "bad")
    (app / "idle.py").write_text("import aws_cdk  # tapfix: ignore\n")
    for mode in ("-v", "--dry-run"):
        text = tapfix(mode, "--output-format=rdjson", ".", "missing")[1].decode()
        assert len(json.loads(text)["diagnostics"]) >= 5
        assert validate(text) == []


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (lambda one: one.pop("message"), "MISSING_DIAGNOSTIC_MESSAGE"),
        (lambda one: one.update(rule="TAP901"), "UNKNOWN_PROPERTY"),
        (lambda one: one.update(severity="HIGH"), "INVALID_SEVERITY"),
        (lambda one: one["location"]["range"]["start"].update(line=0), "INVALID_POSITION"),
    ],
    ids=["no message", "a key of our own", "a severity of our own", "line 0"],
)
def test_the_validator_refuses_what_is_wrong(
    tapfix: Run, validate: Validate, break_it: Callable[[Any], None], fault: str
) -> None:
    document = json.loads(tapfix("--output-format=rdjson")[1])
    break_it(document["diagnostics"][0])
    assert fault in validate(json.dumps(document))


def test_lock_file_holds_checksums_and_no_hosts() -> None:
    packages = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: one for name, one in packages.items() if name}
    assert installed and all("integrity" in one for one in installed.values())
    assert not [name for name, one in installed.items() if "resolved" in one]


def test_all_suggestions_together_are_what_applying_writes(
    content: Content, tmp_path: Path
) -> None:
    text = write(content)
    folder = Path(shutil.copytree(EXAMPLES / "broken", tmp_path / "broken"))
    apply_rdjson(told(text), folder, {})
    assert files(folder) == files(EXAMPLES / "fixed")


def test_suggestions_are_of_the_very_lines_of_their_diagnostic(content: Content) -> None:
    diagnostics = told(write(content))["diagnostics"]
    suggested = [one for one in diagnostics if "suggestions" in one]
    assert len(suggested) == sum(len(part.hunks) for part in content.parts)
    for one in suggested:
        (suggestion,) = one["suggestions"]
        assert suggestion["range"] == one["location"]["range"]
    # Whole lines are what reviewers can be shown; only what comes before all lines is not.
    exact = [one for one in suggested if "column" in one["location"]["range"]["start"]]
    assert {one["location"]["range"]["start"]["line"] for one in exact} == {1}
    assert len(exact) < len(suggested) / 4
    assert [one["code"]["value"] for one in diagnostics][:2] == ["TAP016", "TAP016"]


def test_a_report_has_each_finding_with_its_place_in_bytes(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_bytes("import aws_cdk\n'é𝔘'; Thing(switch=True)\n".encode())
    (one,) = told(tapfix("--output-format", "rdjson")[1].decode())["diagnostics"]
    area = {"start": {"line": 2, "column": 11}, "end": {"line": 2, "column": 29}}
    assert one["location"] == {"path": "app.py", "range": area}
    assert one["code"]["value"] == "TAP901" and one["severity"] == "ERROR"
    assert one["message"] == "a thing is switched to True"


ENCODINGS = {"latin.py": "latin-1"}


@pytest.mark.parametrize("name", ODD)
def test_odd_files_come_out_as_applying_writes_them(app: Path, tapfix: Run, name: str) -> None:
    (app / name).write_bytes(ODD[name])
    content = told(tapfix("--dry-run", "--output-format=rdjson")[1].decode())
    apply_rdjson(content, app, ENCODINGS)
    assert (app / name).read_bytes() == ODD[name].replace(b"True", b"False")


def test_problems_and_idle_suppressions_are_diagnostics(app: Path, tapfix: Run) -> None:
    bad_app(app / "bad")
    (app / "app.py").write_text("import aws_cdk  # tapfix: ignore\n")
    code, out, _ = tapfix("--output-format", "rdjson")
    first, second = told(out.decode())["diagnostics"]
    assert code == 2
    assert (first["severity"], first["location"]["path"]) == ("ERROR", "bad/bad.py")
    assert (second["severity"], second["message"]) == ("INFO", "this comment silences nothing")
