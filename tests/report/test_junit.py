"""The JUnit report, read by a parser of such reports."""

from __future__ import annotations

from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped

from tapfix.api.result import Result
from tapfix.model.python.source import Problem
from tapfix.report.content import Content
from tapfix.report.junit import write
from tests.cli.conftest import Run


def outcomes(suite: object) -> list[tuple[str, type, str]]:
    return [
        (case.name, type(outcome), outcome.message or "")
        for case in suite  # type: ignore[attr-defined]  # junitparser tells no types of items
        for outcome in case.result or [Failure("passed")]
    ]


def test_each_rule_is_a_suite_and_each_finding_a_failure(report: Content) -> None:
    text = write(report)
    root = JUnitXml.fromstring(text.encode())
    suites = list(root)
    assert [suite.name.split()[0] for suite in suites] == [rule.code for rule in report.rules]
    assert root.failures == sum(one.is_left for one in report.findings)
    assert root.errors == 0
    assert root.tests == sum(len(list(suite)) for suite in suites)
    for suite in suites:
        assert suite.failures == sum(
            isinstance(one, Failure) for case in suite for one in case.result
        )


def test_what_is_clean_passes_and_what_is_silenced_is_skipped(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_text(
        "import aws_cdk\nThing(switch=True)  # tapfix: ignore[TAP901] it has to hum\n"
    )
    code, out, _ = tapfix("--output-format=junit")
    switches, faults = list(JUnitXml.fromstring(out))
    assert code == 0
    assert outcomes(switches) == [("app.py:2", Skipped, "suppressed: it has to hum")]
    assert [(case.name, case.is_passed) for case in faults] == [("thing-fault", True)]


def test_what_the_baseline_has_is_skipped_where_it_stands_in_the_end(
    app: Path, tapfix: Run
) -> None:
    (app / "app.py").write_text("import aws_cdk\nThing(switch='odd')\n")
    assert tapfix("--write-baseline")[0] == 0
    (app / "app.py").write_text("import aws_cdk\nThing(switch=True)\nThing(switch='odd')\n")
    code, out, _ = tapfix("--apply", "--baseline=.tapfix-baseline.json", "--output-format=junit")
    switches, faults = list(JUnitXml.fromstring(out))
    assert (code, [case.is_passed for case in switches]) == (0, [True])
    assert outcomes(faults) == [("app.py:3", Skipped, "in the baseline: a thing is odd")]


def test_what_cannot_be_done_is_an_error_in_any_letters(tmp_path: Path) -> None:
    problem = Problem(str(tmp_path / "a\x07\udce9.py"), "is <odd> & \x00 \ud800", 3)
    text = write(Content(Result(problems=(problem,)), str(tmp_path), exit_code=2))
    (suite,) = JUnitXml.fromstring(text.encode())
    assert outcomes(suite) == [("a\ufffd\ufffd.py:3", Error, "is <odd> & \ufffd \ufffd")]
