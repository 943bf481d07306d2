"""Which finding is which, after fixes of others have changed the files around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tapfix.api.found import Found


def carried(earlier: Iterable[Found], now: Sequence[Found]) -> dict[Found, Found]:
    """The earlier findings by those that they have become.

    The same is what the same rule says in the same file with the same words, on the same line or
    else the nearest one; or what it says of the same line with other words.
    """
    became: dict[Found, Found] = {}
    rest = list(earlier)
    for is_same in (_is_equal, _is_unmoved, _says_the_same, _is_on_the_same_line):
        rest = [one for one in rest if not _take(one, now, became, is_same)]
    return became


def _take(
    one: Found,
    now: Sequence[Found],
    became: dict[Found, Found],
    is_same: Callable[[Found, Found], bool],
) -> bool:
    """Find what a finding has become, among those that are nobody's yet."""
    free = [
        other
        for other in now
        if other not in became
        and other.rule.code == one.rule.code
        and other.place.path == one.place.path
        and is_same(one, other)
    ]
    nearest = min(
        free,
        key=lambda other: (_distance(one, other), abs(one.place.column - other.place.column)),
        default=None,
    )
    if nearest is not None:
        became[nearest] = one
    return nearest is not None


def _is_equal(one: Found, other: Found) -> bool:
    return one.finding == other.finding and one.place.data == other.place.data


def _is_unmoved(one: Found, other: Found) -> bool:
    return _says_the_same(one, other) and _is_on_the_same_line(one, other)


def _says_the_same(one: Found, other: Found) -> bool:
    return one.finding.message == other.finding.message


def _is_on_the_same_line(one: Found, other: Found) -> bool:
    return not _distance(one, other)


def _distance(one: Found, other: Found) -> int:
    """How many lines apart they are, in the later version of the file."""
    return abs(one.place.carried_to(other.place.data).line - other.place.line)
