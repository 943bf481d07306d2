"""The part of the page that shows who reaches what, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from tapfix.model.access.map import Key, State, Way
from tapfix.report.content import Content
from tapfix.report.html.chart import Chart, layout
from tapfix.report.html.ink import Ink
from tapfix.report.html.joined import Joined, Pair, joined_maps

_LEGEND = (
    ("open", "", "open"),
    ("fresh", "+", "new: it could not be reached, and now can"),
    ("shut", "✕", "shut: it cannot be reached"),
    ("unsure", "?", "the source does not tell"),
)


def connections(content: Content, ink: Ink) -> str:
    """Drawings and a table for each app that has any ways; a sentence if none has."""
    try:
        apps = [one for one in joined_maps(content.result) if one.pairs]
    except Exception as error:
        # A drawing is an extra: the findings have to be told whatever becomes of it.
        reason = f"{type(error).__name__}: {error}"
        return f"<p>The connections could not be drawn ({ink.text(reason)}); please report it.</p>"
    if not apps:
        return "<p>The source tells of no connections between resources.</p>"
    parts = [_app(number, one, content, ink) for number, one in enumerate(apps, 1)]
    return f"{_legend()}{''.join(parts)}"


def app_name(root: str, content: Content) -> str:
    """What to call an app: its path from the current folder; if it is that, the folder's name."""
    return content.shown(root) if root != content.base else PurePath(root).name


def _legend() -> str:
    items = "".join(
        f'<li><svg width="64" height="20" aria-hidden="true"><path class="line {look}" d="M0 10H64"'
        f'/><g class="mark {look}"><rect x="18" y="1" width="28" height="18" rx="9"/>'
        f'<text x="32" y="14">1 {sign}</text></g></svg> {said}</li>'
        for look, sign, said in _LEGEND
    )
    return (
        f'<ul class="legend">{items}</ul><p class="aside">The numbers are those of the table below'
        " each drawing, which says the same in words. What the source does not show is not drawn."
        "</p>"
    )


def _app(number: int, joined: Joined, content: Content, ink: Ink) -> str:
    name = ink.text(app_name(joined.root, content))
    places = layout(joined)
    gained = sum(pair.is_new for pair in joined.pairs) if joined.changes else 0
    said = _gained(gained) if joined.changes else "As it stands; nothing has been changed."
    states = [False, True] if joined.changes else [False]
    charts = "".join(
        _figure(f"map{number}{'b' if after else 'a'}", Chart(joined, places, after, ink))
        for after in states
    )
    many = len(content.result.apps) > 3
    return (
        f'<details class="app"{"" if many else " open"}><summary><h3>{name}</h3> {said}'
        f"</summary>{charts}{_table(joined, ink)}</details>"
    )


def _gained(count: int) -> str:
    if not count:
        return "No new connection."
    return "1 new connection." if count == 1 else f"{count} new connections."


def _figure(name: str, chart: Chart) -> str:
    title = "Who reaches what after the change" if chart.is_after else "Who reaches what now"
    if chart.joined.changes and not chart.is_after:
        title = "Who reaches what before the change"
    description = "Resources in columns with lines between them; the table below has every line."
    return (
        f"<figure><figcaption>{title}</figcaption>"
        f'<div class="scroll" role="region" tabindex="0" aria-label="{title}: drawing, scrolls">'
        f"{chart.svg(name, title, description)}</div></figure>"
    )


def _table(joined: Joined, ink: Ink) -> str:
    names = ["number", "from", "how", "to"]
    names += ["before", "after"] if joined.changes else ["now"]
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(_rows(joined, ink))
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="Connections as a table">'
        f'<table class="ways"><caption>Connections</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _rows(joined: Joined, ink: Ink) -> Iterator[str]:
    labels = {node.key: node.label for node in (*joined.before.nodes, *joined.after.nodes)}
    for number, pair in enumerate(joined.pairs, 1):
        way = pair.way
        what = f" <small>{ink.text(way.what)}</small>" if way.what else ""
        states = [_state(pair.before, False, ink)]
        if joined.changes:
            states.append(_state(pair.after, pair.is_new, ink))
        fresh = ' class="fresh"' if joined.changes and pair.is_new else ""
        yield (
            f'<tr{fresh}><th scope="row">{number}</th><td>{ink.text(labels[way.source])}</td>'
            f"<td>{way.kind}{what}{_through(pair, labels, ink)}</td>"
            f"<td>{ink.text(labels[way.target])}</td>{''.join(states)}</tr>"
        )


def _through(pair: Pair, labels: Mapping[Key, str], ink: Ink) -> str:
    names = ", then ".join(ink.text(labels[key]) for key in pair.way.through)
    return f" <small>by way of {names}</small>" if names else ""


def _state(way: Way | None, fresh: bool, ink: Ink) -> str:
    if way is None:
        return "<td>– <small>no such way</small></td>"
    why = f" <small>{ink.text(way.why)}</small>" if way.why else ""
    if way.state is State.OPEN:
        return (
            '<td><b class="ok">+ opens</b></td>' if fresh else '<td><b class="ok">✓ open</b></td>'
        )
    if way.state is State.SHUT:
        return f'<td><b class="bad">✕ shut</b>{why}</td>'
    return f'<td><b class="unsure">? cannot be told</b>{why}</td>'
