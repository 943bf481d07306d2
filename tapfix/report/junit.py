"""A JUnit report: a suite for each rule, a failed test for each of its findings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as xml

from tapfix.api.result import Reported, Status
from tapfix.report.content import Content
from tapfix.rule import Rule

# What XML 1.0 cannot hold, in any spelling.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(content: Content) -> str:
    """All rules that were asked; one that found nothing is a test that passed.

    Notes and what comments silence are skipped tests, what could not be done is an error.
    """
    root = xml.Element("testsuites", name="tapfix")
    told = (*content.findings, *content.silenced)
    for rule in content.rules:
        _suite(root, rule, [one for one in told if one.rule.code == rule.code], content)
    if content.result.problems:
        suite = xml.SubElement(root, "testsuite", name="tapfix")
        for problem in content.result.problems:
            where = content.shown(problem.path) or "tapfix"
            case = _case(suite, "tapfix", f"{where}:{problem.line}" if problem.line else where)
            _outcome(case, "error", problem.message, "problem", problem.message)
    for element in root.iter("testsuite"):
        _count(element, [element])
    _count(root, list(root))
    xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.tostring(root, "unicode")}\n'


def _suite(root: xml.Element, rule: Rule, found: Sequence[Reported], content: Content) -> None:
    suite = xml.SubElement(root, "testsuite", name=f"{rule.code} {rule.name}")
    for one in found:
        where = f"{content.shown(one.place.path)}:{one.place.line}"
        case = _case(suite, f"tapfix.{rule.code}", where)
        message = one.finding.message
        if one.status is Status.SILENCED:
            _outcome(case, "skipped", f"suppressed: {one.reason or 'no reason given'}")
        elif one.status is Status.NOTE:
            _outcome(case, "skipped", f"note: {message}")
        else:
            _outcome(case, "failure", message, rule.severity.value, _details(one, where, rule))
    if not found:
        _case(suite, f"tapfix.{rule.code}", rule.name)


def _case(suite: xml.Element, group: str, name: str) -> xml.Element:
    return xml.SubElement(suite, "testcase", classname=group, name=_fit(name), time="0")


def _outcome(case: xml.Element, tag: str, message: str, kind: str = "", text: str = "") -> None:
    outcome = xml.SubElement(case, tag, message=_fit(message))
    if kind:
        outcome.set("type", kind)
    if text:
        outcome.text = _fit(text)


def _details(one: Reported, where: str, rule: Rule) -> str:
    lines = [f"{where}:{one.place.column}: {rule.code} {one.finding.message}"]
    if one.finding.fix is not None:
        lines.append(f"fix: {one.finding.fix.title} [{one.finding.fix.impact.value}]")
    if one.reason:
        lines.append(one.reason)
    return "\n".join([*lines, rule.page])


def _count(element: xml.Element, suites: Sequence[xml.Element]) -> None:
    """Say how many tests there are, and how they ended."""
    tags = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for name, tag in tags.items():
        element.set(name, str(sum(len(list(suite.iter(tag))) for suite in suites)))


def _fit(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)
