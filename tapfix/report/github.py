"""Annotations of a pull request, as GitHub Actions reads them from a step's output."""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.api.result import Reported, Status
from tapfix.model.python.source import Problem
from tapfix.report.clean import clean_text
from tapfix.report.content import Content
from tapfix.rule import Severity

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
}


def write(content: Content) -> str:
    """A workflow command for each finding, the worst first: GitHub shows ten of a kind."""
    return "".join(f"{line}\n" for line in _commands(content))


def _commands(content: Content) -> Iterator[str]:
    for problem in content.problems:
        yield _problem("error", problem, content)
    for problem in content.doubts:
        yield _problem("error", problem, content)
    for reported in content.worst_first:
        yield _finding(reported, content)
    for problem in (*content.unused, *content.unmatched):
        yield _problem("notice", problem, content)


def _finding(reported: Reported, content: Content) -> str:
    rule, fix = reported.rule, reported.finding.fix
    level = "notice" if reported.status is Status.NOTE else _LEVELS[rule.severity]
    properties: dict[str, object] = {"title": f"{rule.code} {rule.name}"}
    properties["file"] = content.inside(reported.place.path)
    span = content.span(reported)
    if span is not None:
        properties |= {"line": span.line, "endLine": span.end_line}
        if span.line == span.end_line:  # GitHub takes columns on one line only
            properties |= {"col": span.column, "endColumn": span.end_column}
    message = content.said(reported)
    if fix is not None:
        message += f"\nFix: {content.hidden(fix.title)} [{fix.impact.value}]"
    return _command(level, properties, message)


def _problem(level: str, problem: Problem, content: Content) -> str:
    properties: dict[str, object] = {"title": "tapfix"}
    if problem.path:
        properties["file"] = content.inside(problem.path)
    if problem.line:
        properties["line"] = problem.line
    return _command(level, properties, problem.message)


def _command(level: str, properties: dict[str, object], message: str) -> str:
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {told}::{_data(message)}"


def _data(text: str) -> str:
    text = clean_text(text)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
