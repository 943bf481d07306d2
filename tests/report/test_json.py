"""The JSON report, held against the schema that is shipped with it."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest

from tapfix.report.content import Content
from tapfix.report.json import VERSION, write
from tapfix.verify.difference import ABSENT, Difference
from tapfix.verify.judge import Judgement, Mark, Seen, Verdict
from tests.cli.conftest import Run


def schema() -> dict[str, Any]:
    file = importlib.resources.files("tapfix.report") / "schema.json"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content


def closed(node: Any) -> Any:
    """The schema with no key allowed that it does not name: every key is to be documented."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    told = {key: closed(item) for key, item in node.items()}
    return {"additionalProperties": False} | told if "properties" in told else told


def errors(report: str) -> Iterator[str]:
    validator = jsonschema.Draft202012Validator(closed(schema()))
    return (
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(report))
    )


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["properties"]["version"]["const"] == VERSION


def test_a_dry_run_and_a_report_are_as_the_schema_says(content: Content, report: Content) -> None:
    for one in (content, report):
        text = write(one)
        assert list(errors(text)) == []


@pytest.mark.parametrize("mode", ["--apply", "--dry-run", "-v"])
def test_so_are_runs_with_faults(app: Path, tapfix: Run, mode: str) -> None:
    (app / "bad.py").write_text("import aws_cdk\nThing(\n")
    (app / "old.py").write_text("from aws_cdk.core import App\n")
    # In an app of its own: beside a file that cannot be read, nothing is said of comments.
    (app / "idle").mkdir()
    (app / "idle/cdk.json").write_text("{}")
    (app / "idle/app.py").write_text("import aws_cdk  # tapfix: ignore\nThing(switch='odd')\n")
    stale = '{"path": "idle/app.py", "code": "TAP901", "message": "", "fingerprint": ""}'
    head = '{"tapfix-baseline": 1, "fingerprints": "tapfix/v1", "findings": ['
    (app / "known.json").write_text(f"{head}{stale}]}}")
    out = tapfix(mode, "--output-format=json", "--baseline=known.json")[1].decode()
    assert list(errors(out)) == []
    told = json.loads(out)
    assert told["problems"] and told["notes"]
    assert told["unused_suppressions"] and told["unmatched_baseline"]


def test_a_key_that_nobody_documents_is_an_error(report: Content) -> None:
    told = json.loads(write(report)) | {"surprise": 1}
    assert list(errors(json.dumps(told)))


def test_a_verified_run_is_as_the_schema_says(report: Content) -> None:
    one, other = report.findings[:2]
    root = report.result.apps[0]
    seen = Seen(one.rule, "Stack/Bucket", "DeletionPolicy", one.place.path, 3)
    judged = Judgement(
        root,
        "python app.py",
        (Verdict(one, Mark.PROVED, ("Stack/Bucket",)), Verdict(other, Mark.UNSEEN, reason="no")),
        unexpected=(Difference("Stack/Bucket", "Properties.X", ABSENT, {"Ref": "Y"}),),
        replaced={"Stack/Bucket": "BucketName"},
        renamed=(("Old", "New"),),
        notes=("by the way",),
        left=(seen, replace(seen, path=None, line=0)),
    )
    verified = replace(report, judgements=(judged, Judgement(root, obstacle="it fails")))
    text = write(verified)
    assert list(errors(text)) == []
    first, second = json.loads(text)["verification"]
    assert (first["holds"], second["obstacle"]) == (False, "it fails")
    verdict = verified.verdict(one)
    assert verdict is not None and verdict.mark is Mark.PROVED
    assert verified.verdict(report.findings[2]) is None
