"""A Code Quality report, as GitLab shows it in a merge request."""

from __future__ import annotations

import hashlib
import json

from tapfix.api.result import Reported, Status
from tapfix.model.python.source import Problem
from tapfix.report.content import Content
from tapfix.rule import Severity

_SEVERITIES = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "major",
    Severity.MEDIUM: "minor",
    Severity.LOW: "info",
}


def write(content: Content) -> str:
    """The findings as a JSON list, with what could not be read or proved, and idle suppressions."""
    entries = [
        *(_finding(one, content) for one in content.findings),
        *(_problem(one, "problem", "blocker", content) for one in content.problems),
        *(_problem(one, "not-proved", "critical", content) for one in content.doubts),
        *(_problem(one, "unused-suppression", "info", content) for one in content.unused),
        *(_problem(one, "unmatched-baseline", "info", content) for one in content.unmatched),
    ]
    return json.dumps(entries, indent=2) + "\n"


def _finding(reported: Reported, content: Content) -> dict[str, object]:
    rule, span = reported.rule, content.span(reported)
    note = reported.status is Status.NOTE
    lines = {"begin": span.line, "end": span.end_line} if span is not None else {"begin": 1}
    return {
        "description": f"{rule.code}: {content.said(reported)}",
        "check_name": rule.name,
        "fingerprint": content.fingerprints[reported],
        "severity": "info" if note else _SEVERITIES[rule.severity],
        "location": {"path": content.inside(reported.place.path), "lines": lines},
    }


def _problem(problem: Problem, name: str, severity: str, content: Content) -> dict[str, object]:
    path = content.inside(problem.path) if problem.path else "."
    known_by = "\0".join((name, path, problem.message, str(problem.line)))
    return {
        "description": problem.message,
        "check_name": name,
        "fingerprint": hashlib.sha256(known_by.encode("utf-8", "surrogateescape")).hexdigest()[:32],
        "severity": severity,
        "location": {"path": path, "lines": {"begin": problem.line or 1}},
    }
