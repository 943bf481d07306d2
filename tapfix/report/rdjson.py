"""Diagnostics with suggestions in reviewdog's format, which it posts on a change under review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from tapfix.api.hunks import Hunk
from tapfix.api.parts import Part
from tapfix.api.result import Reported, Status
from tapfix.model.python.source import Problem
from tapfix.report.content import SITE, Content, Span
from tapfix.report.masking import shows
from tapfix.report.replacements import replacement, whole_lines, with_neighbour
from tapfix.rule import Severity

_Object = dict[str, object]

_SEVERITIES = {
    Severity.CRITICAL: "ERROR",
    Severity.HIGH: "ERROR",
    Severity.MEDIUM: "WARNING",
    Severity.LOW: "INFO",
}


def write(content: Content) -> str:
    """A diagnostic for each finding; each change of a dry run is a suggestion of exactly one.

    A change at a finding's own lines is its suggestion. One elsewhere, in another file or in a new
    one, is a diagnostic of its own, since reviewers take suggestions where they stand.
    """
    diagnostics = list(_diagnostics(content))
    told = {"source": {"name": "tapfix", "url": SITE}, "diagnostics": diagnostics}
    return json.dumps(told, indent=2) + "\n"


def _diagnostics(content: Content) -> Iterator[_Object]:
    homes = _homes(content)
    for one in content.findings:
        yield _finding(one, homes.get(one), content)
    at_home = {id(hunk) for hunk in homes.values()}
    for part in content.parts:
        for hunk in part.hunks:
            if id(hunk) not in at_home and (hunk.new or hunk.start < hunk.end):
                yield _elsewhere(part, hunk, content)
    for problem in (*content.problems, *content.doubts):
        yield _problem(problem, "ERROR", content)
    for problem in (*content.unused, *content.unmatched):
        yield _problem(problem, "INFO", content)


def _homes(content: Content) -> dict[Reported, Hunk]:
    """The hunks that stand at the lines of findings which they help to mend, each at one."""
    homes: dict[Reported, Hunk] = {}
    for part in content.parts:
        for hunk in part.hunks:
            for one in part.findings:
                if one not in homes and _is_at(one, hunk):
                    homes[one] = hunk
                    break
    return homes


def _is_at(one: Reported, hunk: Hunk) -> bool:
    return one.place.path == hunk.path and hunk.start < one.place.line <= hunk.end


def _finding(reported: Reported, hunk: Hunk | None, content: Content) -> _Object:
    rule, span = reported.rule, content.span(reported)
    note = reported.status is Status.NOTE
    location: _Object = {"path": content.shown(reported.place.path)}
    told: _Object = {
        "message": content.said(reported),
        "location": location,
        "severity": "INFO" if note else _SEVERITIES[rule.severity],
        "code": {"value": rule.code, "url": rule.page},
    }
    if hunk is not None:
        suggestion = _suggestion(hunk, content)
        # Where the two differ, reviewdog cannot post the suggestion.
        return told | suggestion.told(location)
    text = content.text(reported.place)
    if span is not None and text is not None:
        location["range"] = _range(span, text.lines)
    return told


@dataclass(frozen=True, slots=True)
class _Suggestion:
    """A change as a suggestion: of whole lines wherever that can be said."""

    area: _Object
    text: str = field(repr=False)

    def told(self, location: _Object) -> _Object:
        """What a diagnostic has of it."""
        return {
            "location": location | {"range": self.area},
            "suggestions": [{"range": self.area, "text": self.text}],
        }


def _suggestion(hunk: Hunk, content: Content) -> _Suggestion:
    wide = with_neighbour(hunk)
    text = whole_lines(wide)
    if text is not None and not shows(text, content.result.hides):
        lines: _Object = {"start": {"line": wide.start + 1}, "end": {"line": wide.end}}
        return _Suggestion(lines, text)
    exact = replacement(hunk)
    return _Suggestion(_range(exact.span, hunk.old.lines), exact.text)


def _elsewhere(part: Part, hunk: Hunk, content: Content) -> _Object:
    """A change that stands at no finding's lines, and what it is for."""
    first, *others = part.findings
    verb = "goes" if hunk.deletes else "changes" if hunk.old.exists else "is new"
    place = f"{content.shown(first.place.path)}:{first.place.line}"
    more = f" and {len(others)} more" if others else ""
    told: _Object = {
        "message": f"this {verb} with the fix of {first.rule.code} at {place}{more}",
        "severity": "INFO",
        "code": {"value": first.rule.code, "url": first.rule.page},
    }
    suggestion = _suggestion(hunk, content)
    return told | suggestion.told({"path": content.shown(hunk.path)})


def _problem(problem: Problem, severity: str, content: Content) -> _Object:
    location: _Object = {"path": content.shown(problem.path) or "."}
    if problem.line:
        location["range"] = {"start": {"line": problem.line}}
    return {"message": problem.message, "location": location, "severity": severity}


def _range(span: Span, lines: tuple[str, ...]) -> _Object:
    """A place in lines and in columns that count bytes of UTF-8."""
    return {
        "start": _position(span.line, span.column, lines),
        "end": _position(span.end_line, span.end_column, lines),
    }


def _position(line: int, column: int, lines: tuple[str, ...]) -> _Object:
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    return {"line": line, "column": len(before.encode()) + 1}
