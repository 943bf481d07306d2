"""A drawing of who reaches what: resources in columns, and lines between them.

The places are worked out once for the states before and after a change, so that both drawings can
be compared. Nothing in them depends on chance.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tapfix.model.access.map import Key, Map, Node, State
from tapfix.report.html.ink import Ink
from tapfix.report.html.joined import Joined, Pair

WIDTH, HEIGHT = 180, 46
_ACROSS, _BETWEEN, _LANE = 66, 20, 16
_MARGIN, _HEAD = 12, 30
_LETTERS = 20
_SWEEPS = 4
_SIGNS = {State.OPEN: "", State.SHUT: "✕", State.UNSURE: "?"}
_HEADS = ("Sources", "Functions", "Groups of functions", "Groups of data stores", "Resources")

Edge = tuple[Key, Key]
Stop = Key | tuple[Key, Key, int]
"""A resource, or where a line passes a column on its way."""


@dataclass(frozen=True)
class Layout:
    """Where everything stands: the middle of each stop, and the size of the whole."""

    column: Mapping[Stop, int]
    middle: Mapping[Stop, float]
    heads: Sequence[str]
    height: float

    @property
    def width(self) -> float:
        """The width of the drawing."""
        count = len(self.heads)
        return 2 * _MARGIN + count * WIDTH + (count - 1) * _ACROSS

    def left(self, stop: Stop) -> float:
        """Where the column of a stop begins."""
        return _MARGIN + self.column[stop] * (WIDTH + _ACROSS)


def layout(joined: Joined) -> Layout:
    """Places for all that either state has."""
    edges = list(dict.fromkeys(_edges(joined)))
    columns = _columns(joined)
    used = sorted(set(columns.values()))
    column: dict[Stop, int] = {key: used.index(number) for key, number in columns.items()}
    links: dict[Stop, list[Stop]] = {key: [] for key in column}
    for edge in edges:
        stops = _stops(edge, column)
        for one in stops[1:-1]:
            links.setdefault(one, [])
        for one, other in itertools.pairwise(stops):
            links[one].append(other)
            links[other].append(one)
    rows = [[stop for stop in links if column[stop] == number] for number in range(len(used))]
    for sweep in range(_SWEEPS):
        order = range(len(rows)) if sweep % 2 == 0 else range(len(rows) - 1, -1, -1)
        place = {stop: index for row in rows for index, stop in enumerate(row)}
        for number in order:
            rows[number].sort(key=lambda stop: _weight(stop, links, place))
            place.update((stop, index) for index, stop in enumerate(rows[number]))
    return _placed(rows, column, [_HEADS[number] for number in used])


def _weight(stop: Stop, links: Mapping[Stop, list[Stop]], place: Mapping[Stop, int]) -> float:
    near = [place[other] for other in links[stop]]
    return sum(near) / len(near) if near else place[stop]


def _edges(joined: Joined) -> Iterable[Edge]:
    for pair in joined.pairs:
        for way in (pair.before, pair.after):
            if way is not None:
                path = (way.source, *way.through, way.target)
                yield from itertools.pairwise(path)
    yield from joined.before.ties
    yield from joined.after.ties


def _columns(joined: Joined) -> dict[Key, int]:
    """The column of each: what hands records over, what runs, what guards, what is used."""
    feeding = {
        way.source
        for pair in joined.pairs
        for way in (pair.before, pair.after)
        if way is not None and way.kind == "feeds"
    }
    nodes = {node.key: node for node in (*joined.before.nodes, *joined.after.nodes)}
    guards = {
        group
        for group, target in (*joined.before.ties, *joined.after.ties)
        if nodes[group].kind == "security group" and nodes[target].kind != "function"
    }
    return {key: _column(node, key in feeding, key in guards) for key, node in nodes.items()}


def _column(node: Node, feeds: bool, guards: bool) -> int:
    if node.kind == "function":
        return 1
    if node.kind == "security group":
        return 3 if guards else 2
    return 0 if feeds else 4


def _stops(edge: Edge, column: dict[Stop, int]) -> list[Stop]:
    """What a line passes, from left to right; places in the columns between are added."""
    start, end = edge if column[edge[0]] <= column[edge[1]] else (edge[1], edge[0])
    between: list[Stop] = []
    for number in range(column[start] + 1, column[end]):
        stop = (*edge, number)
        column[stop] = number
        between.append(stop)
    return [start, *between, end]


def _placed(rows: Sequence[Sequence[Stop]], column: dict[Stop, int], heads: list[str]) -> Layout:
    heights = [sum(map(_height, row)) + _BETWEEN * max(0, len(row) - 1) for row in rows]
    tallest = max(heights, default=0)
    middle: dict[Stop, float] = {}
    for row, height in zip(rows, heights, strict=True):
        top = _MARGIN + _HEAD + (tallest - height) / 2
        for stop in row:
            middle[stop] = top + _height(stop) / 2
            top += _height(stop) + _BETWEEN
    return Layout(column, middle, heads, tallest + 2 * _MARGIN + _HEAD)


def _height(stop: Stop) -> float:
    return HEIGHT if isinstance(stop, Key) else _LANE


@dataclass(eq=False)
class Chart:
    """Draws one of the two states."""

    joined: Joined
    layout: Layout
    is_after: bool
    ink: Ink
    _pills: list[tuple[float, float]] = field(default_factory=list)

    @property
    def map(self) -> Map:
        """What is drawn."""
        return self.joined.after if self.is_after else self.joined.before

    def svg(self, name: str, title: str, description: str) -> str:
        """The drawing; ``name`` begins the ids in it."""
        width, height = self.layout.width, self.layout.height
        return (
            f'<svg class="chart" viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
            f' height="{height:g}" role="img" aria-labelledby="{name}-t {name}-d">'
            f'<title id="{name}-t">{self.ink.value(title)}</title>'
            f'<desc id="{name}-d">{self.ink.value(description)}</desc>'
            f"{self._heads()}{self._lines()}{self._cards()}{self._marks()}</svg>"
        )

    def _heads(self) -> str:
        texts = (
            f'<text class="head" x="{_MARGIN + number * (WIDTH + _ACROSS):g}" y="{_MARGIN + 10}">'
            f"{head}</text>"
            for number, head in enumerate(self.layout.heads)
        )
        return "".join(texts)

    # Lines

    def _lines(self) -> str:
        looks = dict.fromkeys(self.map.ties, "tie")
        for pair in self.joined.pairs:
            way = pair.after if self.is_after else pair.before
            if way is None:
                continue
            path = (way.source, *way.through, way.target)
            edges = list(itertools.pairwise(path))
            for edge in edges:
                looks.setdefault(edge, "tie")
            if way.state is State.OPEN:
                fresh = self.is_after and pair.is_new
                for edge in edges:
                    if looks[edge] != "open":
                        looks[edge] = "fresh" if fresh else "open"
            else:
                looks[edges[pair.crux(way)]] = "shut" if way.state is State.SHUT else "unsure"
        return "".join(self._line(edge, look) for edge, look in sorted(looks.items()))

    def _line(self, edge: Edge, look: str) -> str:
        points, forward = self._points(edge)
        (x, y), *rest = points
        path = f"M{x:g} {y:g}"
        if self.layout.column[edge[0]] == self.layout.column[edge[1]]:
            (end, low) = rest[-1]
            path += f"C{x + 60:g} {y:g} {end + 60:g} {low:g} {end:g} {low:g}"
            tip, turn = (end, low), 1
        else:
            for number, (to, low) in enumerate(rest):
                if number % 2:
                    path += f"H{to:g}"
                else:
                    half = (to - x) / 2
                    path += f"C{x + half:g} {y:g} {to - half:g} {low:g} {to:g} {low:g}"
                x, y = to, low
            tip, turn = (points[-1], -1) if forward else (points[0], 1)
        head = f"M{tip[0]:g} {tip[1]:g}l{turn * 8:g} -4v8z"
        arrow = f'<path class="tip {look}" d="{head}"/>' if look != "tie" else ""
        return f'<path class="line {look}" d="{path}"/>{arrow}'

    def _points(self, edge: Edge) -> tuple[list[tuple[float, float]], bool]:
        """Where a line leaves and enters columns, from left to right; whether it runs so too."""
        place = self.layout
        forward = place.column[edge[0]] <= place.column[edge[1]]
        start, end = edge if forward else (edge[1], edge[0])
        first, last = place.column[start], place.column[end]
        points = [(place.left(start) + WIDTH, self._port(start, edge, "right"))]
        for number in range(first + 1, last):
            stop = (*edge, number)
            points += [(place.left(stop) + x, place.middle[stop]) for x in (0, WIDTH)]
        x, side = (place.left(end) + WIDTH, "right") if first == last else (place.left(end), "left")
        return [*points, (x, self._port(end, edge, side))], forward

    def _port(self, key: Key, edge: Edge, side: str) -> float:
        """Where on a side of a card a line ends: lines are set apart, by where they lead."""
        column, middle = self.layout.column, self.layout.middle
        here: list[tuple[float, Edge]] = []
        for other in dict.fromkeys(_edges(self.joined)):
            if key in other:
                far = other[1] if other[0] == key else other[0]
                is_right = column[far] >= column[key]
                if is_right == (side == "right"):
                    here.append((middle[far], other))
        index = sorted(here).index(
            next(one for one in here if one[1] == edge),
        )
        step = min(9.0, (HEIGHT - 12) / max(1, len(here) - 1))
        return middle[key] + (index - (len(here) - 1) / 2) * step

    # Cards

    def _cards(self) -> str:
        known = {node.key for node in (self.joined.before if self.is_after else self.map).nodes}
        kept = {node.key for node in self.joined.after.nodes}
        cards = []
        for node in self.map.nodes:
            fresh = self.is_after and node.key not in known
            gone = not self.is_after and self.joined.changes and node.key not in kept
            cards.append(self._card(node, "fresh" if fresh else "gone" if gone else ""))
        return "".join(cards)

    def _card(self, node: Node, look: str) -> str:
        x, y = self.layout.left(node.key), self.layout.middle[node.key] - HEIGHT / 2
        sign = {"fresh": "+ new ", "gone": "− goes: "}.get(look, "")
        # Masked before it is cut: half of a password would be no longer known as one.
        label = self.ink.masked(node.label).replace('"', "")
        name = label.partition(" ")[2] if " " in label else label
        # What names have in common stands mostly in their middle.
        short = name if len(name) <= _LETTERS else f"{name[: _LETTERS - 8]}…{name[-7:]}"
        shape = f'<path class="card {look}" d="{_shape(node.kind, x, y)}"/>'
        return (
            f'<g class="node">{shape}<title>{self.ink.value(f"{sign}{node.kind}: {node.label}")}'
            f'</title><text class="kind" x="{x + 18:g}" y="{y + 20:g}">{sign}{node.kind}</text>'
            f'<text class="name" x="{x + 18:g}" y="{y + 36:g}">{self.ink.value(short)}</text></g>'
        )

    # Numbers on lines, as in the table

    def _marks(self) -> str:
        marks: list[tuple[int, Pair, Edge]] = []
        for number, pair in enumerate(self.joined.pairs, 1):
            way = pair.after if self.is_after else pair.before
            if way is not None:
                path = (way.source, *way.through, way.target)
                crux = pair.crux(way)
                marks.append((number, pair, (path[crux], path[crux + 1])))
        # Short lines first: on long ones there is more room.
        marks.sort(key=lambda mark: len(self._points(mark[2])[0]))
        return "".join(self._mark(*mark) for mark in marks)

    def _mark(self, number: int, pair: Pair, edge: Edge) -> str:
        way = pair.after if self.is_after else pair.before
        assert way is not None
        fresh = self.is_after and pair.is_new
        look = "fresh" if fresh else way.state.name.lower()
        sign = "+" if fresh else _SIGNS[way.state]
        x, y = self._free(self._points(edge)[0])
        text = f"{number} {sign}".strip()
        width = 14 + 7 * len(text)
        return (
            f'<g class="mark {look}"><rect x="{x - width / 2:g}" y="{y - 9:g}" width="{width}"'
            f' height="18" rx="9"/><text x="{x:g}" y="{y + 4:g}">{text}</text></g>'
        )

    def _free(self, points: Sequence[tuple[float, float]]) -> tuple[float, float]:
        """A place on a line, or else near it, where no other mark stands."""
        (x, y), (to, low) = points[0], points[1]
        if x == to:
            x, to = x + 40, x + 44
        middle = _on_curve((x, y), (to, low), 0.5)
        places = [_on_curve((x, y), (to, low), share) for share in (0.5, 0.3, 0.7)]
        places += [_between(*stretch) for stretch in zip(points[1::2], points[2::2], strict=False)]
        places += [(middle[0], middle[1] + aside) for aside in (20, -20, 40, -40, 60, -60)]
        free = (one for one in places if all(not _meet(one, other) for other in self._pills))
        place = next(free, places[0])
        self._pills.append(place)
        return place


def _on_curve(
    start: tuple[float, float], end: tuple[float, float], t: float
) -> tuple[float, float]:
    """A point of the curve between two columns: its handles are level, half of the way long."""
    across, down = 1.5 * t - 1.5 * t * t + t * t * t, 3 * t * t - 2 * t * t * t
    return start[0] + (end[0] - start[0]) * across, start[1] + (end[1] - start[1]) * down


def _between(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < 34 and abs(one[1] - other[1]) < 19


def _shape(kind: str, x: float, y: float) -> str:
    """The outline of a card: each kind has its own."""
    w, h = WIDTH, HEIGHT
    if kind in ("database", "cache", "table", "search domain"):
        arc = f"a{w / 2:g} 4 0 0 0 {w:g} 0"
        back = f"a{w / 2:g} 4 0 0 0 {-w:g} 0"
        return f"M{x:g} {y + 4:g}{arc}{back}v{h - 8:g}{arc}v{8 - h:g}"
    if kind == "security group":
        return f"M{x + 12:g} {y:g}h{w - 24:g}l12 {h / 2:g}l-12 {h / 2:g}h{24 - w:g}l-12 {-h / 2:g}z"
    if kind == "stream":
        return f"M{x + 12:g} {y:g}h{w - 12:g}l-12 {h:g}h{12 - w:g}z"
    if kind == "queue":
        return f"M{x:g} {y:g}h{w:g}v{h:g}h{-w:g}zM{x + 8:g} {y:g}v{h:g}M{x + w - 8:g} {y:g}v{h:g}"
    if kind == "bucket":
        return f"M{x:g} {y:g}h{w:g}l-8 {h:g}h{16 - w:g}z"
    if kind == "secret":
        return f"M{x:g} {y:g}h{w - 12:g}l12 12v{h - 12:g}h{-w:g}z"
    r = 10 if kind == "function" else 2
    return (
        f"M{x + r:g} {y:g}h{w - 2 * r:g}a{r} {r} 0 0 1 {r} {r}v{h - 2 * r:g}a{r} {r} 0 0 1 {-r} {r}"
        f"h{2 * r - w:g}a{r} {r} 0 0 1 {-r} {-r}v{2 * r - h:g}a{r} {r} 0 0 1 {r} {-r}z"
    )
