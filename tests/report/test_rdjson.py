"""reviewdog's format, held against what its proto file documents, and applied."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tapfix.report.content import Content
from tapfix.report.rdjson import write
from tests.cli.conftest import Run
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
    (app / "bad.py").write_text("import aws_cdk\nThing(\n")
    (app / "app.py").write_text("import aws_cdk  # tapfix: ignore\n")
    code, out, _ = tapfix("--output-format", "rdjson")
    first, second = told(out.decode())["diagnostics"]
    assert code == 2
    assert (first["severity"], first["location"]["path"]) == ("ERROR", "bad.py")
    assert (second["severity"], second["message"]) == ("INFO", "this comment silences nothing")
