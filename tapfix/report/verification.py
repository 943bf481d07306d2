"""What the templates say of fixes, as lines for people."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from tapfix.report.clean import clean_line, clean_name
from tapfix.report.masking import masked, masked_values
from tapfix.report.names import shown
from tapfix.report.paint import Paint
from tapfix.verify.difference import ABSENT, Difference
from tapfix.verify.judge import Judgement, Mark, Seen, Verdict
from tapfix.verify.standing import Standing

_SIGNS = {Mark.PROVED: ("✓", "green"), Mark.NOT_PROVED: ("✗", "red"), Mark.UNSEEN: ("–", "dim")}
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Bearing:
    """Writes lines with paths relative to ``base``; ``hides`` are passwords, which are masked."""

    base: str
    paint: Paint
    hides: Collection[str] = ()

    def lines(self, judgements: Iterable[Judgement]) -> Iterator[str]:
        """All of what was found out, app by app."""
        for judgement in judgements:
            yield from self._app(judgement)

    def manners(self, judgements: Iterable[Judgement]) -> Iterator[str]:
        """How each app was run."""
        for one in judgements:
            if one.how:
                yield f"{self._name(one.root)}: ran {self._line(one.how)}"

    def standing(self, standings: Iterable[Standing]) -> Iterator[str]:
        """The flaws of apps as they stand, by the lines that make them, and a summary of each."""
        for one in standings:
            name = self.paint("bold", self._name(one.root))
            if one.obstacle is not None:
                yield f"{name}: {self._line(_obstacle(one.obstacle))}"
                continue
            for seen in one.flaws:
                yield self._seen(seen, name)
            count = len(one.flaws)
            yield f"{name}: {count or 'no'} {'flaw' if count == 1 else 'flaws'} in its templates"

    def _seen(self, seen: Seen, app: str) -> str:
        place = f"{self._name(seen.path)}:{seen.line}" if seen.path else app
        said = self._line(f"{seen.rule.doc.splitlines()[0]} {seen.resource} {seen.shows}")
        return f"{self.paint('bold', place)}: {self.paint('red', seen.rule.code)} {said}"

    def _app(self, judgement: Judgement) -> Iterator[str]:
        name = self._name(judgement.root)
        if judgement.obstacle is not None:
            yield f"{self.paint('bold', name)}: {self._line(_obstacle(judgement.obstacle))}"
        for note in judgement.notes:
            yield f"{self.paint('bold', name)}: {self._line(note)}"
        for verdict in judgement.verdicts:
            yield self._verdict(verdict)
        if judgement.obstacle is None:
            yield from self._changes(name, judgement)

    def _verdict(self, verdict: Verdict) -> str:
        sign, colour = _SIGNS[verdict.mark]
        place = verdict.reported.place
        where = self.paint("bold", f"{self._name(place.path)}:{place.line}")
        said = "; ".join(verdict.shows)
        if verdict.reason is not None:
            said = f"{said}; {verdict.reason}" if said else verdict.reason
        said += " (only the template tells)" if verdict.told else ""
        code = verdict.reported.rule.code
        return f"{self.paint(colour, sign)} {code} {where}: {self._line(said)}"

    def _changes(self, name: str, judgement: Judgement) -> Iterator[str]:
        for old, new in judgement.renamed:
            renamed = f"stack {old} becomes {new}: a new stack, beside the old one"
            yield f"{name}: {self._line(renamed)}"
        kinds = [_kind(one) for one in judgement.differences]
        added, removed = kinds.count("added"), kinds.count("removed")
        changed = {one.name for one in judgement.differences if one.path not in ("", "StackName")}
        count = len(judgement.replaced or {})
        yield (
            f"{name}: in the templates {len(changed)} changed ({count} of them replaced),"
            f" {added} added, {removed} removed"
        )
        for path, why in sorted((judgement.replaced or {}).items()):
            yield f"    replaced: {self._line(f'{path} ({why})')}"
        for one in judgement.unexpected:
            said = self._line(_difference(one, self.hides))
            yield f"    {self.paint('red', 'unexpected')}: {said}"
        if judgement.left:
            yield f"{name}: the templates show after the change:"
        for seen in judgement.left:
            yield f"    {self._seen(seen, name)}"

    def _name(self, path: str) -> str:
        return clean_name(shown(path, self.base))

    def _line(self, text: str) -> str:
        return clean_line(masked(text, self.hides))


def doubts(judgement: Judgement, hides: Collection[str]) -> Iterator[str]:
    """What speaks against the change of an app, beside the verdicts on its fixes."""
    if judgement.obstacle is not None:
        yield masked(_obstacle(judgement.obstacle), hides)
    for one in judgement.unexpected:
        yield masked(f"no fix explains a change in the templates: {_difference(one, hides)}", hides)


def as_objects(
    judgements: Iterable[Judgement], base: str, hides: Collection[str]
) -> list[dict[str, object]]:
    """Judgements as what JSON can hold, without passwords."""

    def fit(value: object) -> object:
        return masked_values(value, hides)

    return [
        {
            "app": shown(one.root, base),
            "how": fit(one.how),
            "holds": one.holds,
            "obstacle": fit(one.obstacle),
            "notes": fit(list(one.notes)),
            "verdicts": [_verdict(verdict, base, hides) for verdict in one.verdicts],
            "renamed_stacks": fit([list(pair) for pair in one.renamed]),
            "replaced": fit(dict(one.replaced or {})),
            "unexpected": [
                {"resource": it.name, "property": it.path or None}
                | {"old": fit(it.old), "new": fit(it.new)}
                for it in one.unexpected
            ],
            "left": [_flaw(seen, base, hides) for seen in one.left],
        }
        for one in judgements
    ]


def _verdict(verdict: Verdict, base: str, hides: Collection[str]) -> dict[str, object]:
    place = verdict.reported.place
    return {
        "code": verdict.reported.rule.code,
        "path": shown(place.path, base),
        "line": place.line,
        "verdict": verdict.mark.value,
        "shows": masked_values(list(verdict.shows), hides),
        "reason": masked_values(verdict.reason, hides),
        "only_in_template": verdict.told,
    }


def _flaw(seen: Seen, base: str, hides: Collection[str]) -> dict[str, object]:
    return {
        "code": seen.rule.code,
        "resource": masked(seen.resource, hides),
        "property": masked(seen.shows, hides),
        "path": shown(seen.path, base) if seen.path else None,
        "line": seen.line or None,
    }


def standings_json(standings: Iterable[Standing], base: str, hides: Collection[str]) -> str:
    """What templates say of apps as they are, as one JSON list without passwords."""
    apps = [
        {
            "app": shown(one.root, base),
            "obstacle": masked_values(one.obstacle, hides),
            "flaws": [_flaw(seen, base, hides) for seen in one.flaws],
        }
        for one in standings
    ]
    return json.dumps(apps, indent=2)


def _kind(one: Difference) -> str:
    if one.path:
        return "changed"
    return "added" if one.old == ABSENT else "removed"


def _obstacle(reason: str) -> str:
    return f"cannot be verified, because {reason}"


def _difference(one: Difference, hides: Collection[str]) -> str:
    where = f"{one.name} {one.path}".strip()
    if not one.path:
        return f"{where} {_kind(one)}"
    return f"{where}: {_short(one.old, hides)} -> {_short(one.new, hides)}"


def _short(value: object, hides: Collection[str]) -> str:
    # Masked before it is cut: half of a password would be no longer known as one.
    value = masked_values(value, hides)
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
