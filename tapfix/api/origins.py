"""Where the findings of later rounds stood in the files as these were at first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tapfix.api.found import Found
from tapfix.api.result import Place
from tapfix.edits import Finding

_Words = tuple[str, str, str]


class Origins:
    """The places of what was found first, for those that find the same later.

    The text around a finding may have changed so much that it tells no more where this was; its
    words tell that, and of several with the same words the order.
    """

    def __init__(self, first: Iterable[Found], before: Callable[[str], bytes | None]) -> None:
        self._before = before
        self._first = _by_words(first)

    def of(self, found: Iterable[Found]) -> dict[Finding, Place]:
        """Where all that is found now stood at first, or what stood in its place."""
        places: dict[Finding, Place] = {}
        for words, now in _by_words(found).items():
            known = [one.place for one in self._first.get(words, ())]
            is_whole = len(known) == len(now)
            for index, one in enumerate(now):
                place = known[index] if is_whole else self._nearest(one.place, known)
                places[one.finding] = place
        return places

    def _nearest(self, place: Place, known: Iterable[Place]) -> Place:
        """The nearest of the places that are known, or else what stands in its place."""
        then = place.carried_to(self._before(place.path))
        if then is place:  # nothing has changed there
            return place
        return min(known, key=lambda other: abs(other.line - then.line), default=then)

    def mended(self, places: Iterable[tuple[Found, Place]]) -> None:
        """Know that these are no more: what has the same words later is another."""
        for found, place in places:
            mine = self._first.get(_words(found), [])
            mine[:] = [one for one in mine if one.place != place]


def _by_words(found: Iterable[Found]) -> dict[_Words, list[Found]]:
    """Findings by what they say of which file, in order of place."""
    known: dict[_Words, list[Found]] = {}
    for one in sorted(found, key=lambda one: (one.place.line, one.place.column)):
        known.setdefault(_words(one), []).append(one)
    return known


def _words(found: Found) -> _Words:
    return found.rule.code, found.place.path, found.finding.message
