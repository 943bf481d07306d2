"""What people and programs are told of a result."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tapfix.api.result import Mode, Place, Reported, Result, Status
from tapfix.edits import Finding, Fix, Impact, Ref
from tapfix.model.python.source import Problem
from tapfix.report.content import Content
from tapfix.report.json import write as to_json
from tapfix.report.names import shown
from tapfix.report.pages import page, table, table_json
from tapfix.report.paint import Paint, paint_for, painted_diff
from tapfix.report.progress import Bar
from tapfix.report.text import Voice, summary
from tapfix.rule import Example, Profile, Rule, Severity

PLAIN = Voice("/home/me/app", Paint(False))
RULE = Rule(
    "TAP901",
    "thing-switch",
    Severity.HIGH,
    lambda _: iter(()),
    "A thing that is switched on.\n\nWhy it matters: it hums.\n",
    (
        Example("silent", before="Thing()"),
        Example(
            "a thing", before={"app.py": "Thing(switch=True)\n"}, after={"app.py": "Thing()\n"}
        ),
    ),
    frozenset({Profile.EPHEMERAL}),
)


def one(status: Status, impact: Impact | None = Impact.IN_PLACE, reason: str = "") -> Reported:
    path = "/home/me/app/lib/stack.py"
    fix = Fix("switch it off", impact, ()) if impact is not None else None
    finding = Finding("TAP901", Ref(path, 9, 1), "it hums", fix)
    return Reported(finding, RULE, Place(path, 4, 5), status, reason or None)


def result(mode: Mode, *findings: Reported, files: int = 4, **changes: bytes) -> Result:
    return Result(
        mode=mode,
        findings=findings,
        changes={path: (b"", data) for path, data in changes.items()},
        profiles=("ephemeral",),
        apps=("/home/me/app",),
        files=files,
    )


@pytest.mark.parametrize(
    ("reported", "label", "sequel"),
    [
        (one(Status.FIXED), "in place", "fixed: switch it off"),
        (one(Status.FIXABLE), "in place", "fix: switch it off"),
        (one(Status.REFUSED, reason="no"), "in place", "not fixed (switch it off): no"),
        (one(Status.HELD_BACK, reason="held"), "in place", "not fixed (switch it off): held"),
        (one(Status.UNFIXABLE, None, "by hand"), "no fix", "no fix: by hand"),
        (one(Status.NOTE, None, "by nobody"), "note", "note: by nobody"),
    ],
)
def test_each_finding_has_its_place_its_impact_and_what_became_of_it(
    reported: Reported, label: str, sequel: str
) -> None:
    assert list(PLAIN.findings([reported])) == [
        f"lib/stack.py:4:5: TAP901 it hums [{label}]",
        f"    {sequel}",
    ]


def test_a_note_without_a_reason_is_one_line() -> None:
    assert list(PLAIN.findings([one(Status.NOTE, None)])) == [
        "lib/stack.py:4:5: TAP901 it hums [note]"
    ]


def test_problems_are_one_line_each_with_the_place_as_far_as_it_is_known() -> None:
    problems = [
        Problem("/home/me/app/a.py", "is\nodd", 3, 7),
        Problem("/home/me/app/a.py", "is odd", 3),
        Problem("/elsewhere/b.py", "is odd"),
        Problem("", "rules are odd"),
    ]
    assert list(PLAIN.problems(problems)) == [
        "error: a.py:3:7: is odd",
        "error: a.py:3: is odd",
        "error: /elsewhere/b.py: is odd",
        "error: rules are odd",
    ]


def test_the_summary_of_a_report() -> None:
    found = [one(Status.FIXABLE), one(Status.UNFIXABLE, None), one(Status.NOTE, None)]
    assert list(summary(result(Mode.REPORT, *found))) == [
        "2 findings, 1 of them with a fix; 1 note in 4 files of 1 app (profile ephemeral).",
        "Impact of the fixes: 1 in place.",
        "Show the fixes with --dry-run, make them with --apply.",
    ]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([Status.NOTE], "Nothing to fix; 1 note"),
        ([Status.FIXABLE], "1 finding, with a fix"),
        ([Status.REFUSED], "1 finding, without a fix"),
        ([Status.REFUSED] * 2, "2 findings, none of them with a fix"),
        ([Status.FIXABLE] * 2, "2 findings, 2 of them with a fix"),
    ],
)
def test_the_counts_of_a_report_are_as_a_person_says_them(found: list[Status], words: str) -> None:
    line, *_ = summary(result(Mode.REPORT, *map(one, found)))
    assert line == f"{words} in 4 files of 1 app (profile ephemeral)."


def test_the_summary_of_a_dry_run() -> None:
    found = [one(Status.FIXED), one(Status.FIXED, Impact.REPLACES), one(Status.REFUSED)]
    assert list(summary(result(Mode.DRY_RUN, *found, a=b"x"))) == [
        "Would fix 2 findings by changing 1 file; 1 left in 4 files of 1 app (profile ephemeral).",
        "Impact of the fixes: 1 in place, 1 replaces.",
        "Make these changes with --apply.",
    ]


def test_the_summary_where_no_fix_went_in() -> None:
    refused = one(Status.REFUSED)
    for mode, words in ((Mode.DRY_RUN, "Nothing to change"), (Mode.APPLY, "Nothing changed")):
        assert list(summary(result(mode, refused))) == [
            f"{words}; 1 left in 4 files of 1 app (profile ephemeral)."
        ]


def test_an_applying_run_ends_with_what_to_know_before_a_deploy() -> None:
    impacts = [Impact.DATA_DIES_WITH_STACK, Impact.DATA_DIES_WITH_STACK, Impact.REPLACES]
    impacts += [Impact.DATA_DIES_AT_NEXT_DEPLOY]
    found = [one(Status.FIXED, impact) for impact in impacts]
    assert list(summary(result(Mode.APPLY, *found, a=b"x", b=b"y")))[2:] == [
        "2 fixes let data die with the stack;"
        " 2 fixes replace a deployed resource, 1 of them with its data.",
        "A changed deletion policy alone is no update for CloudFormation:"
        " deploy it together with some other change before you destroy the stack.",
    ]
    assert list(summary(result(Mode.APPLY, one(Status.FIXED), a=b"x")))[-1] == (
        "0 fixes let data die with the stack; 0 fixes replace a deployed resource."
    )


def test_the_summary_of_nothing() -> None:
    assert list(summary(result(Mode.REPORT))) == [
        "Nothing to fix in 4 files of 1 app (profile ephemeral)."
    ]
    assert list(summary(result(Mode.APPLY, files=0))) == ["No Python files there."]
    partly = replace(result(Mode.REPORT), problems=(Problem("/x", "is odd"),))
    assert list(summary(partly)) == [
        "Nothing to fix in what could be read of 4 files of 1 app (profile ephemeral)."
    ]
    broken = Result(problems=(Problem("/x", "is gone"),))
    assert list(summary(broken)) == []


def test_statistics_count_by_rule() -> None:
    counted = result(Mode.REPORT, one(Status.FIXABLE), one(Status.UNFIXABLE, None))
    assert list(PLAIN.statistics(counted)) == ["    2  TAP901  thing-switch  1 with a fix"]


@pytest.mark.parametrize(("mode", "line"), [(Mode.APPLY, 5), (Mode.DRY_RUN, 3)])
def test_idle_comments_are_told_where_the_run_leaves_them(mode: Mode, line: int) -> None:
    file = "/home/me/app/app.py"
    told = replace(
        result(mode, one(Status.FIXED)),
        changes={file: (b"a\nb\n# idle\n", b"import x\na\nB\nB\n# idle\n")},
        unused=(Problem(file, "silences nothing", 3, 1),),
    )
    content = Content(told, "/home/me/app")
    lines = [f"app.py:{line}:1: silences nothing [suppression]"]
    assert list(PLAIN.remarks(content)) == lines
    assert json.loads(to_json(content))["unused_suppressions"][0]["line"] == line


def test_json_has_everything() -> None:
    told = Result(
        mode=Mode.DRY_RUN,
        findings=(one(Status.FIXED), one(Status.UNFIXABLE, None, "by hand")),
        changes={"/home/me/app/lib/stack.py": (b"a\n", b"\xff\n")},
        problems=(Problem("/home/me/app/bad.py", "is odd", 1, 2), Problem("", "rules are odd")),
        unused=(Problem("/home/me/app/app.py", "silences nothing", 7),),
        notes=("CDK version 1",),
        profiles=("ephemeral",),
        suppressed=3,
        apps=("/home/me/app",),
        files=4,
    )
    content = json.loads(to_json(Content(told, "/home/me/app")))
    assert content.pop("tapfix")
    finding = content.pop("findings")[0]
    assert len(finding.pop("fingerprint")) == 32
    assert finding == {
        "code": "TAP901",
        "name": "thing-switch",
        "severity": "high",
        "path": "lib/stack.py",
        "line": 4,
        "column": 5,
        "message": "it hums",
        "status": "fixed",
        "reason": None,
        "fix": {"title": "switch it off", "impact": "in place"},
    }
    assert content == {
        "version": 1,
        "mode": "dry run",
        "profiles": ["ephemeral"],
        "apps": ["/home/me/app"],
        "problems": [
            {"path": "bad.py", "line": 1, "column": 2, "message": "is odd"},
            {"path": None, "line": None, "column": None, "message": "rules are odd"},
        ],
        "unmatched_baseline": [],
        "unused_suppressions": [
            {"path": "app.py", "line": 7, "column": None, "message": "silences nothing"}
        ],
        "notes": ["CDK version 1"],
        "changed_files": ["lib/stack.py"],
        "summary": {
            "files": 4,
            "left": 1,
            "fixed": 1,
            "suppressed": 3,
            "ignored": 0,
            "baselined": 0,
            "impacts": {"in place": 1},
            "by_rule": {"TAP901": 2},
        },
        "diff": "diff --git a/lib/stack.py b/lib/stack.py\n"
        "--- a/lib/stack.py\n+++ b/lib/stack.py\n@@ -1 +1 @@\n-a\n+\\xff\n",
    }


def test_json_takes_paths_that_are_no_text() -> None:
    told = Result(problems=(Problem("/home/me/app/caf\udce9.py", "is odd"),))
    (problem,) = json.loads(to_json(Content(told, "/home/me/app")))["problems"]
    assert problem["path"] == "caf\udce9.py"


def test_paths_are_relative_below_the_current_folder_only() -> None:
    assert shown("/a/b/c.py", "/a/b") == "c.py"
    assert shown("/a/bc.py", "/a/b") == "/a/bc.py"
    assert shown("/a/b", "/a/b") == "/a/b"
    assert shown("/etc/x.py", "/") == "etc/x.py"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "terminal", "colours"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_for_terminals(
    environment: Mapping[str, str], terminal: bool, colours: bool
) -> None:
    stream = Terminal() if terminal else io.StringIO()
    assert paint_for(stream, environment).enabled is colours


def test_colours_wrap_and_change_nothing() -> None:
    assert Paint(True)("red", "x") == "\x1b[31mx\x1b[0m"
    assert Paint(True)("red", "") == ""
    diff = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\r\n+n\xe9w\n same\n"
    painted = painted_diff(diff)
    assert b"\x1b[31m-old\x1b[0m\r\n" in painted
    assert b"\x1b[32m+n\xe9w\x1b[0m\n" in painted
    assert b"\n same\n" in painted


def test_the_list_of_rules() -> None:
    (line,) = table([RULE], Paint(False))
    assert line == (
        "TAP901  thing-switch  high      A thing that is switched on. (off in production)"
    )
    assert json.loads(table_json([RULE])) == [
        {
            "code": "TAP901",
            "name": "thing-switch",
            "severity": "high",
            "profiles": ["ephemeral"],
            "flaw": "A thing that is switched on.",
        }
    ]


def test_the_page_of_a_rule_ends_with_the_first_example_that_is_mended() -> None:
    text = "\n".join(page(RULE, Paint(False)))
    assert text == (
        "TAP901 thing-switch · high\n"
        "off in profile production\n"
        "\n"
        "A thing that is switched on.\n\nWhy it matters: it hums.\n"
        "\n"
        "Example: a thing\n"
        "\n"
        "before, app.py:\n"
        "    Thing(switch=True)\n"
        "\n"
        "after, app.py:\n"
        "    Thing()"
    )


def test_the_bar_appears_on_a_terminal_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("tapfix.report.progress.time.monotonic", lambda: clock[0])
    stream, pipe = Terminal(), io.StringIO()
    with Bar(stream, "/home/me", enabled=True) as bar, Bar(pipe, "/", enabled=True) as piped:
        bar.step(0, 9, "/home/me/app")
        clock[0] += 0.9
        bar.step(1, 9, "/home/me/app")
        assert stream.getvalue() == ""
        clock[0] += 0.2
        bar.step(2, 9, "/home/me/app")
        piped.step(2, 9, "/home/me/app")
    assert "app" in stream.getvalue()
    assert pipe.getvalue() == ""
    silent = Terminal()
    with Bar(silent, "/", enabled=False) as bar:
        clock[0] += 5
        bar.step(1, 9, "/home/me/app")
    assert silent.getvalue() == ""
