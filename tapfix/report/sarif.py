"""A SARIF 2.1.0 log, with fixes that programs can apply."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from tapfix import __version__
from tapfix.api.fingerprint import VERSION
from tapfix.api.hunks import Hunk
from tapfix.api.parts import Part
from tapfix.api.result import Reported, Status
from tapfix.model.python.source import Problem
from tapfix.report.content import SITE, Content, Span, uri
from tapfix.report.manual import flaw, markdown
from tapfix.report.replacements import replacement
from tapfix.rule import Rule, Severity

_Object = dict[str, object]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_TOP = "SRCROOT"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
}


def write(content: Content) -> str:
    """One run of one tool: its rules, its findings, its problems.

    What comments or a baseline silence is counted only: GitHub shows each result as an open alert,
    suppressed or not. Files are named relative to the repository, or without one to the current
    folder. All fixes of a dry run together are its whole change; no two of them touch each other.
    """
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(content)]}
    return json.dumps(log, indent=2) + "\n"


def _run(content: Content) -> _Object:
    index = {rule.code: number for number, rule in enumerate(content.rules)}
    first = {part.findings[0]: part for part in content.parts}
    return {
        "tool": {"driver": _driver(content.rules)},
        "invocations": [_invocation(content)],
        "originalUriBaseIds": {_TOP: {"uri": uri(content.top.rstrip("/") + "/")}},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "defaultEncoding": "utf-8",
        "artifacts": [_artifact(path, kind, content) for path, kind in _odd(content).items()],
        "results": [_result(one, index, first.get(one), content) for one in content.findings],
        "properties": {
            "mode": content.result.mode.value,
            "profiles": list(content.result.profiles),
            "suppressed": content.result.suppressed,
            "baselined": len(content.result.baselined),
        },
    }


def _driver(rules: Iterable[Rule]) -> _Object:
    return {
        "name": "tapfix",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": SITE,
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> _Object:
    page = rule.doc.strip()
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": flaw(rule)},
        "fullDescription": {"text": flaw(rule)},
        "help": {"text": page, "markdown": markdown(rule)},
        "helpUri": rule.page,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["aws-cdk"], "severity": rule.severity.value},
    }


def _invocation(content: Content) -> _Object:
    result = content.result
    notifications = [
        *(_notification(one, "error", content) for one in (*content.problems, *content.doubts)),
        *(_notification(one, "note", content) for one in (*content.unused, *content.unmatched)),
        *({"level": "note", "message": {"text": content.hidden(note)}} for note in result.notes),
    ]
    return {
        "executionSuccessful": content.exit_code < 2,
        "exitCode": content.exit_code,
        "workingDirectory": {"uri": uri(content.base.rstrip("/") + "/")},
        "toolExecutionNotifications": notifications,
    }


def _notification(problem: Problem, level: str, content: Content) -> _Object:
    told: _Object = {"level": level, "message": {"text": problem.message}}
    if problem.path:
        physical: _Object = {"artifactLocation": _file(problem.path, content)}
        if problem.line:
            column = {"startColumn": problem.column} if problem.column else {}
            physical["region"] = {"startLine": problem.line, **column}
        told["locations"] = [{"physicalLocation": physical}]
    return told


def _file(path: str, content: Content) -> _Object:
    inside = content.inside(path)
    told: _Object = {"uri": uri(inside)}
    return told if inside.startswith("/") else told | {"uriBaseId": _TOP}


def _odd(content: Content) -> Mapping[str, str]:
    """The encodings of changed files that are not the default."""
    hunks = (hunk for part in content.parts for hunk in part.hunks)
    return {one.path: one.old.encoding for one in hunks if one.old.encoding != "utf-8"}


def _artifact(path: str, encoding: str, content: Content) -> _Object:
    return {"location": _file(path, content), "encoding": encoding}


def _result(
    reported: Reported, index: Mapping[str, int], part: Part | None, content: Content
) -> _Object:
    rule = reported.rule
    note = reported.status is Status.NOTE
    told: _Object = {
        "ruleId": rule.code,
        "ruleIndex": index[rule.code],
        "level": "note" if note else _LEVELS[rule.severity],
        "message": {"text": content.said(reported)},
        "locations": [
            {"physicalLocation": _place(reported.place.path, content.span(reported), content)}
        ],
        "partialFingerprints": {VERSION: content.fingerprints[reported]},
        "properties": _properties(reported, content),
    }
    related = content.related(reported)
    if related is not None:
        message = {"text": "the construct that this belongs to"}
        told["relatedLocations"] = [
            {"physicalLocation": _place(*related, content), "message": message}
        ]
    if part is not None:
        told["fixes"] = [_fix(part, content)]
    return told


def _place(path: str, span: Span | None, content: Content) -> _Object:
    region = {"region": _region(span)} if span is not None else {}
    return {"artifactLocation": _file(path, content), **region}


def _region(span: Span) -> _Object:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _properties(reported: Reported, content: Content) -> _Object:
    """What SARIF has no words for. A fix may stand at another finding, which goes with it."""
    fix = reported.finding.fix
    told: _Object = {"status": reported.status.value}
    if fix is not None:
        told |= {"fix": content.hidden(fix.title), "impact": fix.impact.value}
    part = content.part_of.get(reported)
    if part is not None and part.findings[0] is not reported:
        told["fixedWith"] = content.fingerprints[part.findings[0]]
    verdict = content.verdict(reported)
    return told if verdict is None else told | {"verification": verdict.mark.value}


def _fix(part: Part, content: Content) -> _Object:
    by_path: dict[str, list[Hunk]] = {}
    for hunk in part.hunks:
        by_path.setdefault(hunk.path, []).append(hunk)
    fixes = [(one, one.finding.fix) for one in part.findings]
    titles = dict.fromkeys(f"{one.rule.code}: {fix.title}" for one, fix in fixes if fix)
    return {
        "description": {"text": content.hidden("; ".join(titles))},
        "artifactChanges": [_changes(path, hunks, content) for path, hunks in by_path.items()],
    }


def _changes(path: str, hunks: Iterable[Hunk], content: Content) -> _Object:
    """The replacements in one file. SARIF cannot say that a file goes: it becomes empty."""
    exact = [replacement(hunk) for hunk in hunks]
    return {
        "artifactLocation": _file(path, content),
        "replacements": [
            {"deletedRegion": _region(one.span), "insertedContent": {"text": one.text}}
            for one in exact
        ],
    }
