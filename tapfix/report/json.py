"""The result as one JSON object, for other programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tapfix import __version__
from tapfix.api.result import Reported, Result
from tapfix.model.python.source import Problem
from tapfix.report.names import shown

if TYPE_CHECKING:
    from tapfix.verify.judge import Judgement

_Object = dict[str, object]

_MASK = "********"


def to_json(
    result: Result,
    base: str,
    diff: bytes | None = None,
    judgements: Sequence[Judgement] = (),
) -> str:
    """The result with paths relative to ``base``; ``diff`` is added as text where there is one.

    ``judgements`` are what templates say of the fixes.

    Passwords are masked in it: then it is for reading only.
    """
    content: _Object = {
        "tapfix": __version__,
        "mode": result.mode.value,
        "profiles": list(result.profiles),
        "apps": [shown(root, base) for root in result.apps],
        "findings": [_finding(reported, base) for reported in result.findings],
        "problems": [_problem(problem, base) for problem in result.problems],
        "unused_suppressions": [_problem(problem, base) for problem in result.unused],
        "notes": list(result.notes),
        "changed_files": [shown(path, base) for path in result.changes],
        "summary": _summary(result),
    }
    if diff is not None:
        content["diff"] = _masked(diff.decode("utf-8", "backslashreplace"), result)
    if judgements:
        from tapfix.report.verification import as_objects

        text = json.dumps(as_objects(judgements, base))
        content["verification"] = json.loads(_masked(text, result))
    # ASCII: a path may hold bytes that are no UTF-8, which no encoder would take.
    return json.dumps(content, indent=2)


def _masked(diff: str, result: Result) -> str:
    """A diff without the passwords that the findings are about, however they are spelled."""
    spelled = {
        form for text in result.hides for form in (text, repr(text)[1:-1], json.dumps(text)[1:-1])
    }
    for text in sorted(spelled, key=len, reverse=True):
        diff = diff.replace(text, _MASK)
    return diff


def _finding(reported: Reported, base: str) -> _Object:
    fix = reported.finding.fix
    return {
        "code": reported.rule.code,
        "name": reported.rule.name,
        "severity": reported.rule.severity.value,
        "path": shown(reported.place.path, base),
        "line": reported.place.line,
        "column": reported.place.column,
        "message": reported.finding.message,
        "status": reported.status.value,
        "reason": reported.reason,
        "fix": {"title": fix.title, "impact": fix.impact.value} if fix is not None else None,
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
        "impacts": {impact.value: count for impact, count in result.impacts.items()},
        "by_rule": dict(sorted(counts.items())),
    }
