"""A JUnit report: a suite for each rule, a failed test for each of its findings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as xml

from tapfix.api.result import Reported, Status
from tapfix.report.clean import clean_line, clean_name
from tapfix.report.content import Content
from tapfix.rule import Rule

# What XML 1.0 cannot hold, in any spelling.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(content: Content) -> str:
    """All rules that were asked; one that found nothing is a test that passed.

    Notes and what comments or a baseline silence are skipped tests, what could not be done is an
    error.
    """
    root = xml.Element("testsuites", name="tapfix")
    told = [(one, _why_skipped(one, content)) for one in content.findings]
    told += [(one, f"suppressed: {one.reason or 'no reason given'}") for one in content.silenced]
    told += [(one, f"in the baseline: {content.message(one)}") for one in content.baselined]
    for rule in content.rules:
        _suite(root, rule, [pair for pair in told if pair[0].rule.code == rule.code], content)
    _proofs(root, content)
    if content.problems:
        suite = xml.SubElement(root, "testsuite", name="tapfix")
        for problem in content.problems:
            where = content.shown(problem.path) or "tapfix"
            case = _case(suite, "tapfix", f"{where}:{problem.line}" if problem.line else where)
            _outcome(case, "error", problem.message, "problem", clean_line(problem.message))
    for element in root.iter("testsuite"):
        _count(element, [element])
    _count(root, list(root))
    xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.tostring(root, "unicode")}\n'


def _proofs(root: xml.Element, content: Content) -> None:
    """Of verified apps a suite in which each is a test, that fails if its change is not proved."""
    if not content.judgements:
        return
    suite = xml.SubElement(root, "testsuite", name="verification")
    for one in content.judgements:
        case = _case(suite, "tapfix.verification", content.shown(one.root))
        against = [it.message for it in content.doubts if it.path == one.root]
        against += [
            f"{content.shown(place.path)}:{place.line}: {verdict.reported.rule.code} {why}"
            for verdict in one.verdicts
            if (why := content.doubt(verdict)) and (place := verdict.reported.place)
        ]
        if not one.holds:
            _outcome(
                case,
                "failure",
                "the change is not proved",
                "not proved",
                "\n".join(map(clean_line, against)),
            )


def _why_skipped(one: Reported, content: Content) -> str:
    """Why a finding is no failure; empty where it is one."""
    return f"note: {content.message(one)}" if one.status is Status.NOTE else ""


def _suite(
    root: xml.Element, rule: Rule, found: Sequence[tuple[Reported, str]], content: Content
) -> None:
    suite = xml.SubElement(root, "testsuite", name=f"{rule.code} {rule.name}")
    for one, skipped in found:
        where = f"{content.shown(one.place.path)}:{one.place.line}"
        case = _case(suite, f"tapfix.{rule.code}", where)
        if skipped:
            _outcome(case, "skipped", skipped)
        else:
            message = content.message(one)
            details = _details(one, where, content)
            _outcome(case, "failure", message, rule.severity.value, details)
    if not found:
        _case(suite, f"tapfix.{rule.code}", rule.name)


def _case(suite: xml.Element, group: str, name: str) -> xml.Element:
    return xml.SubElement(suite, "testcase", classname=group, name=_fit(clean_name(name)), time="0")


def _outcome(case: xml.Element, tag: str, message: str, kind: str = "", text: str = "") -> None:
    outcome = xml.SubElement(case, tag, message=_fit(clean_line(message)))
    if kind:
        outcome.set("type", kind)
    if text:
        outcome.text = _fit(text)


def _details(one: Reported, where: str, content: Content) -> str:
    lines = [f"{where}:{one.place.column}: {one.rule.code} {one.finding.message}"]
    if one.finding.fix is not None:
        lines.append(f"fix: {one.finding.fix.title} [{one.finding.fix.impact.value}]")
    lines.append(content.why(one))
    told = (clean_line(content.hidden(line)) for line in lines if line)
    return "\n".join([*told, one.rule.page])


def _count(element: xml.Element, suites: Sequence[xml.Element]) -> None:
    """Say how many tests there are, and how they ended."""
    tags = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, tag in tags.items():
        element.set(name, str(sum(len(list(suite.iter(tag))) for suite in suites)))


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
