"""One page for a browser: a summary, who reaches what before and after, and each flaw's diff.

The page needs nothing but itself: no network, no other file. A policy in it lets only the style and
the script run that are named by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

from tapfix import __version__
from tapfix.api.alone import alone
from tapfix.api.result import Mode, Reported
from tapfix.edits import Impact
from tapfix.report.content import SITE, Content
from tapfix.report.html.findings import (
    NO_FIX,
    SIGNS,
    article,
    badge,
    facts,
    filters,
    worst_first,
)
from tapfix.report.html.ink import Ink
from tapfix.report.html.maps import app_name, connections
from tapfix.report.html.sides import side_by_side
from tapfix.report.paint import PLAIN
from tapfix.report.text import summary, verdicts, voice_of

_IMPACTS = [impact.value for impact in Impact]
ROOM = 8_000_000
"""So many characters of findings with their diffs; no diffs are shown after that."""

_TITLES = {
    Mode.REPORT: "what tapfix found",
    Mode.DRY_RUN: "what tapfix would change",
    Mode.APPLY: "what tapfix changed",
}


def write(content: Content) -> str:
    """The whole page, in ASCII: whatever encoding it is written in, it reads the same."""
    ink = Ink(content.result.hides)
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    title = f"{_TITLES[content.result.mode]} – tapfix"
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        f'<link rel="icon" href="data:,"><title>{title}</title><style>{style}</style></head>\n'
        f"<body>{_body(content, ink)}<script>{script}</script></body></html>\n"
    )
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _asset(name: str) -> str:
    return files("tapfix.report.html").joinpath(name).read_text(encoding="ascii")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _body(content: Content, ink: Ink) -> str:
    found = worst_first(content)
    sections = [
        ("summary", "Summary", _summary(found, content, ink)),
        ("connections", "Connections", connections(content, ink)),
        ("findings", "Findings", _findings(found, content, ink)),
        ("files", "Files", _files(content, ink)),
        ("rest", "What else there is to say", _rest(content, ink)),
    ]
    there = [section for section in sections if section[2]]
    links = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title, _ in there)
    parts = "\n".join(
        f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{title}</h2>{body}'
        "</section>"
        for name, title, body in there
    )
    return (
        '<a class="skip" href="#findings">Skip to the findings</a>'
        f'<header class="top"><h1>{_TITLES[content.result.mode].capitalize()}</h1>'
        f'<nav aria-label="Parts of this page"><ul>{links}</ul></nav>{_switches()}</header>'
        f"<main>\n{parts}\n</main><footer><p>Made by "
        f'<a href="{SITE}" rel="noreferrer">tapfix</a> {__version__}. Passwords that tapfix knows'
        " are masked.</p></footer>"
    )


def _switches() -> str:
    """What only a script can do, and what shows only then."""
    return (
        '<div id="switches" role="group" aria-label="Settings" hidden><label>colours <select '
        'id="theme"><option value="">as the system</option><option>light</option><option>dark'
        '</option></select></label><label><input type="checkbox" id="keys" checked> keys: '
        "<kbd>j</kbd> <kbd>k</kbd> next and previous finding, <kbd>o</kbd> fold its diff, "
        "<kbd>/</kbd> search</label></div>"
    )


# The summary


def _summary(found: Sequence[Reported], content: Content, ink: Ink) -> str:
    known = [facts(one, content) for one in found]
    lines = "".join(f"<p>{ink.prose(line)}</p>" for line in summary(content.result))
    names = (app_name(root, content) for root in content.result.apps)
    apps = ", ".join(f"<code>{ink.text(name)}</code>" for name in names)
    tables = [
        _counts("severity", [one.severity for one in known], list(SIGNS), ink),
        _counts("impact", [one.impact for one in known], [NO_FIX, *_IMPACTS], ink),
        _counts("status", [one.status for one in known], [], ink),
    ]
    aside = f'<p class="aside">Apps: {apps or "none"}.</p>'
    return f'{lines}{aside}<div class="tables">{"".join(tables)}</div>'


def _counts(name: str, words: Sequence[str], order: Sequence[str], ink: Ink) -> str:
    """How often each word stands there, in a given order, the others behind."""
    counts = Counter(words)
    known = [*(word for word in order if counts[word]), *sorted(counts.keys() - set(order))]
    rows = "".join(
        f'<tr><th scope="row">{badge(word) if name == "severity" else ink.text(word)}</th>'
        f"<td>{counts[word]}</td></tr>"
        for word in known
    )
    head = f'<tr><th scope="col">{name}</th><th scope="col">findings</th></tr>'
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if known else ""


# The findings, and the change as a whole


def _findings(found: Sequence[Reported], content: Content, ink: Ink) -> str:
    if not found:
        return ""
    changes, room = alone(content.result), ROOM
    articles = []
    for number, one in enumerate(found, 1):
        articles.append(article(number, one, changes if room > 0 else {}, content, ink))
        room -= len(articles[-1])
    said = "Each diff shows what one fix does by itself."
    if content.result.changes:
        said += " Fixes that meet in a line are done together; the files below show all of them."
    return (
        f'<p class="aside">{said}</p>{filters(found, content, ink)}'
        f'<div id="list">{"".join(articles)}</div>'
        '<p id="none" hidden>No finding is like that.</p>'
    )


def _files(content: Content, ink: Ink) -> str:
    parts = (
        f"<details><summary><code>{ink.text(content.shown(path))}</code></summary>"
        f"{side_by_side(path, pair, ink, content.shown(path))}</details>"
        for path, pair in sorted(content.result.changes.items())
    )
    return "".join(parts)


# The rest


def _rest(content: Content, ink: Ink) -> str:
    content = replace(content, paint=PLAIN)
    result, voice = content.result, voice_of(content)
    lists = [
        ("What could not be done", voice.problems(result.problems)),
        ("What templates say", verdicts(content)),
        ("Comments that silence nothing", voice.unused(content)),
        ("Entries of the baseline that match nothing", voice.unmatched(content)),
        ("Notes", result.notes),
    ]
    return "".join(_list(title, list(lines), ink) for title, lines in lists)


def _list(title: str, lines: Sequence[str], ink: Ink) -> str:
    items = "".join(f"<li>{ink.prose(line)}</li>" for line in lines)
    return f"<h3>{title}</h3><ul>{items}</ul>" if items else ""
