"""What each format says of fixes that the templates do not prove, and of apps that tell nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from junitparser import Failure, JUnitXml

from tapfix import api
from tapfix.api.result import Mode, Reported
from tapfix.discover.walk import is_below
from tapfix.report.content import Content
from tapfix.report.formats import FORMATS, Target, writer
from tapfix.report.masking import masked, shows
from tapfix.report.terminal import show, show_standing
from tapfix.verify.difference import Difference
from tapfix.verify.judge import Judgement, Mark, Verdict
from tapfix.verify.standing import Standing
from tests.report.conftest import EXAMPLES, PASSWORDS

BROKEN = EXAMPLES / "broken"
NAMES = ("bucket_retain", "hardcoded_credentials")
PASSWORD = "P0pcorn!2024"
REASON = "still there: Stack/Bucket DeletionPolicy"


@pytest.fixture(scope="module")
def plain() -> Content:
    """A dry run over two apps."""
    roots = [str(BROKEN / name) for name in NAMES]
    result = api.run(roots, api.Options(mode=Mode.DRY_RUN))
    return Content(result, str(BROKEN), exit_code=1)


def fixed_in(content: Content, name: str) -> Reported:
    return next(one for one in content.result.fixed if is_below(one.place.path, str(BROKEN / name)))


@pytest.fixture(scope="module")
def verified(plain: Content) -> Content:
    """A fix that is not proved, one that is, and a difference with a password, cut within it."""
    first, second = (fixed_in(plain, name) for name in NAMES)
    change = Difference("Stack/Queue", "Properties.Name", "x" * 55 + PASSWORD, "new")
    judgements = (
        Judgement(
            str(BROKEN / NAMES[0]),
            f"env PASSWORD={PASSWORD} python app.py",
            (Verdict(first, Mark.NOT_PROVED, ("Stack/Bucket DeletionPolicy",), REASON),),
            unexpected=(change,),
            notes=(f"the app ends with an error: {PASSWORD}",),
        ),
        Judgement(str(BROKEN / NAMES[1]), "", (Verdict(second, Mark.PROVED, ("Stack/Secret",)),)),
    )
    return replace(plain, judgements=judgements)


@pytest.fixture(scope="module")
def unknown(plain: Content) -> Content:
    """An app that cannot be run; its complaint has a password."""
    said = f"it ends with 1: KeyError: '{PASSWORD}'\n::error::no"
    return replace(plain, judgements=(Judgement(str(BROKEN / NAMES[0]), obstacle=said),))


def told(content: Content, name: str) -> str:
    text = writer(name)(content)
    return text if isinstance(text, str) else text.decode()


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"text", "concise"}))
def test_each_report_says_why_a_change_is_not_proved(
    plain: Content, verified: Content, unknown: Content, name: str
) -> None:
    text = told(verified, name)
    assert REASON in text and REASON not in told(plain, name)
    assert "Stack/Queue" in text
    assert "it ends with 1: KeyError" in told(unknown, name)


@pytest.mark.parametrize("name", ["text", "concise", "sarif", "html"])
def test_people_are_told_beside_it(
    verified: Content, name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for target in (Target(name), Target(name, tmp_path / "report")):
        show(verified, [target], quiet=True, verbose=True)
        err = capsys.readouterr().err
        assert f"{NAMES[0]}/" in err and REASON in err and "ran env PASSWORD=********" in err


def test_they_are_told_though_a_file_tells_it_too(
    verified: Content, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    show(verified, [Target("json", tmp_path / "report")], quiet=True, verbose=False)
    assert REASON in capsys.readouterr().err
    show(verified, [Target("json")], quiet=True, verbose=False)
    assert REASON not in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"text"}))
def test_no_report_shows_what_an_app_or_its_templates_say_of_passwords(
    verified: Content, unknown: Content, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for content in (verified, unknown):
        show(content, [Target(name)], quiet=False, verbose=True)
        captured = capsys.readouterr()
        for text in (captured.out, captured.err):
            assert not [word for word in PASSWORDS if word in text]
            # Half of it, where a long value is cut.
            assert "P0pco" not in text


def test_nor_what_is_said_of_apps_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    standing = Standing(str(BROKEN / NAMES[0]), obstacle=f"it ends with 1: {PASSWORD}")
    for as_json in (True, False):
        show_standing([standing], frozenset({PASSWORD}), as_json=as_json)
        assert "it ends with 1: ********" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("amqp://me:p%40ss%2F@host", "p@ss/"),
        ("plain p@ss/ here", "p%40ss%2F"),
        (r'{"a": "say \"hi\""}', 'say "hi"'),
        (r"'the bell \x07 rings'", "the bell \x07 rings"),
        ("-first line\n-  second line\n", "first line\n  second line"),
    ],
)
def test_a_password_is_known_in_other_spellings(text: str, password: str) -> None:
    assert "********" in masked(text, [password]) and shows(text, [password])
    assert masked(text, ["other"]) == text and not shows(text, ["other"])


def test_an_obstacle_is_one_line(unknown: Content, capsys: pytest.CaptureFixture[str]) -> None:
    show(unknown, [Target("concise")], quiet=True, verbose=False)
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "cannot be verified" in line and "::error::no" in line]
    assert not [line for line in lines if line.startswith("::")]


def test_a_change_that_is_not_proved_is_not_offered_to_programs(
    plain: Content, verified: Content, unknown: Content
) -> None:
    """As applying would not write it."""

    def offered(content: Content) -> tuple[set[str], set[str]]:
        run = json.loads(told(content, "sarif"))["runs"][0]
        by_sarif = {
            change["artifactLocation"]["uri"].partition("broken/")[2].partition("/")[0]
            for result in run["results"]
            for fix in result.get("fixes", ())
            for change in fix["artifactChanges"]
        }
        diagnostics = json.loads(told(content, "rdjson"))["diagnostics"]
        by_rdjson = {
            one["location"]["path"].partition("/")[0] for one in diagnostics if "suggestions" in one
        }
        return by_sarif, by_rdjson

    assert offered(plain) == ({*NAMES}, {*NAMES})
    assert offered(verified) == ({NAMES[1]}, {NAMES[1]})
    assert offered(unknown) == ({NAMES[1]}, {NAMES[1]})


def test_sarif_tells_of_apps_by_notifications(verified: Content) -> None:
    run = json.loads(told(verified, "sarif"))["runs"][0]
    (invocation,) = run["invocations"]
    (one,) = invocation["toolExecutionNotifications"]
    assert one["level"] == "error" and "Properties.Name: xxx" in one["message"]["text"]
    place = one["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"].endswith(f"examples/broken/{NAMES[0]}")
    verdicts = [result["properties"].get("verification") for result in run["results"]]
    assert {*verdicts} == {None, "proved", "not proved"}


def test_junit_has_a_test_for_each_app(verified: Content, unknown: Content) -> None:
    def outcomes(content: Content) -> list[tuple[str, list[Any]]]:
        suites = list(JUnitXml.fromstring(told(content, "junit").encode()))
        suite = next(suite for suite in suites if suite.name == "verification")
        return [(case.name, case.result) for case in suite]

    (one, (failure,)), other = outcomes(verified)
    assert (one, other) == (NAMES[0], (NAMES[1], []))
    assert isinstance(failure, Failure) and "Stack/Queue" in failure.text and REASON in failure.text
    ((_, (failure,)),) = outcomes(unknown)
    assert "cannot be verified" in failure.text


def test_a_fix_that_was_not_made_for_that_says_it_once(verified: Content) -> None:
    first = fixed_in(verified, NAMES[0])
    left = replace(first, reason="not proved")
    assert verified.said(left) == f"{first.finding.message} (not proved: {REASON})"
    other = replace(first, reason="it is held back")
    assert verified.why(other) == f"it is held back; not proved: {REASON}"


def test_a_password_that_is_a_word_of_json_breaks_nothing(verified: Content) -> None:
    result = replace(verified.result, secrets=("true", "1", ", ", "null"))
    content = replace(verified, result=result)
    verification = json.loads(told(content, "json"))["verification"]
    assert [one["holds"] for one in verification] == [False, True]
