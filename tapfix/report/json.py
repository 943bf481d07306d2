"""The result as one JSON object, for other programs; ``schema.json`` beside this describes it."""

from __future__ import annotations

import json
from collections import Counter

from tapfix import __version__
from tapfix.api.result import Mode, Reported, Result
from tapfix.model.python.source import Problem
from tapfix.report.content import Content
from tapfix.report.masking import masked
from tapfix.report.names import shown

_Object = dict[str, object]

VERSION = 1
"""What programs may rely on: new keys may come, what there is stays unless this number changes."""


def write(content: Content) -> str:
    """The result with paths relative to the current folder; of a dry run with the diff as text.

    Passwords are masked in it: then it is for reading only.
    """
    result, base = content.result, content.base
    told: _Object = {
        "version": VERSION,
        "tapfix": __version__,
        "mode": result.mode.value,
        "profiles": list(result.profiles),
        "apps": [shown(root, base) for root in result.apps],
        "findings": [_finding(reported, content) for reported in result.findings],
        "problems": [_problem(problem, base) for problem in content.problems],
        "unused_suppressions": [_problem(problem, base) for problem in content.unused],
        "unmatched_baseline": [_problem(problem, base) for problem in content.unmatched],
        "notes": [content.hidden(note) for note in result.notes],
        "changed_files": [shown(path, base) for path in result.changes],
        "summary": _summary(result),
    }
    if result.mode is Mode.DRY_RUN:
        told["diff"] = masked(content.diff.decode("utf-8", "backslashreplace"), result.hides)
    if content.judgements:
        from tapfix.report.verification import as_objects

        told["verification"] = as_objects(content.judgements, base, result.hides)
    # ASCII: a path may hold bytes that are no UTF-8, which no encoder would take.
    return json.dumps(told, indent=2) + "\n"


def _finding(reported: Reported, content: Content) -> _Object:
    fix = reported.finding.fix
    return {
        "code": reported.rule.code,
        "name": reported.rule.name,
        "severity": reported.rule.severity.value,
        "path": content.shown(reported.place.path),
        "line": reported.place.line,
        "column": reported.place.column,
        "message": content.message(reported),
        "status": reported.status.value,
        "reason": content.hidden(reported.reason) if reported.reason is not None else None,
        "fix": {"title": content.hidden(fix.title), "impact": fix.impact.value} if fix else None,
        "fingerprint": content.fingerprints[reported],
    }


def _problem(problem: Problem, base: str) -> _Object:
    return {
        "path": shown(problem.path, base) or None,
        "line": problem.line or None,
        "column": problem.column or None,
        "message": problem.message,
    }


def _summary(result: Result) -> _Object:
    counts = Counter(reported.rule.code for reported in result.findings)
    return {
        "files": result.files,
        "left": len(result.left),
        "fixed": len(result.fixed),
        "suppressed": result.suppressed,
        "ignored": len(result.ignored),
        "baselined": len(result.baselined),
        "impacts": {impact.value: count for impact, count in result.impacts.items()},
        "by_rule": dict(sorted(counts.items())),
    }
