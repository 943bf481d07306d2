"""Annotations for GitHub, Code Quality for GitLab, Markdown for people, by their documents."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from tapfix.api.result import Mode, Result
from tapfix.report import github, gitlab, markdown
from tapfix.report.content import Content
from tests.cli.conftest import Run

_COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The commands as the runner reads them: a line each, escapes undone."""
    found = []
    for line in text.splitlines():
        match = _COMMAND.fullmatch(line)
        assert match is not None, line
        pairs = (pair.split("=", 1) for pair in match[2].split(","))
        properties = {name: unquote(value) for name, value in pairs}
        found.append((match[1], properties, unquote(match[3])))
    return found


def test_github_is_told_each_finding_the_worst_first(report: Content) -> None:
    text = github.write(report)
    found = commands(text)
    assert len(found) == len(report.findings)
    levels = [level for level, _, _ in found]
    assert levels == sorted(levels, key=["error", "warning", "notice"].index)
    for _, properties, _ in found:
        assert (Path(report.top) / properties["file"]).is_file()
        assert ("col" in properties) == (properties["line"] == properties["endLine"])


def test_github_paths_are_those_of_the_repository(app: Path, tapfix: Run) -> None:
    (app / ".git").mkdir()
    folder = app / "a,b:c%25"
    folder.mkdir()
    (folder / "x.py").write_text("import aws_cdk\nThing(switch='odd')  # tapfix: ignore[TAP901]\n")
    code, out, _ = tapfix("--output-format", "github", "a,b:c%25")
    (level, properties, message), idle = commands(out.decode())
    assert (code, level, message) == (1, "error", "a thing is odd (by hand)")
    assert properties == {
        "title": "TAP902 thing-fault",
        "file": "a,b:c%25/x.py",
        "line": "2",
        "endLine": "2",
        "col": "1",
        "endColumn": "20",
    }
    assert idle[0] == "notice"


def test_gitlab_gets_the_keys_that_it_documents(report: Content) -> None:
    text = gitlab.write(report)
    found = json.loads(text)
    assert len(found) == len(report.findings)
    for one in found:
        assert one.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert (Path(report.top) / one["location"]["path"]).is_file()
        assert one["location"]["lines"]["begin"] >= 1
    assert len({one["fingerprint"] for one in found}) == len(found)


def test_gitlab_is_told_problems_too(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_text("import aws_cdk\nThing(\n")
    code, out, _ = tapfix("--output-format", "gitlab", ".", "missing")
    told = [(one["check_name"], one["location"]["path"]) for one in json.loads(out)]
    assert (code, told) == (2, [("problem", "missing"), ("problem", "app.py")])
    assert tapfix("--output-format", "gitlab", "--select", "TAP902")[0] == 2


def rows(text: str) -> list[list[str]]:
    """The cells of the tables, as a reader of Markdown sees them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    found: list[list[str]] = []
    for before, token in pairwise(tokens):
        if token.type == "tr_open":
            found.append([])
        if before.type in ("td_open", "th_open"):
            parts = token.children or []
            found[-1].append("".join(part.content for part in parts))
    return found


def test_markdown_is_a_table_with_the_diff_folded(content: Content) -> None:
    text = markdown.write(content)
    head, *body = rows(text)
    assert head == ["severity", "rule", "where", "what it leads to", "what mends it"]
    for row, one in zip(body, content.worst_first, strict=True):
        assert row[1] == one.rule.code
        assert row[3] == " ".join(one.finding.message.replace("`", "").split())


@pytest.mark.parametrize("limit", [2_000, 20_000, 60_000])
def test_markdown_is_short_enough_for_a_comment(
    content: Content, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(markdown, "LIMIT", limit)
    text = markdown.write(content)
    assert limit * 0.9 < len(text) <= limit
    assert text.endswith(" more lines, left out here\n```\n\n</details>\n")
    assert ("more findings, left out here" in text) == (limit < 60_000)


def test_the_diff_in_markdown_is_the_whole_one_where_it_fits(app: Path, tapfix: Run) -> None:
    (app / "app.py").write_text("import aws_cdk\n# ```` | <b>\nThing(switch=True)\n")
    code, out, err = tapfix("--dry-run", "--output-format=markdown")
    tokens = MarkdownIt("commonmark").enable("table").parse(out.decode())
    (fence,) = [token for token in tokens if token.type == "fence"]
    assert fence.info == "diff" and fence.content.encode() == tapfix("--dry-run")[1]
    assert (code, "Would fix 1 finding" in err) == (1, True)


@pytest.mark.parametrize("text", ["a|b", "*x*_y_", "<img>", "`a|b`", "one ` tick", "&amp;", "a\nb"])
def test_text_in_markdown_is_text(text: str) -> None:
    (row, _) = rows(f"| {markdown._text(text)} |\n|---|\n| x |\n")
    assert row == [" ".join(text.replace("`a|b`", "a|b").split())]


def test_nothing_found_is_said() -> None:
    told = Result(mode=Mode.REPORT, files=3, apps=("/a",), profiles=("ephemeral",))
    assert markdown.write(Content(told, "/a")) == (
        "### tapfix\n\nNothing to fix in 3 files of 1 app (profile ephemeral).  \n"
    )
    assert github.write(Content(told, "/a")) == ""
    assert json.loads(gitlab.write(Content(told, "/a"))) == []
