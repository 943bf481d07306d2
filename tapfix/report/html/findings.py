"""The part of the page that lists the flaws, each with what its fix changes, and their filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tapfix.api.result import Change, Mode, Reported, Status
from tapfix.edits import Finding, Impact
from tapfix.report.content import Content
from tapfix.report.html.ink import Ink
from tapfix.report.html.sides import side_by_side
from tapfix.rule import Severity

NO_FIX = "no fix"
"""What stands for the impact of a finding without a fix."""

SIGNS = {"critical": "◆", "high": "▲", "medium": "■", "low": "●", "note": "i"}
"""The severities, worst first, with what marks each beside its colour."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a finding can be filtered by, in words."""

    severity: str
    rule: str
    impact: str
    status: str
    file: str

    def attributes(self, ink: Ink) -> str:
        """The facts as attributes of the finding's element."""
        names = ("severity", "rule", "impact", "status", "file")
        return "".join(f' data-{name}="{ink.value(getattr(self, name))}"' for name in names)


def facts(one: Reported, content: Content) -> Facts:
    """The facts of a finding."""
    return Facts(
        "note" if one.status is Status.NOTE else one.rule.severity.value,
        one.rule.code,
        one.impact.value if one.impact is not None else NO_FIX,
        _status(one, content),
        content.shown(one.place.path),
    )


def _status(one: Reported, content: Content) -> str:
    if one.status is Status.FIXED and content.result.mode is Mode.DRY_RUN:
        return "would be fixed"
    return "left: no fix" if one.status is Status.UNFIXABLE else one.status.value


def worst_first(content: Content) -> Sequence[Reported]:
    """All findings of a run, those that it fixed among them: by severity, notes last."""
    ranks = {severity: rank for rank, severity in enumerate(Severity)}

    def badness(one: Reported) -> tuple[object, ...]:
        rank = ranks[one.rule.severity]
        return one.status is Status.NOTE, rank, one.rule.code, one.place.path, one.place.line

    return sorted(content.result.findings, key=badness)


def badge(severity: str) -> str:
    """A severity by word, sign and colour."""
    sign = f'<i aria-hidden="true">{SIGNS[severity]}</i>'
    return f'<span class="badge {severity}">{sign} {severity}</span>'


def filters(findings: Iterable[Reported], content: Content, ink: Ink) -> str:
    """The form that narrows the list; it is of use with the page's script only."""
    known = [facts(one, content) for one in findings]
    orders: list[tuple[str, str, Callable[[Facts], str], Sequence[str]]] = [
        ("severity", "all severities", lambda f: f.severity, list(SIGNS)),
        ("rule", "all rules", lambda f: f.rule, []),
        ("impact", "all impacts", lambda f: f.impact, [one.value for one in Impact]),
        ("status", "all statuses", lambda f: f.status, []),
        ("file", "all files", lambda f: f.file, []),
    ]
    names = {one.rule.code: f"{one.rule.code} {one.rule.name}" for one in findings}
    selects = "".join(
        _select(name, every, sorted(set(map(of, known)), key=_order(order)), names, ink)
        for name, every, of, order in orders
    )
    return (
        '<form id="filters" role="search" aria-label="Findings" hidden>'
        '<label class="wide">search <input type="search" name="search" autocomplete="off"'
        f' placeholder="any words"></label>{selects}'
        '<button type="button" id="all">show all</button>'
        '<button type="button" id="fold">fold diffs</button>'
        '<output id="shown" role="status"></output></form>'
    )


def _order(known: Sequence[str]) -> Callable[[str], tuple[int, str]]:
    return lambda word: (known.index(word) if word in known else len(known), word)


def _select(name: str, every: str, words: Iterable[str], names: Mapping[str, str], ink: Ink) -> str:
    options = "".join(
        f'<option value="{ink.value(word)}">{ink.text(names.get(word, word))}</option>'
        for word in words
    )
    return (
        f'<label>{name} <select name="{name}"><option value="">{every}</option>{options}</select>'
        "</label>"
    )


def article(
    number: int,
    one: Reported,
    changes: Mapping[Finding, Mapping[str, Change]],
    content: Content,
    ink: Ink,
) -> str:
    """One flaw: what it leads to, what mends it at what price, and the diff of that fix alone."""
    known, rule = facts(one, content), one.rule
    where = f"{known.file}:{one.place.line}" if one.place.line else known.file
    body = "".join(
        side_by_side(path, pair, ink, content.shown(path))
        for path, pair in changes.get(one.finding, {}).items()
    )
    diff = ""
    if body:
        diff = f"<details open><summary>what this fix changes</summary>{body}</details>"
    elif one.status is Status.FIXED:
        diff = '<p class="aside">What it changes is among the files below.</p>'
    return (
        f'<article id="f{number}" tabindex="-1" aria-labelledby="h{number}"{known.attributes(ink)}>'
        f'<header><h3 id="h{number}">{badge(known.severity)} '
        f'<a href="{ink.value(rule.page)}" rel="noreferrer">{ink.text(rule.code)}</a> '
        f"{ink.text(rule.name)}</h3>"
        f'<p class="where"><code>{ink.text(where)}</code></p></header>'
        f'<p class="message">{ink.prose(one.finding.message)}</p>'
        f"<dl>{_details(one, known, content, ink)}</dl>{diff}</article>"
    )


def _details(one: Reported, known: Facts, content: Content, ink: Ink) -> str:
    rows = [("status", known.status)]
    if one.finding.fix is not None:
        rows += [("fix", one.finding.fix.title), ("impact", known.impact)]
    if one.reason:
        rows.append(("why", one.reason))
    verdict = content.verdict(one)
    if verdict is not None:
        rows.append(("templates", content.doubt(verdict) or verdict.mark.value))
    return "".join(f"<div><dt>{name}</dt><dd>{ink.prose(text)}</dd></div>" for name, text in rows)
